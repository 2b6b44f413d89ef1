package main

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/lib/store"
)

// finalizer keeps a deleted Website until its host is out of the zone.
//
// Deployment and Service need no such thing: they name their owner, and the garbage collector removes them
// when it is gone, with or without us. But a host is an entry in an object of others, and nobody
// collects entries. If the Website were gone when we look, because we were down when it was
// deleted, nothing would tell that there is an entry to remove. Nothing but the zone itself: this one can be read as a
// whole, so that zone.forget can mend what happens to those whose finalizer a hand has removed. A DNS provider's can't.
const finalizer = "workbook.example.com/zone"

// protect adds the finalizer, before anything is made that it is for.
func (c *controller) protect(ctx context.Context, site *v1alpha1.Website) (*v1alpha1.Website, error) {
	if slices.Contains(site.Finalizers, finalizer) {
		return site, nil
	}
	site = site.DeepCopy() // the one in the cache is everybody's
	site.Finalizers = append(site.Finalizers, finalizer)
	// The resourceVersion goes with it: if somebody else has changed the Website since the cache
	// heard of it, this is a 409, and nothing is overwritten.
	updated, err := c.Client.WorkbookV1alpha1().Websites(site.Namespace).Update(ctx, site, metav1.UpdateOptions{})
	if err != nil {
		return nil, fmt.Errorf("add the finalizer to website %s/%s: %w", site.Namespace, site.Name, err)
	}
	return updated, nil
}

// finalize takes a deleted Website's host out of the zone, then lets the Website go.
func (c *controller) finalize(ctx context.Context, site *v1alpha1.Website) error {
	if !slices.Contains(site.Finalizers, finalizer) {
		return nil // it waits for others
	}
	if err := c.zone.leave(ctx, store.MetaObjectToName(site), site.UID); err != nil {
		return err
	}
	site = site.DeepCopy()
	site.Finalizers = slices.DeleteFunc(site.Finalizers, func(f string) bool { return f == finalizer })
	_, err := c.Client.WorkbookV1alpha1().Websites(site.Namespace).Update(ctx, site, metav1.UpdateOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove the finalizer from website %s/%s: %w", site.Namespace, site.Name, err)
	}
	return nil
}
