// Package typed holds the one client that every typed client of a clientset wraps.
//
//	clientset.CoreV1().Pods("shop")          generated: names and types, no logic
//	  └─ ClientWithList[*Pod, *PodList]      List DeleteCollection
//	       └─ Client[*Pod]                   Create Update UpdateStatus Delete Get Watch Patch
//	            └─ rest.Interface            one request: VERB /…/namespaces/shop/pods[/NAME[/status]]
//
// A generated client embeds one of the two, gives it a resource name and two functions that make
// empty objects, and adds what only its type has: GetScale, CreateToken, Bind.
//
// FakeClient and FakeClientWithList have the same methods and ask a lib/testing.Fake instead of a server.
//
// Upstream: gentype/type.go, gentype/fake.go.
// Left out: ClientWithApply and ClientWithListAndApply, because there are no apply configurations
// here (lib/dynamic applies), and their fakes.
//
// Stricter than upstream: Create and the updates refuse a nil object, for which upstream sends no body or panics.
package typed

import (
	"context"
	"fmt"
	"reflect"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/rest"
)

// objectWithMeta is what an API object's pointer type has: *corev1.Pod, say.
type objectWithMeta interface {
	runtime.Object
	metav1.Object
}

// Client reads and writes the objects of one resource, in one namespace or outside namespaces.
// It never changes after it is made, so any number of goroutines may use it.
//
// A method that fails returns the error as lib/rest made it, for apierrors to test, and an object
// that is not nil but says nothing.
type Client[T objectWithMeta] struct {
	resource       string // plural, as in the URL
	namespace      string // "" for cluster-scoped resources and for all namespaces
	client         rest.Interface
	parameterCodec runtime.ParameterCodec
	newObject      func() T

	prefersProtobuf bool
}

// ClientWithList is a Client of a resource whose objects can also be read and deleted together.
type ClientWithList[T objectWithMeta, L runtime.Object] struct {
	*Client[T]
	newList func() L
}

// Option changes a client while it is made.
type Option[T objectWithMeta] func(*Client[T])

// PrefersProtobuf makes the client speak protobuf, unless the rest.Config says otherwise. Only types
// from k8s.io/api can be sent that way; custom resources can't.
func PrefersProtobuf[T objectWithMeta]() Option[T] {
	return func(c *Client[T]) { c.prefersProtobuf = true }
}

// NewClient makes a client. The resource is the plural name in URLs; an empty namespace means a
// cluster-scoped resource, or all namespaces; emptyObjectCreator makes what answers are decoded into.
func NewClient[T objectWithMeta](
	resource string, client rest.Interface, parameterCodec runtime.ParameterCodec, namespace string, emptyObjectCreator func() T,
	options ...Option[T],
) *Client[T] {
	c := &Client[T]{
		resource:       resource,
		namespace:      namespace,
		client:         client,
		parameterCodec: parameterCodec,
		newObject:      emptyObjectCreator,
	}
	for _, apply := range options {
		apply(c)
	}
	return c
}

// NewClientWithList is NewClient plus emptyListCreator, which makes what List decodes into.
func NewClientWithList[T objectWithMeta, L runtime.Object](
	resource string, client rest.Interface, parameterCodec runtime.ParameterCodec, namespace string, emptyObjectCreator func() T,
	emptyListCreator func() L, options ...Option[T],
) *ClientWithList[T, L] {
	return &ClientWithList[T, L]{
		Client:  NewClient(resource, client, parameterCodec, namespace, emptyObjectCreator, options...),
		newList: emptyListCreator,
	}
}

// GetClient is the REST client beneath, for methods that a wrapping client adds.
func (c *Client[T]) GetClient() rest.Interface { return c.client }

// GetNamespace is the namespace the client works in; "" is none, or all.
func (c *Client[T]) GetNamespace() string { return c.namespace }

// Get reads one object.
func (c *Client[T]) Get(ctx context.Context, name string, options metav1.GetOptions) (T, error) {
	return c.object(ctx, c.to(c.client.Get()).Name(name).VersionedParams(&options, c.parameterCodec))
}

// Create stores obj and returns it as the server filled it in: name, UID, defaults. Some types are
// answered and not stored, an access review for one.
func (c *Client[T]) Create(ctx context.Context, obj T, opts metav1.CreateOptions) (T, error) {
	if isNil(obj) {
		return c.newObject(), c.errNil("create")
	}
	return c.object(ctx, c.to(c.client.Post()).VersionedParams(&opts, c.parameterCodec).Body(obj))
}

// Update replaces the object of obj's name. If obj has a resourceVersion and the stored object has
// moved on from it, the answer is a conflict: read it again, change that, try again (retry.RetryOnConflict).
func (c *Client[T]) Update(ctx context.Context, obj T, opts metav1.UpdateOptions) (T, error) {
	if isNil(obj) {
		return c.newObject(), c.errNil("update")
	}
	return c.object(ctx, c.put(obj, &opts))
}

// UpdateStatus is Update of the status alone; the server ignores what else is different in obj.
func (c *Client[T]) UpdateStatus(ctx context.Context, obj T, opts metav1.UpdateOptions) (T, error) {
	if isNil(obj) {
		return c.newObject(), c.errNil("update the status of")
	}
	return c.object(ctx, c.put(obj, &opts).SubResource("status"))
}

// Delete removes one object, or marks it for removal while it has finalizers.
func (c *Client[T]) Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error {
	return c.to(c.client.Delete()).Name(name).Body(&opts).Do(ctx).Error()
}

// Patch changes one object, or one of its subresources, by data, which is written as pt says.
func (c *Client[T]) Patch(
	ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string,
) (T, error) {
	return c.object(ctx, c.to(c.client.Patch(pt)).
		Name(name).
		SubResource(subresources...).
		VersionedParams(&opts, c.parameterCodec).
		Body(data))
}

// Watch streams the changes to the objects that opts selects, from opts.ResourceVersion on. It ends
// when the caller stops it, when ctx ends, after opts.TimeoutSeconds, or when the server wishes.
func (c *Client[T]) Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
	opts.Watch = true
	return c.selected(c.client.Get(), &opts).Watch(ctx)
}

// List reads the objects that opts selects. With opts.Limit it reads one page; the list's Continue
// is where the next one starts, and empty after the last.
func (c *ClientWithList[T, L]) List(ctx context.Context, opts metav1.ListOptions) (L, error) {
	list := c.newList()
	err := c.selected(c.client.Get(), &opts).Do(ctx).Into(list)
	return list, err
}

// EachListItem reads what List reads and calls fn for each object while the list arrives, so that the whole of it is
// never in memory. It returns the list, as a rule without its items. After an error the objects so far count for
// nothing: see rest.Request.EachListItem.
func (c *ClientWithList[T, L]) EachListItem(
	ctx context.Context, opts metav1.ListOptions, fn func(runtime.Object) error,
) (runtime.Object, error) {
	return c.selected(c.client.Get(), &opts).EachListItem(ctx, c.newList(), fn)
}

// DeleteCollection deletes the objects that listOpts selects, each as Delete would. No options
// select everything in the namespace.
func (c *ClientWithList[T, L]) DeleteCollection(
	ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions,
) error {
	return c.selected(c.client.Delete(), &listOpts).Body(&opts).Do(ctx).Error()
}

// to points r at the client's resource.
func (c *Client[T]) to(r *rest.Request) *rest.Request {
	return r.UseProtobufAsDefaultIfPreferred(c.prefersProtobuf).
		NamespaceIfScoped(c.namespace, c.namespace != "").
		Resource(c.resource)
}

// put points a PUT at obj.
func (c *Client[T]) put(obj T, opts *metav1.UpdateOptions) *rest.Request {
	return c.to(c.client.Put()).Name(obj.GetName()).VersionedParams(opts, c.parameterCodec).Body(obj)
}

// selected points r at the objects that opts selects. TimeoutSeconds is the server's limit; the
// client's is the same, so that neither waits for the other.
func (c *Client[T]) selected(r *rest.Request, opts *metav1.ListOptions) *rest.Request {
	var timeout time.Duration
	if opts.TimeoutSeconds != nil {
		timeout = time.Duration(*opts.TimeoutSeconds) * time.Second
	}
	return c.to(r).VersionedParams(opts, c.parameterCodec).Timeout(timeout)
}

// object sends r and decodes the answer.
func (c *Client[T]) object(ctx context.Context, r *rest.Request) (T, error) {
	result := c.newObject()
	err := r.Do(ctx).Into(result)
	return result, err
}

func (c *Client[T]) errNil(verb string) error {
	return fmt.Errorf("%s %s: the object is nil", verb, c.resource)
}

// isNil needs reflection: an interface that holds a nil *Pod is itself not nil.
func isNil(obj any) bool {
	v := reflect.ValueOf(obj)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}
