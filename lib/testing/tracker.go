package testing

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// ObjectTracker holds objects by resource, namespace and name. What goes in and what comes out are copies.
//
// ns is "" for objects outside namespaces, and for all namespaces in List and Watch. An object without a namespace gets
// ns; one of another namespace is refused (apierrors.IsBadRequest). All methods take at most one value of options.
type ObjectTracker interface {
	// Add stores a new object under the resource that its kind suggests (Pod: pods, Policy: policies), or each item of
	// a list. Where the resource has another name, Create takes it.
	Add(obj runtime.Object) error

	// Get returns an object, or apierrors.IsNotFound.
	Get(gvr schema.GroupVersionResource, ns, name string, opts ...metav1.GetOptions) (runtime.Object, error)

	// Create stores a new object. If there is one of this name the error is apierrors.IsAlreadyExists.
	Create(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.CreateOptions) error

	// Update replaces an object. If there is none of this name the error is apierrors.IsNotFound.
	Update(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.UpdateOptions) error

	// Patch is Update with an object that is patched already.
	Patch(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.PatchOptions) error

	// List returns the objects, by namespace and name, in a list of the kind that has "List" behind gvk's. It selects by
	// namespace alone. The list's resourceVersion is where a Watch goes on.
	List(gvr schema.GroupVersionResource, gvk schema.GroupVersionKind, ns string, opts ...metav1.ListOptions) (runtime.Object, error)

	// Delete removes an object. If there is none the error is apierrors.IsNotFound.
	Delete(gvr schema.GroupVersionResource, ns, name string, opts ...metav1.DeleteOptions) error

	// Watch sends each change from now on. With options it begins with the objects that are newer than their
	// resourceVersion, each Added, or with all if that is empty; deletions between a list and its watch are not in it.
	// It selects by namespace alone.
	Watch(gvr schema.GroupVersionResource, ns string, opts ...metav1.ListOptions) (watch.Interface, error)
}

// ObjectScheme is what a tracker needs of a runtime.Scheme: an object's kinds, and an empty list of a kind.
type ObjectScheme interface {
	runtime.ObjectCreater
	runtime.ObjectTyper
}

// tracker is the ObjectTracker. Whenever mu is free:
//   - objects stand under their own namespace and name;
//   - an object that is stored is never changed, only replaced, so it can be copied without mu;
//   - every watcher has been sent, in order, every change since it began.
type tracker struct {
	scheme  ObjectScheme
	decoder runtime.Decoder

	mu        sync.Mutex
	resources map[schema.GroupVersionResource]*collection
}

// collection is all that is known of a resource. Its version counts what was written, and is 1 before that: 0 has a
// meaning in queries. Deletions don't count, and the objects themselves know nothing of their versions.
type collection struct {
	version  int64
	objects  map[types.NamespacedName]versioned
	watchers map[string][]*watcher // by namespace; "" has those of all namespaces
}

type versioned struct {
	version int64
	runtime.Object
}

// NewObjectTracker returns an empty tracker. The decoder is for lists whose items are still encoded, and may be nil.
func NewObjectTracker(scheme ObjectScheme, decoder runtime.Decoder) ObjectTracker {
	return &tracker{scheme: scheme, decoder: decoder, resources: map[schema.GroupVersionResource]*collection{}}
}

// IsWatchListSemanticsUnSupported tells a reflector that a watch has no bookmark after the objects that are there.
func (t *tracker) IsWatchListSemanticsUnSupported() bool { return true }

func (t *tracker) Add(obj runtime.Object) error {
	if isNil(obj) {
		return errNoObject
	}
	if meta.IsListType(obj) {
		return t.addItems(obj)
	}
	object, err := meta.Accessor(obj)
	if err != nil {
		return fmt.Errorf("add a %T: %w", obj, err)
	}
	kinds, err := t.kinds(obj)
	if err != nil {
		return err
	}
	for _, kind := range kinds {
		gvr, _ := meta.UnsafeGuessKindToResource(kind)
		if gvr.Version == runtime.APIVersionInternal {
			gvr.Version = ""
		}
		if err := t.create(gvr, obj, object.GetNamespace()); err != nil {
			return err
		}
	}
	return nil
}

func (t *tracker) addItems(list runtime.Object) error {
	items, err := meta.ExtractList(list)
	if err != nil {
		return err
	}
	if t.decoder != nil {
		err = errors.Join(runtime.DecodeList(items, t.decoder)...)
	}
	if err != nil {
		return err
	}
	for _, item := range items {
		if err := t.Add(item); err != nil {
			return err
		}
	}
	return nil
}

// kinds are all that the object's type is registered for. Metadata alone says itself what it is of.
func (t *tracker) kinds(obj runtime.Object) ([]schema.GroupVersionKind, error) {
	kinds, _, err := t.scheme.ObjectKinds(obj)
	if err != nil {
		return nil, err
	}
	if partial, ok := obj.(*metav1.PartialObjectMetadata); ok && partial.APIVersion != "" {
		kinds = []schema.GroupVersionKind{partial.GroupVersionKind()}
	}
	if len(kinds) == 0 {
		return nil, fmt.Errorf("no kind is registered for %T", obj)
	}
	return kinds, nil
}

func (t *tracker) Get(gvr schema.GroupVersionResource, ns, name string, opts ...metav1.GetOptions) (runtime.Object, error) {
	if err := atMostOne(opts); err != nil {
		return nil, err
	}
	t.mu.Lock()
	obj, ok := t.collectionLocked(gvr).objects[types.NamespacedName{Namespace: ns, Name: name}]
	t.mu.Unlock()
	if !ok {
		return nil, apierrors.NewNotFound(gvr.GroupResource(), name)
	}
	return obj.DeepCopyObject(), nil
}

func (t *tracker) Create(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.CreateOptions) error {
	if err := atMostOne(opts); err != nil {
		return err
	}
	return t.create(gvr, obj, ns)
}

func (t *tracker) Update(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.UpdateOptions) error {
	if err := atMostOne(opts); err != nil {
		return err
	}
	return t.replace(gvr, obj, ns)
}

func (t *tracker) Patch(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.PatchOptions) error {
	if err := atMostOne(opts); err != nil {
		return err
	}
	return t.replace(gvr, obj, ns)
}

func (t *tracker) create(gvr schema.GroupVersionResource, obj runtime.Object, ns string) error {
	obj, key, err := own(obj, ns)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.collectionLocked(gvr)
	if _, exists := c.objects[key]; exists {
		return apierrors.NewAlreadyExists(gvr.GroupResource(), key.Name)
	}
	c.put(key, obj)
	c.send(watch.Added, ns, obj)
	return nil
}

func (t *tracker) replace(gvr schema.GroupVersionResource, obj runtime.Object, ns string) error {
	obj, key, err := own(obj, ns)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.collectionLocked(gvr)
	if _, exists := c.objects[key]; !exists {
		return apierrors.NewNotFound(gvr.GroupResource(), key.Name)
	}
	c.put(key, obj)
	c.send(watch.Modified, ns, obj)
	return nil
}

func (t *tracker) Delete(gvr schema.GroupVersionResource, ns, name string, opts ...metav1.DeleteOptions) error {
	if err := atMostOne(opts); err != nil {
		return err
	}
	key := types.NamespacedName{Namespace: ns, Name: name}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.collectionLocked(gvr)
	obj, exists := c.objects[key]
	if !exists {
		return apierrors.NewNotFound(gvr.GroupResource(), name)
	}
	delete(c.objects, key)
	c.send(watch.Deleted, ns, obj.Object)
	return nil
}

func (t *tracker) List(gvr schema.GroupVersionResource, gvk schema.GroupVersionKind, ns string, opts ...metav1.ListOptions) (runtime.Object, error) {
	if err := atMostOne(opts); err != nil {
		return nil, err
	}
	list, err := t.emptyList(gvk)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	c := t.collectionLocked(gvr)
	version, stored := c.version, c.in(ns)
	t.mu.Unlock()

	if m, err := meta.ListAccessor(list); err == nil {
		m.SetResourceVersion(strconv.FormatInt(version, 10))
	}
	items := make([]runtime.Object, len(stored))
	for i, obj := range stored {
		items[i] = obj.DeepCopyObject()
	}
	if err := meta.SetList(list, items); err != nil {
		return nil, fmt.Errorf("list %s: %w", gvr.Resource, err)
	}
	return list, nil
}

// emptyList guesses the list's kind; the scheme knows the internal version by a name, which is empty elsewhere.
func (t *tracker) emptyList(item schema.GroupVersionKind) (runtime.Object, error) {
	kind := schema.GroupVersionKind{Group: item.Group, Version: cmp.Or(item.Version, runtime.APIVersionInternal), Kind: item.Kind + "List"}
	list, err := t.scheme.New(kind)
	if err != nil {
		return nil, err
	}
	if !meta.IsListType(list) {
		return nil, fmt.Errorf("list %s: %T is no list", item.Kind, list)
	}
	return list, nil
}

func (t *tracker) Watch(gvr schema.GroupVersionResource, ns string, opts ...metav1.ListOptions) (watch.Interface, error) {
	if err := atMostOne(opts); err != nil {
		return nil, err
	}
	from, err := begin(opts)
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", gvr.Resource, err)
	}
	w := newWatcher()
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.collectionLocked(gvr)
	c.watchers[ns] = append(c.watchers[ns], w)
	if len(opts) == 0 {
		return w, nil
	}
	for _, obj := range c.in(ns) {
		if obj.version > from {
			w.send(watch.Event{Type: watch.Added, Object: obj.DeepCopyObject()})
		}
	}
	return w, nil
}

// begin is the version that a watch goes on from.
func begin(opts []metav1.ListOptions) (int64, error) {
	if len(opts) == 0 || opts[0].ResourceVersion == "" {
		return 0, nil
	}
	from, err := strconv.ParseInt(opts[0].ResourceVersion, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("resourceVersion %q is no number: %w", opts[0].ResourceVersion, err)
	}
	return from, nil
}

func (t *tracker) collectionLocked(gvr schema.GroupVersionResource) *collection {
	c, ok := t.resources[gvr]
	if !ok {
		c = &collection{version: 1, objects: map[types.NamespacedName]versioned{}, watchers: map[string][]*watcher{}}
		t.resources[gvr] = c
	}
	return c
}

// put stores an object that nobody will change any more.
func (c *collection) put(key types.NamespacedName, obj runtime.Object) {
	c.version++
	c.objects[key] = versioned{c.version, obj}
}

// in is what a namespace holds, or all of it if ns is "", by namespace and name.
func (c *collection) in(ns string) []versioned {
	keys := slices.SortedFunc(maps.Keys(c.objects), func(a, b types.NamespacedName) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	var found []versioned
	for _, key := range keys {
		if ns == "" || key.Namespace == ns {
			found = append(found, c.objects[key])
		}
	}
	return found
}

// send gives each watcher its own copy, and forgets those that were stopped.
func (c *collection) send(kind watch.EventType, ns string, obj runtime.Object) {
	for _, where := range slices.Compact([]string{ns, ""}) {
		c.watchers[where] = slices.DeleteFunc(c.watchers[where], func(w *watcher) bool {
			return !w.send(watch.Event{Type: kind, Object: obj.DeepCopyObject()})
		})
	}
}

var errNoObject = errors.New("the object is nil")

// own returns a copy of the object for the tracker to keep, with its namespace, and what it is stored under.
func own(obj runtime.Object, ns string) (runtime.Object, types.NamespacedName, error) {
	var key types.NamespacedName
	obj = copyObject(obj)
	if obj == nil {
		return nil, key, errNoObject
	}
	object, err := meta.Accessor(obj)
	if err != nil {
		return nil, key, err
	}
	if object.GetNamespace() == "" {
		object.SetNamespace(ns)
	}
	key = types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetName()}
	if key.Namespace != ns {
		return nil, key, apierrors.NewBadRequest(fmt.Sprintf("the object's namespace is %q, the request's %q", key.Namespace, ns))
	}
	return obj, key, nil
}

func atMostOne[T any](opts []T) error {
	if len(opts) > 1 {
		return fmt.Errorf("%d values of %T, want one at most", len(opts), opts[0])
	}
	return nil
}
