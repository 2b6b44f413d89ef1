package store_test

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/store"
)

// TestQueriesSeeOneState has a writer that gives all objects the same new version at once, while readers ask. All that
// a query returns must be of one version, and never of an older one than a query before, whichever two they are.
func TestQueriesSeeOneState(t *testing.T) {
	const objects, versions = 50, 400
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{"version": func(obj any) ([]string, error) {
		o := obj.(*thing)
		return []string{"all", o.ResourceVersion}, nil
	}})
	write(t, s, objects, 0)

	var done atomic.Bool
	var readers sync.WaitGroup
	for r := range 4 {
		readers.Go(func() {
			for seen := 0; !done.Load(); {
				seen = query(t, s, objects, seen, r)
				r++
			}
		})
	}
	for version := 1; version <= versions; version++ {
		write(t, s, objects, version)
	}
	done.Store(true)
	readers.Wait()
	require.NoError(t, store.CheckInvariants(s))
}

// write gives all objects a version: by a transaction mostly, which also takes most of them out and puts them back.
func write(t *testing.T, s store.Indexer, objects, version int) {
	var list []any
	var txns []store.Transaction
	for i := range objects {
		o := &thing{}
		o.Name, o.ResourceVersion = strconv.Itoa(i), strconv.Itoa(version)
		list = append(list, o)
		if i > 0 {
			txns = append(txns, store.Transaction{Object: o, Type: store.TransactionTypeDelete})
		}
		txns = append(txns, store.Transaction{Object: o, Type: store.TransactionTypeAdd})
	}
	switch version % 20 {
	case 0:
		require.NoError(t, s.Replace(list, strconv.Itoa(version)))
	case 10:
		more := fmt.Sprint("index ", version)
		require.NoError(t, s.AddIndexers(store.Indexers{more: func(any) ([]string, error) { return []string{more}, nil }}))
		fallthrough
	default:
		require.Nil(t, s.(store.TransactionStore).Transaction(txns...))
	}
}

// query asks one question and returns the version that it saw.
func query(t *testing.T, s store.Indexer, objects, seen, which int) int {
	var found []any
	var err error
	want := objects
	switch which % 6 {
	case 0:
		found = s.List()
	case 1:
		found, err = s.ByIndex("version", "all")
	case 2:
		found, err = s.Index("version", &thing{tags: nil})
	case 3:
		values := s.ListIndexFuncValues("version")
		if len(values) != 2 {
			t.Errorf("values of several versions: %q", values)
		}
		return seen
	case 4:
		version, _ := strconv.Atoi(s.LastStoreSyncResourceVersion())
		return notBefore(t, seen, version)
	default: // of all objects, this one is never taken out
		item, exists, getErr := s.GetByKey("0")
		if !exists {
			t.Error("an object was seen missing")
			return seen
		}
		found, err, want = []any{item}, getErr, 1
	}
	if err != nil || len(found) != want {
		t.Errorf("%d objects, want %d: %v", len(found), want, err)
		return seen
	}
	for _, o := range found {
		if o.(*thing).ResourceVersion != found[0].(*thing).ResourceVersion {
			t.Errorf("one query saw %v and %v", found[0], o)
		}
	}
	version, _ := strconv.Atoi(found[0].(*thing).ResourceVersion)
	return notBefore(t, seen, version)
}

func notBefore(t *testing.T, seen, version int) int {
	if version < seen {
		t.Errorf("version %d was seen after %d", version, seen)
	}
	return version
}

// TestGetMissesNothing has a writer add and delete so many other objects that the directory grows and shrinks.
func TestGetMissesNothing(t *testing.T) {
	s := store.NewStore(store.MetaNamespaceKeyFunc)
	thingAt := func(name int) *thing {
		o := &thing{}
		o.Name = strconv.Itoa(name)
		return o
	}
	const stays, comes = 10, 3000
	for i := range stays {
		require.NoError(t, s.Add(thingAt(i)))
	}
	var done atomic.Bool
	var readers sync.WaitGroup
	for r := range 4 {
		readers.Go(func() {
			for ; !done.Load(); r++ {
				if _, exists, _ := s.GetByKey(strconv.Itoa(r % stays)); !exists {
					t.Error("an object was seen missing")
				}
				if _, exists, _ := s.GetByKey("nobody"); exists {
					t.Error("there is an object that nobody added")
				}
			}
		})
	}
	for range 3 {
		for i := range comes {
			require.NoError(t, s.Add(thingAt(stays+i)))
		}
		require.NoError(t, store.CheckInvariants(s))
		require.Greater(t, store.Slots(s), comes)
		for i := range comes {
			require.NoError(t, s.Delete(thingAt(stays+i)))
		}
		require.NoError(t, store.CheckInvariants(s))
		require.Less(t, store.Slots(s), 1000, "the memory of what has gone")
	}
	done.Store(true)
	readers.Wait()
}

// TestManyWriters has them work on objects of their own, so that the end is known.
func TestManyWriters(t *testing.T) {
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{"tag": byTag("tag")})
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := range 500 {
				o := &thing{tags: []string{strconv.Itoa(i % 7), "all"}}
				o.Namespace, o.Name = strconv.Itoa(w), strconv.Itoa(i%50)
				if err := s.Add(o); err != nil {
					t.Error(err)
				}
				if i%50 >= 25 {
					if err := s.Delete(o); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	writers.Wait()
	found, err := s.ByIndex("tag", "all")
	require.NoError(t, err)
	require.Len(t, found, 4*25)
	require.NoError(t, store.CheckInvariants(s))
}
