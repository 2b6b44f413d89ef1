package demo

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/watch"
)

// Events reads n events from w, stops it, and tells them in one line:
// "ADDED oscar, DELETED oscar".
func Events(ctx context.Context, w watch.Interface, n int) (string, error) {
	defer w.Stop()
	var told []string
	for len(told) < n {
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("%d of %d events came: %w", len(told), n, ctx.Err())
		case event, open := <-w.ResultChan():
			if !open {
				return "", fmt.Errorf("the stream ended after %d of %d events", len(told), n)
			}
			if event.Type == watch.Error {
				return "", apierrors.FromObject(event.Object)
			}
			object, err := meta.Accessor(event.Object)
			if err != nil {
				return "", err
			}
			told = append(told, fmt.Sprintf("%s %s", event.Type, object.GetName()))
		}
	}
	return strings.Join(told, ", "), nil
}
