package apitest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// store holds every object, and the log of how each came to be. Whenever mu is free:
//   - log[i] made resourceVersion i+2: every change takes the next one, and firstVersion is the empty store's;
//   - the tables are what one gets by doing what the log says, from its beginning;
//   - an object that is or was in a table never changes: a write puts another one in its place.
//
// A plain Mutex, not RWMutex: a reader holds it to copy pointers, never while it encodes or writes.
type store struct {
	mu        sync.Mutex
	log       []change
	tables    map[*kind]table
	compacted uint64        // nobody may begin to read the log before it
	ended     int           // how often the running watches have been told to end
	news      chan struct{} // closed, and replaced, when log or ended changes
}

// firstVersion is 1, as in etcd: 0 means "any" to a client.
const firstVersion = 1

// change is what happened to one object. Without a kind nothing happened: it is the place of a bookmark.
type change struct {
	rv       uint64
	kind     *kind
	key      string
	old, new runtime.Object // nil: there was none, there is none any more
}

func newStore() *store {
	return &store{tables: map[*kind]table{}, compacted: firstVersion, news: make(chan struct{})}
}

func (s *store) versionLocked() uint64 { return firstVersion + uint64(len(s.log)) }

// edit makes an object's next state (nil: it goes) from the present one (nil: there is none), which it must not change.
type edit func(old runtime.Object) (next runtime.Object, err error)

// write edits the object at key, which is a change if it makes a difference. It returns what is there then;
// of an object that goes, the last state with the version at which it went.
func (s *store) write(k *kind, key string, edit edit) (runtime.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.tables[k].get(key)
	next, err := edit(old)
	if err != nil {
		return nil, err
	}
	if equality.Semantic.DeepEqual(next, old) {
		return old, nil
	}
	c := change{rv: s.versionLocked() + 1, kind: k, key: key, old: old, new: next}
	if next != nil {
		metaOf(next).SetResourceVersion(formatVersion(c.rv))
	}
	s.tables[k] = s.tables[k].put(key, next)
	s.appendLocked(c)
	if next == nil {
		return atVersion(old, c.rv), nil
	}
	return next, nil
}

// appendLocked wakes everyone who has read the log to its end.
func (s *store) appendLocked(c change) {
	s.log = append(s.log, c)
	s.wakeLocked()
}

func (s *store) wakeLocked() {
	close(s.news)
	s.news = make(chan struct{})
}

// get returns the object at key, or nil.
func (s *store) get(k *kind, key string) runtime.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tables[k].get(key)
}

// state returns all objects of a kind at the version that is asked for, or at any later one, and which it is.
// An exact version of the past is the state of now, with all later changes undone.
func (s *store) state(q *query) (table, uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, state := s.versionLocked(), slices.Clone(s.tables[q.kind])
	switch {
	case q.rv > now:
		return nil, 0, tooLarge(q.rv, now)
	case !q.exact:
		return state, now, nil
	}
	if err := s.remembersLocked(q.rv); err != nil {
		return nil, 0, err
	}
	for _, c := range slices.Backward(s.log[q.rv-firstVersion:]) {
		if c.kind == q.kind {
			state = state.put(c.key, c.old)
		}
	}
	return state, q.rv, nil
}

// begin tells whether a watch may begin at rv. Once begun, a compaction does not disturb it.
func (s *store) begin(rv uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remembersLocked(rv)
}

// since returns the log after rv, which may be yet to come. When news is closed, there is more of it or ended is higher.
func (s *store) since(rv uint64) (log []change, news <-chan struct{}, ended int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log[min(rv, s.versionLocked())-firstVersion:], s.news, s.ended
}

func (s *store) remembersLocked(rv uint64) error {
	if rv < s.compacted {
		return apierrors.NewResourceExpired(fmt.Sprintf("too old resource version: %d (%d)", rv, s.compacted))
	}
	return nil
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

// table is one kind's objects, in the order of their keys: "namespace/name", or "/name".
type table []row

type row struct {
	key string
	obj runtime.Object
}

// find returns where key is, or would be.
func (t table) find(key string) (i int, found bool) {
	return slices.BinarySearchFunc(t, key, func(r row, key string) int { return strings.Compare(r.key, key) })
}

// get returns nil for a key that is not there.
func (t table) get(key string) runtime.Object {
	if i, found := t.find(key); found {
		return t[i].obj
	}
	return nil
}

// put changes t in place, like append; a nil obj takes the key out.
func (t table) put(key string, obj runtime.Object) table {
	i, found := t.find(key)
	switch {
	case found && obj == nil:
		return slices.Delete(t, i, i+1)
	case found:
		t[i].obj = obj
		return t
	case obj == nil:
		return t
	}
	return slices.Insert(t, i, row{key, obj})
}
