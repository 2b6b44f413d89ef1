package apitest

import (
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Create stores a copy of obj, and writes back what the server has set in its metadata. A test does without HTTP what would
// take several clients: so here the status counts too. The errors of Create, Update and Delete are those that a client gets.
func (s *Server) Create(obj runtime.Object) error {
	return s.directly(obj, func(k *kind, next runtime.Object) (runtime.Object, error) {
		return s.create(k, metaOf(next).GetNamespace(), next)
	})
}

// Update replaces an object by a copy of obj, status and all. Without a resourceVersion it always fits.
func (s *Server) Update(obj runtime.Object) error {
	return s.directly(obj, func(k *kind, next runtime.Object) (runtime.Object, error) {
		return s.update(k, nameOf(metaOf(next)), func(runtime.Object) (runtime.Object, error) { return next, nil })
	})
}

// Delete removes the object that has obj's kind, namespace and name.
func (s *Server) Delete(obj runtime.Object) error {
	return s.directly(obj, func(k *kind, named runtime.Object) (runtime.Object, error) {
		return s.delete(k, nameOf(metaOf(named)))
	})
}

// Objects returns copies of all objects of a resource, as a list shows them, sorted by namespace and name, and the
// resourceVersion at which this is the state.
func (s *Server) Objects(gvr schema.GroupVersionResource) ([]runtime.Object, string) {
	k := s.lookup(gvr)
	if k == nil {
		return nil, s.ResourceVersion()
	}
	state, rv, _ := s.store.state(&query{kind: k}) // any version is there
	out := make([]runtime.Object, len(state))
	for i, row := range state {
		out[i] = row.obj.DeepCopyObject()
		if k.typed {
			out[i].GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
		}
	}
	return out, formatVersion(rv)
}

// ResourceVersion is that of the last change.
func (s *Server) ResourceVersion() string {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return formatVersion(s.store.versionLocked())
}

// Compact forgets the past: a watch or a continue token from before now is too old (410 Expired).
// Running watches are not disturbed, as they are not by the compaction of etcd.
func (s *Server) Compact() {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.store.compacted = s.store.versionLocked()
}

// Bookmark sends a BOOKMARK to all running watches that allow it. It takes a resourceVersion, as some other object's change would.
func (s *Server) Bookmark() {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.store.appendLocked(change{rv: s.store.versionLocked() + 1})
}

// EndWatches ends all running watches in the regular way, after they have told every change so far.
func (s *Server) EndWatches() {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.store.ended++
	s.store.wakeLocked()
}

// directly does something to a copy of obj, in the form in which the store keeps it.
func (s *Server) directly(obj runtime.Object, do func(*kind, runtime.Object) (runtime.Object, error)) error {
	gvk := obj.GetObjectKind().GroupVersionKind()
	if gvks, _, err := s.config.Scheme.ObjectKinds(obj); err == nil {
		gvk = gvks[0]
	}
	i := slices.IndexFunc(s.kinds, func(k *kind) bool { return k.GroupVersionKind == gvk })
	if i < 0 {
		return fmt.Errorf("no resource of kind %v (%T) is served", gvk, obj)
	}
	k, m := s.kinds[i], metaOf(obj)
	if k.Namespaced != (m.GetNamespace() != "") {
		return fmt.Errorf("%s %q in namespace %q: namespaced is %t", k.Plural, m.GetName(), m.GetNamespace(), k.Namespaced)
	}
	next := obj.DeepCopyObject()
	next.GetObjectKind().SetGroupVersionKind(gvk)
	stored, err := do(k, next)
	if err != nil {
		return err
	}
	now := metaOf(stored)
	m.SetUID(now.GetUID())
	m.SetResourceVersion(now.GetResourceVersion())
	m.SetCreationTimestamp(now.GetCreationTimestamp())
	return nil
}
