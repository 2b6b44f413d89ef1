package store_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/store"
)

// thing is an object whose index values can be chosen freely.
type thing struct {
	metav1.ObjectMeta
	tags  []string
	fails string // the index that fails or panics on it
}

func (o *thing) String() string { return fmt.Sprintf("%s/%s v%s %v", o.Namespace, o.Name, o.ResourceVersion, o.tags) }

var errTag = errors.New("tag is unreadable")

// byTag is an index function by the tags. It fails or panics on things that say so.
func byTag(index string) store.IndexFunc {
	return func(obj any) ([]string, error) {
		o := obj.(*thing)
		switch o.fails {
		case index:
			return []string{"half", "done"}, errTag
		case "panic " + index:
			panic(errTag)
		}
		return o.tags, nil
	}
}

// byCount has one value for each object.
func byCount(obj any) ([]string, error) { return []string{strconv.Itoa(len(obj.(*thing).tags))}, nil }

// model is a store that a reader believes at once.
type model struct {
	objects map[string]*thing
	indexes store.Indexers
	version string
}

// admits tells whether no index function fails on the object.
func (m *model) admits(o *thing) bool {
	for name := range m.indexes {
		if o.fails == name || o.fails == "panic "+name {
			return false
		}
	}
	return true
}

func (m *model) put(o *thing) bool {
	if !m.admits(o) {
		return false
	}
	m.objects[o.Namespace+"/"+o.Name] = o
	return true
}

func (m *model) with(index, value string) []any {
	list := []any{}
	for _, o := range m.objects {
		if values, _ := m.indexes[index](o); slices.Contains(values, value) {
			list = append(list, o)
		}
	}
	return list
}

// step does one thing to both and tells which.
type script struct {
	*rand.Rand
	version int
}

// steps is how long random tests are: WORKBOOK_STEPS, for the nightly form, or what is quick.
func steps(t *testing.T, quick int) int {
	text := cmp.Or(os.Getenv("WORKBOOK_STEPS"), strconv.Itoa(quick))
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "WORKBOOK_STEPS")
	return n
}

var tags = []string{"a", "b", "c", "d", "e", "f", "", "half", "done"}

// thing returns a new version of one of 60 objects.
func (s *script) thing() *thing {
	s.version++
	o := &thing{ObjectMeta: metav1.ObjectMeta{
		Namespace: "ns-" + strconv.Itoa(s.IntN(3)), Name: strconv.Itoa(s.IntN(20)), ResourceVersion: strconv.Itoa(s.version),
	}}
	for range s.IntN(4) {
		o.tags = append(o.tags, tags[s.IntN(len(tags))]) // some twice
	}
	if s.IntN(20) == 0 {
		o.fails = []string{"tag", "panic tag", "late", "panic late"}[s.IntN(4)]
	}
	return o
}

// TestRandomOperations does the same to an Indexer and to the model, and looks at all of both after each step.
func TestRandomOperations(t *testing.T) {
	n := steps(t, 20_000)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	s := &script{Rand: rand.New(rand.NewPCG(seed, 0))}
	for n > 0 {
		run := min(n, 500) // then anew, so that indexers are added to a store that has none
		s.play(t, run)
		n -= run
	}
}

func (s *script) play(t *testing.T, steps int) {
	indexer := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{"tag": byTag("tag"), "count": byCount})
	m := &model{objects: map[string]*thing{}, indexes: store.Indexers{"tag": byTag("tag"), "count": byCount}}
	for range steps {
		did := s.step(t, indexer, m)
		require.NoError(t, store.CheckInvariants(indexer), did)
		compare(t, did, indexer, m)
	}
}

func (s *script) step(t *testing.T, indexer store.Indexer, m *model) (did string) {
	switch dice := s.IntN(100); {
	case dice < 40:
		o := s.thing()
		err := []func(any) error{indexer.Add, indexer.Update}[s.IntN(2)](o)
		if m.put(o) {
			require.NoError(t, err)
			m.version = o.ResourceVersion
		} else {
			require.ErrorIs(t, err, errTag)
		}
		return fmt.Sprint("put ", o, o.fails)
	case dice < 70:
		o := s.thing()
		require.NoError(t, indexer.Delete(o))
		delete(m.objects, o.Namespace+"/"+o.Name)
		m.version = o.ResourceVersion
		return fmt.Sprint("delete ", o)
	case dice < 90:
		return s.transaction(t, indexer, m)
	case dice < 93:
		return s.replace(t, indexer, m)
	case dice < 95:
		return s.addIndexers(t, indexer, m)
	case dice < 97:
		require.NoError(t, indexer.Resync())
		return "resync"
	case dice < 98:
		for _, o := range m.objects { // what nobody should do: the indexes stay as they were told
			o.tags, o.fails = o.tags[:len(o.tags):len(o.tags)], ""
		}
		return "mutate"
	default:
		s.version++
		m.version = strconv.Itoa(s.version)
		indexer.Bookmark(m.version)
		return "bookmark " + m.version
	}
}

func (s *script) transaction(t *testing.T, indexer store.Indexer, m *model) string {
	var txns []store.Transaction
	var good []int
	for i := range s.IntN(8) {
		txn := store.Transaction{Object: s.thing(), Type: []store.TransactionType{
			store.TransactionTypeAdd, store.TransactionTypeUpdate, store.TransactionTypeDelete, "Rename",
		}[min(s.IntN(20), 3)%4]}
		if s.IntN(3) == 0 {
			txn.Type = store.TransactionTypeDelete
		}
		txns = append(txns, txn)
		o := txn.Object.(*thing)
		switch {
		case txn.Type == store.TransactionTypeDelete:
			delete(m.objects, o.Namespace+"/"+o.Name)
		case txn.Type == "Rename" || !m.put(o):
			continue
		}
		good = append(good, i)
		m.version = o.ResourceVersion
	}
	err := indexer.(store.TransactionStore).Transaction(txns...)
	if len(good) == len(txns) {
		require.Nil(t, err)
	} else {
		require.Equal(t, good, err.SuccessfulIndices)
		require.Equal(t, len(txns), err.TotalTransactions)
		require.Len(t, err.Errors, len(txns)-len(good))
	}
	return fmt.Sprint("transaction ", txns)
}

func (s *script) replace(t *testing.T, indexer store.Indexer, m *model) string {
	next := &model{objects: map[string]*thing{}, indexes: m.indexes}
	var list []any
	good := true
	for range s.IntN(40) {
		o := s.thing()
		if s.IntN(4) != 0 {
			o.fails = ""
		}
		list = append(list, o)
		good = next.put(o) && good
	}
	s.version++
	version := strconv.Itoa(s.version)
	err := indexer.Replace(list, version)
	if good {
		require.NoError(t, err)
		m.objects, m.version = next.objects, version
	} else {
		require.ErrorIs(t, err, errTag)
	}
	return fmt.Sprint("replace ", list)
}

// addIndexers adds an index that some objects of the store may not be fit for, and one that is there.
func (s *script) addIndexers(t *testing.T, indexer store.Indexer, m *model) string {
	more := store.Indexers{"late": byTag("late"), "later": byCount}
	fit := true
	for _, o := range m.objects {
		fit = fit && o.fails != "late" && o.fails != "panic late"
	}
	err := indexer.AddIndexers(more)
	switch {
	case m.indexes["late"] != nil:
		require.ErrorContains(t, err, "already")
	case fit:
		require.NoError(t, err)
		maps.Copy(m.indexes, more)
	default:
		require.ErrorIs(t, err, errTag)
	}
	return "add indexers"
}

func compare(t *testing.T, did string, indexer store.Indexer, m *model) {
	var all []any
	for key, o := range m.objects {
		all = append(all, o)
		item, exists, err := indexer.GetByKey(key)
		require.NoError(t, err, did)
		require.True(t, exists, did)
		require.Same(t, o, item, did)
	}
	same(t, did, all, indexer.List())
	require.ElementsMatch(t, slices.Collect(maps.Keys(m.objects)), indexer.ListKeys(), did)
	require.Equal(t, m.version, indexer.LastStoreSyncResourceVersion(), did)
	require.Len(t, indexer.GetIndexers(), len(m.indexes), did)
	for name := range m.indexes {
		values := map[string]bool{}
		for _, o := range m.objects {
			of, _ := m.indexes[name](o)
			for _, value := range of {
				values[value] = true
			}
		}
		require.ElementsMatch(t, slices.Collect(maps.Keys(values)), indexer.ListIndexFuncValues(name), did)
		for value := range values {
			got, err := indexer.ByIndex(name, value)
			require.NoError(t, err, did)
			same(t, did, m.with(name, value), got)
		}
	}
}

// same compares two lists that are in no order.
func same(t *testing.T, did string, want, got []any) {
	count := map[any]int{}
	for _, o := range want {
		count[o]++
	}
	for _, o := range got {
		count[o]--
	}
	for o, n := range count {
		require.Zero(t, n, "%s: %v", did, o)
	}
}
