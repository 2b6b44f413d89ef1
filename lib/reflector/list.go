package reflector

import (
	"context"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// eachItem reads a list as a whole and calls fn for each item, with a copy of its own.
func eachItem(
	ctx context.Context, list ListWithContextFunc, options metav1.ListOptions, fn func(runtime.Object) error,
) (runtime.Object, error) {
	whole, err := list(ctx, options)
	if err != nil {
		return nil, err
	}
	return whole, meta.EachListItemWithAlloc(whole, fn)
}
