package apitest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// store holds every object and the log of how each came to be. Whenever mu is free:
//   - rv is the resourceVersion of the last change, and no change has a higher one;
//   - the log from first to tail holds exactly the changes after compacted, in strictly rising order of rv;
//   - tail is empty: it waits to be filled by the next change;
//   - the tables are what one gets by applying the log to the state at compacted.
//
// A plain Mutex, not RWMutex: a reader holds it for a few pointers, never while it encodes or writes.
type store struct {
	mu        sync.Mutex
	rv        uint64
	compacted uint64
	first     *entry
	tail      *entry
	tables    map[*kind]*table
}

// table is one kind's objects. Readers take sorted and let go of the lock: it is replaced, never edited.
type table struct {
	objects map[string]*revision // by key
	sorted  []*revision          // by key; nil after a change
}

// revision is an object as one change left it. It never changes, so it is read without a lock
// and encoded at most once for each encoding.
type revision struct {
	kind  *kind
	key   string // "namespace/name", or "name"; sorted as etcd sorts it
	rv    uint64
	obj   runtime.Object
	cache [encodings]cached
}

// entry is a place in the log. All but ready stands once ready is closed; until then it is the log's tail.
// Who holds an entry holds all that follow: a compaction takes nothing from a running watch.
type entry struct {
	ready chan struct{}
	change
	next *entry
}

// change is what happened to one object, or a mark.
type change struct {
	rv        uint64
	mark      mark
	kind      *kind
	old, new  *revision        // nil: there was none, there is none any more
	tombstone func() *revision // old at rv: what a watcher is told of an object that it can't see any more
}

// mark is no change, but a word to the watchers that have read the log this far.
type mark int

const (
	noMark mark = iota
	bookmarkMark
	endMark
)

func newStore() *store {
	tail := &entry{ready: make(chan struct{})}
	// As in etcd, an empty store is at 1: 0 means "any" to a client.
	return &store{rv: 1, compacted: 1, first: tail, tail: tail, tables: map[*kind]*table{}}
}

func (s *store) tableLocked(k *kind) *table {
	t := s.tables[k]
	if t == nil {
		t = &table{objects: map[string]*revision{}}
		s.tables[k] = t
	}
	return t
}

// edit turns an object (nil: there is none) into its next state (nil: it goes away). It must not change old, nor
// keep next. Returning old means that nothing has changed.
type edit func(old runtime.Object) (next runtime.Object, err error)

// write applies an edit to the object at key and returns what it left: for a removed object,
// its last state with the resourceVersion of the removal. A dry run changes nothing.
func (s *store) write(k *kind, key string, dryRun bool, edit edit) (*revision, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tableLocked(k)
	old := t.objects[key]
	next, err := edit(old.object())
	switch {
	case err != nil:
		return nil, err
	case next == old.object():
		return old, nil
	case dryRun && next == nil:
		return old, nil
	case dryRun:
		return &revision{kind: k, key: key, obj: next}, nil
	}
	c := change{kind: k, rv: s.rv + 1, old: old}
	c.tombstone = sync.OnceValue(func() *revision { return old.at(c.rv) })
	t.sorted = nil
	if next == nil {
		delete(t.objects, key)
		s.appendLocked(c)
		return c.tombstone(), nil
	}
	setResourceVersion(next, c.rv)
	c.new = &revision{kind: k, key: key, rv: c.rv, obj: next}
	t.objects[key] = c.new
	s.appendLocked(c)
	return c.new, nil
}

// appendLocked fills the tail, which wakes everyone who waits for it.
func (s *store) appendLocked(c change) {
	filled, empty := s.tail, &entry{ready: make(chan struct{})}
	filled.change, filled.next = c, empty
	s.rv, s.tail = c.rv, empty
	close(filled.ready)
}

// mark tells all watchers that have read the log up to here.
func (s *store) mark(m mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.appendLocked(change{rv: s.rv, mark: m})
}

// compact forgets the whole log. Who wants to go on from before must list again.
func (s *store) compact() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.compacted, s.first = s.rv, s.tail
}

// get returns the object at key, or nil.
func (s *store) get(k *kind, key string) (current *revision, rv uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tableLocked(k).objects[key], s.rv
}

// snapshot is all objects of a kind at one resourceVersion, and the log after it.
type snapshot struct {
	objects []*revision // sorted by key; shared: not to be edited
	rv      uint64
	log     *entry
}

// now returns the state as it is.
func (s *store) now(k *kind) snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nowLocked(k)
}

func (s *store) nowLocked(k *kind) snapshot {
	t := s.tableLocked(k)
	if t.sorted == nil {
		t.sorted = sortedByKey(t.objects)
	}
	return snapshot{objects: t.sorted, rv: s.rv, log: s.tail}
}

// at returns the state as it was at rv, by undoing all later changes of the kind.
// The error is 410 Expired after a compaction, 504 Timeout for a version yet to come.
func (s *store) at(k *kind, rv uint64) (snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rv > s.rv {
		return snapshot{}, tooLarge(rv, s.rv)
	}
	log, err := s.sinceLocked(rv)
	if err != nil {
		return snapshot{}, err
	}
	undone := map[string]*revision{} // the state before the first later change
	for e := log; e != s.tail; e = e.next {
		if e.kind != k {
			continue
		}
		key := e.key()
		if _, seen := undone[key]; !seen {
			undone[key] = e.old
		}
	}
	if len(undone) == 0 {
		return snapshot{objects: s.nowLocked(k).objects, rv: rv, log: log}, nil
	}
	objects := maps.Clone(s.tableLocked(k).objects)
	for key, old := range undone {
		if objects[key] = old; old == nil {
			delete(objects, key)
		}
	}
	return snapshot{objects: sortedByKey(objects), rv: rv, log: log}, nil
}

// since returns the log after rv; for a version yet to come, the log from now. The error is 410 Expired after a compaction.
func (s *store) since(rv uint64) (*entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sinceLocked(rv)
}

func (s *store) sinceLocked(rv uint64) (*entry, error) {
	if rv < s.compacted {
		return nil, apierrors.NewResourceExpired(fmt.Sprintf("too old resource version: %d (%d)", rv, s.compacted))
	}
	if rv >= s.rv {
		return s.tail, nil
	}
	e := s.first
	for e != s.tail && e.rv <= rv {
		e = e.next
	}
	return e, nil
}

// tooLarge is the answer to a client that has seen a newer state than this server, as happens with several of them.
func tooLarge(wanted, current uint64) error {
	err := apierrors.NewTimeoutError(fmt.Sprintf("Too large resource version: %d, current: %d", wanted, current), 1)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{
		Type:    metav1.CauseTypeResourceVersionTooLarge,
		Message: "Too large resource version",
	}}
	return err
}

func sortedByKey(objects map[string]*revision) []*revision {
	return slices.SortedFunc(maps.Values(objects), func(a, b *revision) int { return strings.Compare(a.key, b.key) })
}

// key names the object that changed.
func (c change) key() string {
	if c.new != nil {
		return c.new.key
	}
	return c.old.key
}

// object returns nil for a nil revision.
func (r *revision) object() runtime.Object {
	if r == nil {
		return nil
	}
	return r.obj
}

// at returns the same object under a later resourceVersion: what a watcher sees of one that has gone.
func (r *revision) at(rv uint64) *revision {
	obj := r.obj.DeepCopyObject()
	setResourceVersion(obj, rv)
	return &revision{kind: r.kind, key: r.key, rv: rv, obj: obj}
}

func setResourceVersion(obj runtime.Object, rv uint64) {
	accessor(obj).SetResourceVersion(formatResourceVersion(rv))
}

// accessor gives an object's metadata. New refuses kinds without it, so every object has it.
func accessor(obj runtime.Object) metav1.Object {
	m, err := meta.Accessor(obj)
	if err != nil {
		panic(err)
	}
	return m
}
