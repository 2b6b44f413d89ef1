package apitest

import (
	"fmt"
	"strconv"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Create stores a copy of obj, as a POST would, and writes back what the server has set in its metadata.
// As with a POST, the status of a kind that has the subresource is not taken: follow with UpdateStatus. The errors of Create, Update, UpdateStatus and Delete are those that a client gets.
func (s *Server) Create(obj runtime.Object) error {
	k, next, err := s.take(obj)
	if err != nil {
		return err
	}
	created, err := s.create(k, accessor(next).GetNamespace(), next, false)
	return giveBack(created, obj, err)
}

// Update replaces an object by a copy of obj, as a PUT would. Without a resourceVersion it always fits.
func (s *Server) Update(obj runtime.Object) error { return s.updateDirectly(obj, updateOptions{}) }

// UpdateStatus replaces an object's status, as a PUT to the subresource would.
func (s *Server) UpdateStatus(obj runtime.Object) error {
	return s.updateDirectly(obj, updateOptions{statusOnly: true})
}

func (s *Server) updateDirectly(obj runtime.Object, opts updateOptions) error {
	k, next, err := s.take(obj)
	if err != nil {
		return err
	}
	at := ref{k, accessor(next).GetNamespace(), accessor(next).GetName()}
	updated, err := s.replace(at, func(runtime.Object) (runtime.Object, error) { return next, nil }, opts)
	return giveBack(updated, obj, err)
}

// Delete removes the object that has obj's kind, namespace and name, as a DELETE without options would.
func (s *Server) Delete(obj runtime.Object) error {
	k, named, err := s.take(obj)
	if err != nil {
		return err
	}
	at := ref{k, accessor(named).GetNamespace(), accessor(named).GetName()}
	left, err := s.delete(at, &metav1.DeleteOptions{})
	return giveBack(left, obj, err)
}

// Objects returns copies of all objects of a resource, sorted by namespace and name, and the resourceVersion
// at which this is the state.
func (s *Server) Objects(gvr schema.GroupVersionResource) ([]runtime.Object, string) {
	k := s.lookup(gvr)
	if k == nil {
		return nil, s.ResourceVersion()
	}
	state := s.store.now(k)
	out := make([]runtime.Object, len(state.objects))
	for i, r := range state.objects {
		out[i] = r.obj.DeepCopyObject()
	}
	return out, formatResourceVersion(state.rv)
}

// ResourceVersion is that of the last change.
func (s *Server) ResourceVersion() string {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	return formatResourceVersion(s.store.rv)
}

// Compact forgets the log: a watch or a continue token from before is now too old (410 Expired).
// Running watches are not disturbed, as they are not by the compaction of etcd.
func (s *Server) Compact() { s.store.compact() }

// Bookmark sends a BOOKMARK to all running watches that allow it.
func (s *Server) Bookmark() { s.store.mark(bookmarkMark) }

// EndWatches ends all running watches in the regular way, after they have told every change so far.
func (s *Server) EndWatches() { s.store.mark(endMark) }

// take finds an object's kind, and copies it in the form in which the store keeps it.
func (s *Server) take(obj runtime.Object) (*kind, runtime.Object, error) {
	gvk := obj.GetObjectKind().GroupVersionKind()
	if gvks, _, err := s.config.Scheme.ObjectKinds(obj); err == nil {
		gvk = gvks[0]
	}
	for _, k := range s.kinds {
		if k.GroupVersionKind != gvk {
			continue
		}
		next := obj.DeepCopyObject()
		if m := accessor(next); k.Namespaced != (m.GetNamespace() != "") {
			return nil, nil, fmt.Errorf("%s %q in namespace %q: namespaced is %t", k.Plural, m.GetName(), m.GetNamespace(), k.Namespaced)
		}
		if k.typed {
			next.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
		}
		return k, next, nil
	}
	return nil, nil, fmt.Errorf("no resource of kind %v (%T) is served", gvk, obj)
}

func giveBack(r *revision, obj runtime.Object, err error) error {
	if err != nil {
		return err
	}
	from, to := accessor(r.obj), accessor(obj)
	to.SetName(from.GetName())
	to.SetUID(from.GetUID())
	to.SetResourceVersion(from.GetResourceVersion())
	to.SetGeneration(from.GetGeneration())
	to.SetCreationTimestamp(from.GetCreationTimestamp())
	to.SetDeletionTimestamp(from.GetDeletionTimestamp())
	return nil
}

func formatResourceVersion(rv uint64) string { return strconv.FormatUint(rv, 10) }
