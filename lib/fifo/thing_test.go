package fifo_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// thing is an object as small as possible. It prints as name@version, with a ' for each time that it was transformed.
type thing struct {
	name    string
	version int
	marks   int
}

func (t *thing) String() string {
	return fmt.Sprintf("%s@%d%s", t.name, t.version, strings.Repeat("'", t.marks))
}

var (
	errNameless = errors.New("it has no name")
	errRotten   = errors.New("it is rotten")
)

func keyOfThing(obj any) (string, error) {
	t, ok := obj.(*thing)
	if !ok || t.name == "" {
		return "", errNameless
	}
	return t.name, nil
}

// mark is a transformer: it counts how often each object passed, and refuses what is rotten.
func mark(obj any) (any, error) {
	t := *obj.(*thing)
	if t.version < 0 {
		return nil, errRotten
	}
	t.marks++
	return &t, nil
}

// shelf is what a consumer knows. Keys in lost are listed, but found nowhere; those in broken can't be looked up.
type shelf struct {
	things       map[string]*thing
	lost, broken string
}

func newShelf(things ...*thing) *shelf {
	s := &shelf{things: map[string]*thing{}}
	for _, t := range things {
		s.things[t.name] = t
	}
	return s
}

func (s *shelf) ListKeys() []string {
	keys := slices.Collect(maps.Keys(s.things))
	for _, key := range []string{s.lost, s.broken} {
		if key != "" && s.things[key] == nil {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

func (s *shelf) GetByKey(key string) (any, bool, error) {
	if key == s.broken {
		return nil, false, errors.New("the shelf is broken")
	}
	t, ok := s.things[key]
	if !ok {
		return nil, false, nil
	}
	return t, true, nil
}

// apply does to the shelf what an informer does to its store.
func (s *shelf) apply(delta fifo.Delta) {
	switch obj := delta.Object.(type) {
	case store.DeletedFinalStateUnknown:
		delete(s.things, obj.Key)
	case *thing:
		if delta.Type == fifo.Deleted {
			delete(s.things, obj.name)
		} else {
			s.things[obj.name] = obj
		}
	}
}

// show describes a delta with its object, which Delta.String leaves out.
func show(delta fifo.Delta) string {
	switch obj := delta.Object.(type) {
	case store.DeletedFinalStateUnknown:
		if obj.Obj == nil {
			return fmt.Sprintf("%v %s", delta, obj.Key)
		}
		return fmt.Sprintf("%v %v", delta, obj.Obj)
	case fifo.ReplacedAllInfo:
		return fmt.Sprintf("%v %v", delta, obj.Objects)
	case *thing:
		return fmt.Sprintf("%v %v", delta, obj)
	}
	return delta.String()
}

func showAll(deltas []fifo.Delta) string {
	out := make([]string, len(deltas))
	for i, delta := range deltas {
		out[i] = show(delta)
	}
	return strings.Join(out, ", ")
}

func tombstone(key string, obj any) store.DeletedFinalStateUnknown {
	return store.DeletedFinalStateUnknown{Key: key, Obj: obj}
}
