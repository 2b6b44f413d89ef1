package conformance_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/tools/cache"

	"client-go-workbook/lib/store"
)

// call is one call of a handler.
type call struct {
	kind string // add, initial (an add of an initial list), update, sync (an update that changes nothing), delete, tombstone
	key  string
	text string // what the handler was given
}

func (c call) String() string { return strings.TrimSpace(c.kind + " " + c.key + " " + c.text) }

// recorder is a handler of both libraries that writes down its calls.
type recorder struct {
	mu    sync.Mutex
	calls []call
}

func (r *recorder) record(c call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
}

func (r *recorder) OnAdd(obj any, isInInitialList bool) {
	kind := "add"
	if isInInitialList {
		kind = "initial"
	}
	key, text := describe(obj)
	r.record(call{kind, key, text})
}

func (r *recorder) OnUpdate(oldObj, newObj any) {
	_, before := describe(oldObj)
	key, after := describe(newObj)
	if before == after {
		r.record(call{"sync", key, after})
		return
	}
	r.record(call{"update", key, before + " → " + after})
}

func (r *recorder) OnDelete(obj any) {
	kind := "delete"
	switch tombstone := obj.(type) {
	case cache.DeletedFinalStateUnknown:
		kind, obj = "tombstone of "+tombstone.Key, tombstone.Obj
	case store.DeletedFinalStateUnknown:
		kind, obj = "tombstone of "+tombstone.Key, tombstone.Obj
	}
	key, text := describe(obj)
	r.record(call{kind, key, text})
}

// take returns the calls since the last take.
func (r *recorder) take() []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.calls
	r.calls = nil
	return calls
}

// describe returns an object's key and all that the scripts vary in it.
func describe(obj any) (key, text string) {
	m, err := meta.Accessor(obj)
	if err != nil {
		return fmt.Sprintf("%T", obj), fmt.Sprint(obj)
	}
	return m.GetNamespace() + "/" + m.GetName(), fmt.Sprintf("@%s %v %v", m.GetResourceVersion(), m.GetLabels(), m.GetAnnotations())
}

// inOrder brings into one order what may come in any: tombstones of one relist, objects of one resync, and the adds for
// a handler that joins late. All else stays where it is.
func inOrder(calls []call) []call {
	loose := func(c call) string {
		for _, kind := range []string{"tombstone", "sync", "initial"} {
			if strings.HasPrefix(c.kind, kind) {
				return kind
			}
		}
		return ""
	}
	for start := 0; start < len(calls); {
		end := start + 1
		for end < len(calls) && loose(calls[start]) != "" && loose(calls[end]) == loose(calls[start]) {
			end++
		}
		byObject(calls[start:end])
		start = end
	}
	return calls
}

// byObject orders calls by object, and leaves those for one object in their order. That is all that can be compared after
// a watch-list: client-go passes its objects on in the order of a map.
func byObject(calls []call) []call {
	slices.SortStableFunc(calls, func(a, b call) int { return cmp.Compare(a.key, b.key) })
	return calls
}

func lines(calls []call) []string {
	out := make([]string, len(calls))
	for i, c := range calls {
		out[i] = c.String()
	}
	return out
}
