package typed

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/testing"
)

// FakeClient has the methods of a Client, and asks a testing.Fake instead of a server: what a test's reactors or its
// object tracker answer is returned. Like a Client it never changes.
//
// A method returns an object that is not nil but says nothing where there is no answer, and an error if a reactor answers
// with an object of another type.
type FakeClient[T objectWithMeta] struct {
	*testing.Fake
	namespace string // "" for cluster-scoped resources and for all namespaces
	resource  schema.GroupVersionResource
	kind      schema.GroupVersionKind
	newObject func() T
}

// FakeClientWithList is a FakeClient of a resource whose objects can also be read and deleted together.
type FakeClientWithList[T objectWithMeta, L runtime.Object] struct {
	*FakeClient[T]
	newList      func() L
	copyListMeta func(dst, src L)
	items        func(L) []T
	setItems     func(L, []T)
}

// NewFakeClient makes a client that asks fake. The kind is that of the objects; an empty namespace means a cluster-scoped
// resource, or all namespaces; emptyObjectCreator makes what is returned where there is no answer.
func NewFakeClient[T objectWithMeta](
	fake *testing.Fake, namespace string, resource schema.GroupVersionResource, kind schema.GroupVersionKind, emptyObjectCreator func() T,
) *FakeClient[T] {
	return &FakeClient[T]{fake, namespace, resource, kind, emptyObjectCreator}
}

// NewFakeClientWithList is NewFakeClient plus what List needs to know of a list type: how to make an empty one, to copy the
// ListMeta of the second into the first, to read the items and to replace them. ToPointerSlice and FromPointerSlice help
// with a list that holds its items by value.
func NewFakeClientWithList[T objectWithMeta, L runtime.Object](
	fake *testing.Fake, namespace string, resource schema.GroupVersionResource, kind schema.GroupVersionKind, emptyObjectCreator func() T,
	emptyListCreator func() L, listMetaCopier func(L, L), itemGetter func(L) []T, itemSetter func(L, []T),
) *FakeClientWithList[T, L] {
	return &FakeClientWithList[T, L]{
		FakeClient:   NewFakeClient(fake, namespace, resource, kind, emptyObjectCreator),
		newList:      emptyListCreator,
		copyListMeta: listMetaCopier,
		items:        itemGetter,
		setItems:     itemSetter,
	}
}

// Namespace is the namespace the client works in; "" is none, or all.
func (c *FakeClient[T]) Namespace() string { return c.namespace }

// Kind is the kind of the client's objects.
func (c *FakeClient[T]) Kind() schema.GroupVersionKind { return c.kind }

// Resource is the resource that the client asks for.
func (c *FakeClient[T]) Resource() schema.GroupVersionResource { return c.resource }

// Get is Client.Get.
func (c *FakeClient[T]) Get(ctx context.Context, name string, options metav1.GetOptions) (T, error) {
	return c.object(testing.NewGetActionWithOptions(c.resource, c.namespace, name, options))
}

// Create is Client.Create.
func (c *FakeClient[T]) Create(ctx context.Context, resource T, opts metav1.CreateOptions) (T, error) {
	if isNil(resource) {
		return c.newObject(), c.errNil("create")
	}
	return c.object(testing.NewCreateActionWithOptions(c.resource, c.namespace, resource, opts))
}

// Update is Client.Update.
func (c *FakeClient[T]) Update(ctx context.Context, resource T, opts metav1.UpdateOptions) (T, error) {
	if isNil(resource) {
		return c.newObject(), c.errNil("update")
	}
	return c.object(testing.NewUpdateActionWithOptions(c.resource, c.namespace, resource, opts))
}

// UpdateStatus is Client.UpdateStatus, but that the object tracker takes all of the object.
func (c *FakeClient[T]) UpdateStatus(ctx context.Context, resource T, opts metav1.UpdateOptions) (T, error) {
	if isNil(resource) {
		return c.newObject(), c.errNil("update the status of")
	}
	return c.object(testing.NewUpdateSubresourceActionWithOptions(c.resource, "status", c.namespace, resource, opts))
}

// Delete is Client.Delete.
func (c *FakeClient[T]) Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error {
	_, err := c.Invokes(testing.NewDeleteActionWithOptions(c.resource, c.namespace, name, opts), c.newObject())
	return err
}

// Patch is Client.Patch.
func (c *FakeClient[T]) Patch(
	ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string,
) (T, error) {
	return c.object(testing.NewPatchSubresourceActionWithOptions(c.resource, c.namespace, name, pt, data, opts, subresources...))
}

// Watch is Client.Watch.
func (c *FakeClient[T]) Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
	if _, err := selector(opts); err != nil {
		return nil, err
	}
	opts.Watch = true
	return c.InvokesWatch(testing.NewWatchActionWithOptions(c.resource, c.namespace, opts))
}

// List is Client.List. Whoever answers, the label selector is applied to the items; the field selector is not.
func (c *FakeClientWithList[T, L]) List(ctx context.Context, opts metav1.ListOptions) (L, error) {
	selected, err := selector(opts)
	if err != nil {
		return c.newList(), err
	}
	obj, err := c.Invokes(testing.NewListActionWithOptions(c.resource, c.kind, c.namespace, opts), c.newList())
	all, err := answer(obj, err, c.newList, "list", c.resource)
	list := c.newList()
	c.copyListMeta(list, all)
	var items []T
	for _, item := range c.items(all) {
		if selected.Matches(labels.Set(item.GetLabels())) {
			items = append(items, item)
		}
	}
	c.setItems(list, items)
	return list, err
}

// DeleteCollection is Client.DeleteCollection, but that the object tracker deletes nothing: a reactor must.
func (c *FakeClientWithList[T, L]) DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error {
	if _, err := selector(listOpts); err != nil {
		return err
	}
	_, err := c.Invokes(testing.NewDeleteCollectionActionWithOptions(c.resource, c.namespace, opts, listOpts), c.newList())
	return err
}

// object asks for what the client's objects are.
func (c *FakeClient[T]) object(action testing.Action) (T, error) {
	obj, err := c.Invokes(action, c.newObject())
	return answer(obj, err, c.newObject, action.GetVerb(), c.resource)
}

func (c *FakeClient[T]) errNil(verb string) error {
	return fmt.Errorf("%s %s: the object is nil", verb, c.resource.Resource)
}

// answer is what a reactor said, in the type that a client returns.
func answer[R runtime.Object](obj runtime.Object, err error, empty func() R, verb string, resource schema.GroupVersionResource) (R, error) {
	typed, ok := obj.(R)
	if ok && !isNil(obj) {
		return typed, err
	}
	if !ok && obj != nil && err == nil {
		err = fmt.Errorf("%s %s: a reactor returned a %T, want %T", verb, resource.Resource, obj, typed)
	}
	return empty(), err
}

// selector refuses what a server would refuse; the actions' constructors have no error for it.
func selector(opts metav1.ListOptions) (labels.Selector, error) {
	byLabels, err := labels.Parse(opts.LabelSelector)
	if err == nil {
		_, err = fields.ParseSelector(opts.FieldSelector)
	}
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return byLabels, nil
}

// ToPointerSlice returns pointers to the elements of src, not to copies of them. Nil stays nil.
func ToPointerSlice[T any](src []T) []*T {
	return each(src, func(i int) *T { return &src[i] })
}

// FromPointerSlice copies what src points to. Nil stays nil.
func FromPointerSlice[T any](src []*T) []T {
	return each(src, func(i int) T { return *src[i] })
}

func each[From, To any](src []From, at func(i int) To) []To {
	if src == nil {
		return nil
	}
	made := make([]To, len(src))
	for i := range made {
		made[i] = at(i)
	}
	return made
}
