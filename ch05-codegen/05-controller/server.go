package main

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	"client-go-workbook/lib/store"
)

// server is asked where the cache isn't good enough: before people are told of something, and before a write that would
// be wrong if the Website were gone. No resourceVersion guards against either.
type server struct{ versioned.Interface }

// website returns a Website that is there and stays; nil is none.
func (s server) website(ctx context.Context, key store.ObjectName) (*v1alpha1.Website, error) {
	site, err := s.WorkbookV1alpha1().Websites(key.Namespace).Get(ctx, key.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || err == nil && site.DeletionTimestamp != nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("get website %s: %w", key, err)
	}
	return site, nil
}

// stays returns errBehind if a Website of the cache is gone, or about to go.
func (s server) stays(ctx context.Context, site *v1alpha1.Website) error {
	now, err := s.website(ctx, store.MetaObjectToName(site))
	if err == nil && (now == nil || now.UID != site.UID) {
		return errBehind
	}
	return err
}

// errBehind is that the server, when asked, knows better.
var errBehind = errors.New("the cache is behind")

// behind says whether an error means only that the cache had not heard yet of something.
func behind(err error) bool { return conflicts(err) || errors.Is(err, errBehind) }

// conflicts says whether somebody else's write came first.
func conflicts(err error) bool { return apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err) }
