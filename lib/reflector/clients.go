package reflector

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/rest"
)

// Getter starts GET requests: a *rest.RESTClient.
type Getter interface {
	Get() *rest.Request
}

// NewListWatchFromClient makes a ListWatch of a resource, by its plural, in a namespace, or in all of them if that
// is "". The fieldSelector picks among the objects; fields.Everything() doesn't.
func NewListWatchFromClient(c Getter, resource string, namespace string, fieldSelector fields.Selector) *ListWatch {
	return NewFilteredListWatchFromClient(c, resource, namespace, func(options *metav1.ListOptions) {
		options.FieldSelector = fieldSelector.String()
	})
}

// NewFilteredListWatchFromClient is NewListWatchFromClient with a function that changes the options of each request.
func NewFilteredListWatchFromClient(
	c Getter, resource string, namespace string, optionsModifier func(options *metav1.ListOptions),
) *ListWatch {
	get := func(options metav1.ListOptions) *rest.Request {
		optionsModifier(&options)
		return c.Get().
			Namespace(namespace).
			Resource(resource).
			VersionedParams(&options, metav1.ParameterCodec)
	}
	return &ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return get(options).Do(ctx).Get()
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.Watch = true
			return get(options).Watch(ctx)
		},
		EachListItemFuncWithContext: func(
			ctx context.Context, options metav1.ListOptions, fn func(runtime.Object) error,
		) (runtime.Object, error) {
			return get(options).EachListItem(ctx, nil, fn)
		},
	}
}

// Client is what typed and dynamic clients have in common. L is the type of their lists: *corev1.PodList,
// *unstructured.UnstructuredList.
type Client[L runtime.Object] interface {
	List(ctx context.Context, options metav1.ListOptions) (L, error)
	Watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error)
}

// NewListWatchForClient makes a ListWatch of a typed or a dynamic client: clientset.CoreV1().Pods("shop"), or
// dynamic.Resource(gvr). Lists are decoded item by item if the client has a method EachListItem, as those of this
// module have; streamed lists are off if it says that it doesn't know them, as fake ones do. The optionsModifier
// changes the options of each request; nil leaves them as they are.
func NewListWatchForClient[L runtime.Object](client Client[L], optionsModifier func(options *metav1.ListOptions)) *ListWatch {
	lw := NewListWatchForClientFunc(func() Client[L] { return client }, optionsModifier)
	lw.DisableWatchList = !canWatchList(client)
	if _, streaming := client.(itemClient); !streaming {
		lw.EachListItemFuncWithContext = nil
	}
	return lw
}

// NewListWatchForClientFunc is NewListWatchForClient for a client that is asked for before each request, and not earlier: an
// informer that never runs then needs none. Streamed lists stay on: see ToListWatcherWithWatchListSemantics.
//
// Upstream: generated informers do this, each by itself.
func NewListWatchForClientFunc[L runtime.Object](client func() Client[L], optionsModifier func(options *metav1.ListOptions)) *ListWatch {
	modified := func(options metav1.ListOptions) metav1.ListOptions {
		if optionsModifier != nil {
			optionsModifier(&options)
		}
		return options
	}
	list := func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return client().List(ctx, modified(options))
	}
	return &ListWatch{
		ListWithContextFunc: list,
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return client().Watch(ctx, modified(options))
		},
		EachListItemFuncWithContext: func(
			ctx context.Context, options metav1.ListOptions, fn func(runtime.Object) error,
		) (runtime.Object, error) {
			if streaming, ok := client().(itemClient); ok {
				return streaming.EachListItem(ctx, modified(options), fn)
			}
			return eachItem(ctx, list, options, fn)
		},
	}
}

// itemClient is a Client that can hand out the items of a list as they arrive.
type itemClient interface {
	EachListItem(ctx context.Context, options metav1.ListOptions, fn func(runtime.Object) error) (runtime.Object, error)
}
