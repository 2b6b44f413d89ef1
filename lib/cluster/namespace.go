package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

// Both bound what must not depend on the caller's ctx.
const (
	createTimeout = 10 * time.Second
	removeTimeout = time.Minute
)

// WithNamespace calls fn with a namespace of its own, whose name is prefix, a
// dash and five random characters, and removes it when fn returns, also if fn
// fails or panics. It returns when the namespace is gone with all that was in it,
// with fn's error and that of the removal joined.
//
// The ctx of fn ends with the caller's, and at the first Ctrl-C or SIGTERM; the
// removal goes on, for a minute at most. A second Ctrl-C ends the program as
// usual.
func WithNamespace(ctx context.Context, cfg *rest.Config, prefix string, fn func(ctx context.Context, ns string) error) (err error) {
	ctx, release := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer release()
	// After the first signal, the next does what it always does.
	defer context.AfterFunc(ctx, release)()

	namespaces, err := namespaceClient(cfg)
	if err != nil {
		return err
	}
	ns, err := create(ctx, namespaces, prefix)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove(ctx, namespaces, ns)) }()
	return fn(ctx, ns)
}

func namespaceClient(cfg *rest.Config) (dynamic.ResourceInterface, error) {
	client, err := dynamic.NewForConfig(cfg)
	if err != nil {
		return nil, err
	}
	return client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}), nil
}

// create lets the server choose the name: it knows which are taken. Once begun it
// is not cancelled: a namespace whose name we never learn could not be removed.
func create(ctx context.Context, namespaces dynamic.ResourceInterface, prefix string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), createTimeout,
		fmt.Errorf("no answer in %v; if a part of the cluster has ended, make up says which, and starts it again", createTimeout))
	defer cancel()
	ns := &unstructured.Unstructured{}
	ns.SetAPIVersion("v1")
	ns.SetKind("Namespace")
	ns.SetGenerateName(prefix + "-")
	ns, err := namespaces.Create(ctx, ns, metav1.CreateOptions{})
	if err != nil {
		if ctx.Err() != nil { // of which a transport need not tell the cause
			err = context.Cause(ctx)
		}
		return "", fmt.Errorf("create a namespace %s-…: %w", prefix, err)
	}
	return ns.GetName(), nil
}

// remove deletes the namespace and waits until it is gone, whatever has become
// of ctx.
func remove(ctx context.Context, namespaces dynamic.ResourceInterface, ns string) error {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), removeTimeout,
		fmt.Errorf("it is still there after %v", removeTimeout))
	defer cancel()

	err := namespaces.Delete(ctx, ns, metav1.DeleteOptions{})
	if err == nil {
		err = waitGone(ctx, namespaces, ns)
	}
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove the namespace %s: %w", ns, err)
	}
	return nil
}

// waitGone lists, then watches from there; a watch that ends early starts it over.
func waitGone(ctx context.Context, namespaces dynamic.ResourceInterface, ns string) error {
	only := fields.OneTermEqualSelector("metadata.name", ns).String()
	for {
		list, err := namespaces.List(ctx, metav1.ListOptions{FieldSelector: only})
		if err == nil && len(list.Items) == 0 {
			return nil
		}
		var events watch.Interface
		if err == nil {
			events, err = namespaces.Watch(ctx, metav1.ListOptions{FieldSelector: only, ResourceVersion: list.GetResourceVersion()})
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil {
			return err
		}
		if deleted(events) {
			return nil
		}
	}
}

// deleted reads events until the object goes, or the watch ends.
func deleted(events watch.Interface) bool {
	defer events.Stop()
	for event := range events.ResultChan() {
		switch event.Type {
		case watch.Deleted:
			return true
		case watch.Error:
			return false
		}
	}
	return false
}
