package informer_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/store"
)

// witness is a handler of ConfigMaps that remembers what it is told, and objects to what can't be:
//   - an object is added, then updated any number of times, then deleted, then perhaps added again;
//   - the old state in an update, and that in a tombstone, is what it was told last;
//   - what was deleted is never there again; another object may have its name;
//   - versions only go forward; where one stands still, as on a resync or after a list, the object is the same.
//
// From these follows: if known is the server's state at the end, every deletion was told.
type witness struct {
	name  string
	pause func() // called outside mu, within each call

	mu         sync.Mutex
	calls      int
	known      map[string]sighting // what one who believes all that is told takes for the state
	stories    map[string][]string // of each object, for reading
	sightings  map[sighting]string // every state that was told, and its content
	gone       map[types.UID]bool  // every object whose deletion was told
	objections []string
}

// sighting names a state of an object.
type sighting struct {
	key     string
	uid     types.UID
	version uint64
}

func newWitness(name string) *witness {
	return &witness{
		name: name, pause: func() {},
		known: map[string]sighting{}, stories: map[string][]string{}, sightings: map[sighting]string{}, gone: map[types.UID]bool{},
	}
}

func (w *witness) OnAdd(obj any, isInInitialList bool) {
	defer w.pause()
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.seeLocked("add", obj)
	if was, there := w.known[s.key]; there {
		w.objectLocked(s.key, "added, but it was there, at version %d", was.version)
	}
	w.known[s.key] = s
}

func (w *witness) OnUpdate(oldObj, newObj any) {
	defer w.pause()
	w.mu.Lock()
	defer w.mu.Unlock()
	s, old := w.seeLocked("update", newObj), sightingOf(oldObj)
	was, there := w.known[s.key]
	switch {
	case !there:
		w.objectLocked(s.key, "updated, but it was not there")
	case old != was:
		w.objectLocked(s.key, "updated from version %d, but last told was %d", old.version, was.version)
	case s.version < was.version:
		w.objectLocked(s.key, "version goes back from %d to %d", was.version, s.version)
	case s.version == was.version && s != was:
		w.objectLocked(s.key, "another object at the same version %d", s.version)
	}
	w.known[s.key] = s
}

func (w *witness) OnDelete(obj any) {
	defer w.pause()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	tombstone, inferred := obj.(store.DeletedFinalStateUnknown)
	if inferred {
		obj = tombstone.Obj
	}
	s := sightingOf(obj)
	was, there := w.known[s.key]
	told := fmt.Sprintf("delete @%d", s.version)
	if inferred {
		told = fmt.Sprintf("tombstone @%d", s.version)
	}
	w.stories[s.key] = append(w.stories[s.key], told)
	switch {
	case !there:
		w.objectLocked(s.key, "deleted, but it was not there")
	case inferred && tombstone.Key != s.key:
		w.objectLocked(s.key, "its tombstone is for %q", tombstone.Key)
	case inferred && s != was:
		w.objectLocked(s.key, "its tombstone has version %d, but last told was %d", s.version, was.version)
	case !inferred && s.version <= was.version:
		w.objectLocked(s.key, "deleted at version %d, but last told was %d", s.version, was.version)
	}
	delete(w.known, s.key)
	w.gone[was.uid] = true
}

func (w *witness) seeLocked(verb string, obj any) sighting {
	w.calls++
	s := sightingOf(obj)
	w.stories[s.key] = append(w.stories[s.key], fmt.Sprintf("%s @%d", verb, s.version))
	w.sightings[s] = contentOf(obj)
	if w.gone[s.uid] {
		w.objectLocked(s.key, "was told to be gone, and is there again at version %d", s.version)
	}
	return s
}

func (w *witness) objectLocked(key, format string, args ...any) {
	w.objections = append(w.objections, fmt.Sprintf("%s: %s: %s (%s)", w.name, key, fmt.Sprintf(format, args...), strings.Join(w.stories[key], ", ")))
}

func (w *witness) told() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls
}

// objected returns what the witness has objected to.
func (w *witness) objected() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.objections)
}

// testify returns where what the witness believes differs from the truth.
func (w *witness) testify(truth map[string]sighting) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var said []string
	for key, is := range truth {
		if believes, there := w.known[key]; !there {
			said = append(said, fmt.Sprintf("%s: %s is there, at version %d, but it was not told so: %v", w.name, key, is.version, w.stories[key]))
		} else if believes != is {
			said = append(said, fmt.Sprintf("%s: %s is at version %d, but it was not told so: %v", w.name, key, is.version, w.stories[key]))
		}
	}
	for key := range w.known {
		if _, there := truth[key]; !there {
			said = append(said, fmt.Sprintf("%s: %s is gone, but it was not told so: %v", w.name, key, w.stories[key]))
		}
	}
	return said
}

func sightingOf(obj any) sighting {
	m, err := meta.Accessor(obj)
	if err != nil {
		return sighting{key: fmt.Sprintf("%T", obj)}
	}
	var version uint64
	_, _ = fmt.Sscan(m.GetResourceVersion(), &version)
	return sighting{key: keyOf(m), uid: m.GetUID(), version: version}
}

func keyOf(m metav1.Object) string { return m.GetNamespace() + "/" + m.GetName() }

// contentOf is what a writer has put into a ConfigMap.
func contentOf(obj any) string {
	switch obj := obj.(type) {
	case *corev1.ConfigMap:
		return obj.Data["content"]
	case *unstructured.Unstructured:
		content, _, _ := unstructured.NestedString(obj.Object, "data", "content")
		return content
	}
	return fmt.Sprintf("%T", obj)
}
