package apitest

import (
	"fmt"
	"strconv"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// CheckInvariants holds the store against what its comment promises.
func (s *Server) CheckInvariants() error {
	st := s.store
	st.mu.Lock()
	defer st.mu.Unlock()
	last := st.compacted
	for e := st.first; e != st.tail; e = e.next {
		switch {
		case !isClosed(e.ready):
			return fmt.Errorf("entry %d is in the log, but not ready", e.rv)
		case e.mark == noMark && e.rv != last+1, e.mark != noMark && e.rv != last:
			return fmt.Errorf("entry %d follows %d", e.rv, last)
		}
		last = e.rv
	}
	switch {
	case last != st.rv:
		return fmt.Errorf("the log ends at %d, the store is at %d", last, st.rv)
	case isClosed(st.tail.ready):
		return fmt.Errorf("the tail is filled")
	}
	for k, t := range st.tables {
		if err := t.check(k, st.rv); err != nil {
			return fmt.Errorf("%s: %w", k.Plural, err)
		}
	}
	return nil
}

func (t *table) check(k *kind, rv uint64) error {
	for key, r := range t.objects {
		m := accessor(r.obj)
		if r.key != key || r.kind != k || r.rv > rv || m.GetResourceVersion() != strconv.FormatUint(r.rv, 10) ||
			key != (ref{k, m.GetNamespace(), m.GetName()}).key() {
			return fmt.Errorf("at %s there is %s of version %s", key, r.key, m.GetResourceVersion())
		}
	}
	if t.sorted != nil && fmt.Sprint(t.sorted) != fmt.Sprint(sortedByKey(t.objects)) {
		return fmt.Errorf("the sorted objects are not the objects")
	}
	return nil
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// StateAt is "key@version" of each object of a resource, as a list of that exact version would show it.
func (s *Server) StateAt(gvr schema.GroupVersionResource, rv uint64) ([]string, error) {
	state, err := s.store.at(s.lookup(gvr), rv)
	var out []string
	for _, r := range state.objects {
		out = append(out, fmt.Sprintf("%s@%d", r.key, r.rv))
	}
	return out, err
}
