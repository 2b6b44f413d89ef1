package apitest

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// CheckInvariants holds the store against what its comment promises.
func (s *Server) CheckInvariants() error {
	st := s.store
	st.mu.Lock()
	defer st.mu.Unlock()
	replayed := map[*kind]table{}
	for i, c := range st.log {
		if c.rv != uint64(i)+2 {
			return fmt.Errorf("log[%d] has version %d", i, c.rv)
		}
		if c.kind != nil {
			replayed[c.kind] = replayed[c.kind].put(c.key, c.new)
		}
	}
	for k, t := range st.tables {
		if !slices.Equal(t, replayed[k]) {
			return fmt.Errorf("%s: the log says %v, the table has %v", k.Plural, replayed[k], t)
		}
		if !slices.IsSortedFunc(t, func(a, b row) int { return strings.Compare(a.key, b.key) }) {
			return fmt.Errorf("%s: not sorted: %v", k.Plural, t)
		}
		for _, r := range t {
			if m := metaOf(r.obj); nameOf(m).String() != r.key {
				return fmt.Errorf("%s: at %s there is %s", k.Plural, r.key, nameOf(m))
			}
		}
	}
	select {
	case <-st.news:
		return fmt.Errorf("there is nothing new, but it is announced")
	default:
		return nil
	}
}

// StateAt is "key@version" of each object of a resource, as a list of that exact version would show it.
func (s *Server) StateAt(gvr schema.GroupVersionResource, rv uint64) ([]string, error) {
	state, _, err := s.store.state(&query{kind: s.lookup(gvr), rv: rv, exact: true})
	var out []string
	for _, r := range state {
		out = append(out, fmt.Sprintf("%s@%s", r.key, metaOf(r.obj).GetResourceVersion()))
	}
	return out, err
}
