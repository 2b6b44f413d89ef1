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

func (o *thing) String() string {
	return fmt.Sprintf("%s/%s v%s %v", o.Namespace, o.Name, o.ResourceVersion, o.tags)
}

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

// model is a store that a reader believes at once. It keeps what each object was indexed under, for the object may be
// changed later.
type model struct {
	objects map[string]*kept
	indexes store.Indexers
	version string
}

type kept struct {
	*thing
	values map[string][]string // by index
}

func newModel() *model {
	return &model{objects: map[string]*kept{}, indexes: store.Indexers{"tag": byTag("tag"), "count": byCount}}
}

// put stores the object, unless an index function fails on it.
func (m *model) put(o *thing) bool {
	k := &kept{o, map[string][]string{}}
	if !k.index(m.indexes) {
		return false
	}
	m.objects[o.Namespace+"/"+o.Name] = k
	return true
}

func (k *kept) index(indexes store.Indexers) bool {
	for name, fn := range indexes {
		if k.fails == name || k.fails == "panic "+name {
			return false
		}
		values, _ := fn(k.thing)
		k.values[name] = slices.Clone(values)
	}
	return true
}

// buckets returns the objects of each value in an index.
func (m *model) buckets(index string) map[string]map[any]bool {
	buckets := map[string]map[any]bool{}
	for _, k := range m.objects {
		for _, value := range k.values[index] {
			if buckets[value] == nil {
				buckets[value] = map[any]bool{}
			}
			buckets[value][k.thing] = true
		}
	}
	return buckets
}

// script is what happens, by chance.
type script struct {
	*rand.Rand
	version int
}

// fromEnvironment returns the number in an environment variable.
func fromEnvironment(t *testing.T, name string, otherwise int) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv(name), strconv.Itoa(otherwise)))
	require.NoError(t, err, name)
	return n
}

// tags returns up to three, some twice.
func (s *script) tags() (chosen []string) {
	all := []string{"a", "b", "c", "d", "e", "f", "", "half", "done"}
	for range s.IntN(4) {
		chosen = append(chosen, all[s.IntN(len(all))])
	}
	return chosen
}

// thing returns a new version of one of 60 objects.
func (s *script) thing() *thing {
	s.version++
	o := &thing{ObjectMeta: metav1.ObjectMeta{
		Namespace: "ns-" + strconv.Itoa(s.IntN(3)), Name: strconv.Itoa(s.IntN(20)), ResourceVersion: strconv.Itoa(s.version),
	}}
	o.tags = s.tags()
	if s.IntN(20) == 0 {
		o.fails = []string{"tag", "panic tag", "late", "panic late"}[s.IntN(4)]
	}
	return o
}

// stepsOfAStore is after how many steps a new store is taken: one that has not got its later indexes yet.
const stepsOfAStore = 500

// TestRandomOperations does the same to an Indexer and to the model, and looks at all of both after each step.
// WORKBOOK_STEPS is how many steps, WORKBOOK_SEED which ones.
func TestRandomOperations(t *testing.T) {
	steps, seed := fromEnvironment(t, "WORKBOOK_STEPS", 10_000), fromEnvironment(t, "WORKBOOK_SEED", 1)
	for ; steps > 0; steps -= stepsOfAStore {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			s := &script{Rand: rand.New(rand.NewPCG(uint64(seed), 0))}
			s.play(t, min(steps, stepsOfAStore))
		})
		seed++
	}
}

func (s *script) play(t *testing.T, steps int) {
	m := newModel()
	indexer := store.NewIndexer(store.MetaNamespaceKeyFunc, m.indexes)
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
		for _, k := range m.objects { // what nobody should do: the indexes stay as they were
			k.tags, k.fails = s.tags(), ""
		}
		return "mutate all"
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
		}[min(s.IntN(8), s.IntN(8), 3)]}
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
	next := newModel()
	next.indexes = m.indexes
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
	err := indexer.AddIndexers(more)
	switch {
	case m.indexes["late"] != nil:
		require.ErrorContains(t, err, "already")
		return "add indexers again"
	}
	for _, k := range m.objects {
		fit = k.index(more) && fit
	}
	switch {
	case fit:
		require.NoError(t, err)
		maps.Copy(m.indexes, more)
	default:
		require.ErrorIs(t, err, errTag)
	}
	return "add indexers"
}

// compare asks the indexer all that it can be asked.
func compare(t *testing.T, did string, indexer store.Indexer, m *model) {
	all := map[any]bool{}
	for key, k := range m.objects {
		all[k.thing] = true
		item, exists, err := indexer.GetByKey(key)
		require.NoError(t, err, did)
		require.True(t, exists && item == k.thing, did)
	}
	same(t, did, all, indexer.List())
	require.Equal(t, slices.Sorted(maps.Keys(m.objects)), slices.Sorted(slices.Values(indexer.ListKeys())), did)
	require.Equal(t, m.version, indexer.LastStoreSyncResourceVersion(), did)
	require.Len(t, indexer.GetIndexers(), len(m.indexes), did)
	for name := range m.indexes {
		buckets := m.buckets(name)
		require.Equal(t, slices.Sorted(maps.Keys(buckets)), slices.Sorted(slices.Values(indexer.ListIndexFuncValues(name))), did)
		for value, bucket := range buckets {
			got, err := indexer.ByIndex(name, value)
			require.NoError(t, err, did)
			same(t, did, bucket, got)
		}
	}
}

// same holds a list, which is in no order, against what should be in it once each.
func same(t *testing.T, did string, want map[any]bool, got []any) {
	require.Len(t, got, len(want), did)
	seen := map[any]bool{}
	for _, o := range got {
		require.True(t, want[o] && !seen[o], "%s: %v shouldn't be there, or not twice", did, o)
		seen[o] = true
	}
}
