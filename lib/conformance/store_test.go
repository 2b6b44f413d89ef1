package conformance_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"

	"client-go-workbook/lib/store"
)

// TestStoresAgree does the same random things to an Indexer and a ThreadSafeStore of client-go and to ours, and asks them
// everything after each.
func TestStoresAgree(t *testing.T) {
	seeds := uint64(150)
	if testing.Short() {
		seeds = 30
	}
	for name, pair := range map[string][2]func() storeSide{
		"Indexer":                    {theirIndexer(nil), ourIndexer(nil)},
		"Indexer with a transformer": {theirIndexer(strip), ourIndexer(strip)},
		"ThreadSafeStore":            {theirThreadSafeStore, ourThreadSafeStore},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range seeds {
				playStore(t, seed, pair[0](), pair[1]())
			}
		})
	}
}

// storeSide is one library's store. A ThreadSafeStore is told the keys that an Indexer makes.
type storeSide struct {
	indexer
	addIndexers func(name string, index func(any) ([]string, error)) error
	transaction func(parts []part) (failed []int)
}

// part is one write of a transaction: Add, Update or Delete.
type part struct {
	kind string
	obj  any
}

func theirIndexer(transform func(any) (any, error)) func() storeSide {
	return func() storeSide {
		x := cache.NewIndexer(cache.DeletionHandlingMetaNamespaceKeyFunc, cache.Indexers{byUsers: users}, cache.WithTransformer(transform))
		return storeSide{x,
			func(name string, index func(any) ([]string, error)) error {
				return x.AddIndexers(cache.Indexers{name: index})
			},
			func(parts []part) []int {
				var txns []cache.Transaction
				for _, p := range parts {
					txns = append(txns, cache.Transaction{Type: cache.TransactionType(p.kind), Object: p.obj})
				}
				if err := x.(cache.TransactionStore).Transaction(txns...); err != nil {
					return append(err.SuccessfulIndices, err.TotalTransactions, len(err.Errors))
				}
				return nil
			},
		}
	}
}

func ourIndexer(transform func(any) (any, error)) func() storeSide {
	return func() storeSide {
		x := store.NewIndexer(store.DeletionHandlingMetaNamespaceKeyFunc, store.Indexers{byUsers: users}, store.WithTransformer(transform))
		return storeSide{x,
			func(name string, index func(any) ([]string, error)) error {
				return x.AddIndexers(store.Indexers{name: index})
			},
			func(parts []part) []int {
				var txns []store.Transaction
				for _, p := range parts {
					txns = append(txns, store.Transaction{Type: store.TransactionType(p.kind), Object: p.obj})
				}
				if err := x.(store.TransactionStore).Transaction(txns...); err != nil {
					return append(err.SuccessfulIndices, err.TotalTransactions, len(err.Errors))
				}
				return nil
			},
		}
	}
}

// threadSafe is what both ThreadSafeStores have in common.
type threadSafe interface {
	Add(key string, obj any)
	Update(key string, obj any)
	Delete(key string)
	DeleteWithObject(key string, obj any)
	Get(key string) (item any, exists bool)
	List() []any
	ListKeys() []string
	Replace(map[string]any, string)
	Index(indexName string, obj any) ([]any, error)
	IndexKeys(indexName, indexedValue string) ([]string, error)
	Bookmark(rv string)
	LastStoreSyncResourceVersion() string
	ListIndexFuncValues(name string) []string
	ByIndex(indexName, indexedValue string) ([]any, error)
	Resync() error
}

func theirThreadSafeStore() storeSide {
	x := cache.NewThreadSafeStore(cache.Indexers{byUsers: users}, cache.Indices{})
	return storeSide{keyed{x},
		func(name string, index func(any) ([]string, error)) error {
			return x.AddIndexers(cache.Indexers{name: index})
		},
		func(parts []part) []int {
			var txns []cache.ThreadSafeStoreTransaction
			for _, p := range parts {
				if key, err := keyOf(p.obj); err == nil {
					txns = append(txns, cache.ThreadSafeStoreTransaction{Transaction: cache.Transaction{Type: cache.TransactionType(p.kind), Object: p.obj}, Key: key})
				}
			}
			x.(cache.ThreadSafeStoreWithTransaction).Transaction(txns...)
			return nil
		},
	}
}

func ourThreadSafeStore() storeSide {
	x := store.NewThreadSafeStore(store.Indexers{byUsers: users}, store.Indices{})
	return storeSide{keyed{x},
		func(name string, index func(any) ([]string, error)) error {
			return x.AddIndexers(store.Indexers{name: index})
		},
		func(parts []part) []int {
			var txns []store.ThreadSafeStoreTransaction
			for _, p := range parts {
				if key, err := keyOf(p.obj); err == nil {
					txns = append(txns, store.ThreadSafeStoreTransaction{Transaction: store.Transaction{Type: store.TransactionType(p.kind), Object: p.obj}, Key: key})
				}
			}
			x.(store.ThreadSafeStoreWithTransaction).Transaction(txns...)
			return nil
		},
	}
}

func keyOf(obj any) (string, error) { return cache.DeletionHandlingMetaNamespaceKeyFunc(obj) }

// keyed makes an indexer of a ThreadSafeStore.
type keyed struct{ threadSafe }

func (k keyed) with(obj any, do func(key string, obj any)) error {
	key, err := keyOf(obj)
	if err == nil {
		do(key, obj)
	}
	return err
}

func (k keyed) Add(obj any) error    { return k.with(obj, k.threadSafe.Add) }
func (k keyed) Update(obj any) error { return k.with(obj, k.threadSafe.Update) }

// Delete uses both ways to delete.
func (k keyed) Delete(obj any) error {
	return k.with(obj, func(key string, obj any) {
		if strings.HasSuffix(key, "/a") {
			k.threadSafe.Delete(key)
			return
		}
		k.DeleteWithObject(key, obj)
	})
}

func (k keyed) Get(obj any) (any, bool, error) {
	key, err := keyOf(obj)
	if err != nil {
		return nil, false, err
	}
	return k.GetByKey(key)
}

func (k keyed) GetByKey(key string) (any, bool, error) {
	obj, exists := k.threadSafe.Get(key)
	return obj, exists, nil
}

func (k keyed) Replace(objs []any, resourceVersion string) error {
	items := map[string]any{}
	for _, obj := range objs {
		key, err := keyOf(obj)
		if err != nil {
			return err
		}
		items[key] = obj
	}
	k.threadSafe.Replace(items, resourceVersion)
	return nil
}

func playStore(t *testing.T, seed uint64, theirs, ours storeSide) {
	random := rand.New(rand.NewPCG(seed, 2))
	var done []string
	for version := 1; version <= 60; version++ {
		name, do := storeOperation(random, strconv.Itoa(version))
		done = append(done, name)
		expected, actual := do(theirs), do(ours)
		require.Equal(t, expected, actual, "seed %d: what it returns; expected is client-go; after\n%s", seed, strings.Join(done, "\n"))
		require.Equal(t, interview(theirs), interview(ours), "seed %d: expected is client-go; after\n%s", seed, strings.Join(done, "\n"))
	}
}

// storeOperation makes up a write. It returns what can be compared of its result.
func storeOperation(random *rand.Rand, version string) (name string, do func(storeSide) any) {
	pod := newPod(random)
	pod.ResourceVersion = version
	failed := func(err error) any { return err != nil }
	switch n := random.IntN(24); {
	case n < 5:
		return "add " + pod.Name, func(s storeSide) any { return failed(s.Add(pod.DeepCopy())) }
	case n < 11:
		return "update " + pod.Name, func(s storeSide) any { return failed(s.Update(pod.DeepCopy())) }
	case n < 15:
		return "delete " + pod.Name, func(s storeSide) any { return failed(s.Delete(pod.DeepCopy())) }
	case n == 15:
		return "bookmark", func(s storeSide) any { s.Bookmark(version); return nil }
	case n == 16:
		return "resync", func(s storeSide) any { return failed(s.Resync()) }
	case n == 17:
		return "what has no key", func(s storeSide) any {
			_, _, err := s.Get("text")
			return []any{failed(s.Add("text")), failed(s.Update(17)), failed(s.Delete(nil)), failed(err)}
		}
	case n == 18:
		name := pick(random, byUsers, byLetter, "noise")
		return "index " + name, func(s storeSide) any { return failed(s.addIndexers(name, indexes[name])) }
	case n < 21:
		pods := []*corev1.Pod{newPod(random), newPod(random), newPod(random), newPod(random)}[:random.IntN(5)]
		return fmt.Sprintf("replace by %d", len(pods)), func(s storeSide) any {
			var list []any
			for _, pod := range pods {
				list = append(list, pod.DeepCopy())
			}
			return failed(s.Replace(list, version))
		}
	}
	return "a transaction", transaction(random, version)
}

func transaction(random *rand.Rand, version string) func(storeSide) any {
	var parts []part
	for range random.IntN(6) {
		pod := newPod(random)
		pod.ResourceVersion = version
		parts = append(parts, part{pick(random, "Add", "Update", "Delete"), pod})
	}
	if len(parts) > 1 && random.IntN(3) == 0 {
		parts[0].obj = "without a key"
	}
	return func(s storeSide) any {
		mine := slices.Clone(parts)
		for i, p := range mine {
			if pod, ok := p.obj.(*corev1.Pod); ok {
				mine[i].obj = pod.DeepCopy()
			}
		}
		return s.transaction(mine)
	}
}

const byLetter = "byLetter"

var indexes = map[string]func(any) ([]string, error){
	byUsers:  users,
	byLetter: func(obj any) ([]string, error) { return []string{obj.(*corev1.Pod).Name[:1]}, nil },
	"noise": func(obj any) ([]string, error) {
		noise := obj.(*corev1.Pod).Annotations["noise"]
		return []string{noise, "all", noise}, nil
	},
}

// interview asks a store everything there is to ask, and puts what has no order in one.
func interview(s storeSide) (answers []string) {
	say := func(format string, args ...any) { answers = append(answers, fmt.Sprintf(format, args...)) }
	say("list %s", texts(s.List()))
	say("keys %s, version %s", slices.Sorted(slices.Values(s.ListKeys())), s.LastStoreSyncResourceVersion())
	for _, key := range []string{"shop/a", "bank/b", "none"} {
		obj, exists, err := s.GetByKey(key)
		say("%s: %s %t %v", key, texts([]any{obj}), exists, err)
	}
	asked := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "c", Annotations: map[string]string{"users": "ernie,bert", "noise": "1"}}}
	obj, exists, err := s.Get(asked)
	say("shop/c: %s %t %v", texts([]any{obj}), exists, err)
	for _, index := range []string{byUsers, byLetter, "noise"} {
		values := slices.Sorted(slices.Values(s.ListIndexFuncValues(index)))
		similar, err := s.Index(index, asked)
		say("%s: %s, like shop/c: %s %t", index, values, texts(similar), err == nil)
		for _, value := range append(values, "nobody") {
			keys, err1 := s.IndexKeys(index, value)
			objs, err2 := s.ByIndex(index, value)
			say("%s of %s: %s %s %t", index, value, slices.Sorted(slices.Values(keys)), texts(objs), errors.Join(err1, err2) == nil)
		}
	}
	return answers
}

func texts(objs []any) []string {
	var out []string
	for _, obj := range objs {
		key, text := describe(obj)
		out = append(out, key+text)
	}
	slices.Sort(out)
	return out
}

// TestKeysAgree asks both libraries for the keys of everything that might be taken for an object.
func TestKeysAgree(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "a"}}
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}}
	for name, tc := range map[string]struct{ theirs, ours any }{
		"a pod":                     {pod, pod},
		"a node":                    {node, node},
		"its metadata":              {&pod.ObjectMeta, &pod.ObjectMeta},
		"without a name":            {&corev1.Pod{}, &corev1.Pod{}},
		"a slash in the name":       {&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "b/c"}}, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "b/c"}}},
		"nil":                       {nil, nil},
		"text":                      {"shop/a", "shop/a"},
		"a key":                     {cache.ExplicitKey("shop/a"), store.ExplicitKey("shop/a")},
		"a key without a namespace": {cache.ExplicitKey("n1"), store.ExplicitKey("n1")},
		"a tombstone":               {cache.DeletedFinalStateUnknown{Key: "shop/b", Obj: pod}, store.DeletedFinalStateUnknown{Key: "shop/b", Obj: pod}},
		"a tombstone of nothing":    {cache.DeletedFinalStateUnknown{Key: "n1"}, store.DeletedFinalStateUnknown{Key: "n1"}},
		"a tombstone's odd key":     {cache.DeletedFinalStateUnknown{Key: "a/b/c"}, store.DeletedFinalStateUnknown{Key: "a/b/c"}},
	} {
		t.Run(name, func(t *testing.T) {
			type answer struct {
				Key     string
				Refused bool
			}
			key := func(key string, err error) answer { return answer{key, err != nil} }
			objectName := func(name fmt.Stringer, err error) answer { return answer{name.String(), err != nil} }
			require.Equal(t, key(cache.MetaNamespaceKeyFunc(tc.theirs)), key(store.MetaNamespaceKeyFunc(tc.ours)))
			require.Equal(t, key(cache.DeletionHandlingMetaNamespaceKeyFunc(tc.theirs)), key(store.DeletionHandlingMetaNamespaceKeyFunc(tc.ours)))
			theirs, err1 := cache.ObjectToName(tc.theirs)
			ours, err2 := store.ObjectToName(tc.ours)
			require.Equal(t, objectName(theirs, err1), objectName(ours, err2))
			theirs, err1 = cache.DeletionHandlingObjectToName(tc.theirs)
			ours, err2 = store.DeletionHandlingObjectToName(tc.ours)
			require.Equal(t, objectName(theirs, err1), objectName(ours, err2))
			theirValues, err1 := cache.MetaNamespaceIndexFunc(tc.theirs)
			ourValues, err2 := store.MetaNamespaceIndexFunc(tc.ours)
			require.Equal(t, err1 == nil, err2 == nil)
			require.Equal(t, theirValues, ourValues)
		})
	}
}

// TestSplittingKeysAgrees tries every short text of letters and slashes.
func TestSplittingKeysAgrees(t *testing.T) {
	type answer struct {
		Namespace, Name string
		Refused         bool
	}
	split := func(namespace, name string, err error) answer { return answer{namespace, name, err != nil} }
	texts := []string{""}
	for len(texts[0]) <= 5 {
		var longer []string
		for _, text := range texts {
			require.Equal(t, split(cache.SplitMetaNamespaceKey(text)), split(store.SplitMetaNamespaceKey(text)), "%q", text)
			theirs, err1 := cache.ParseObjectName(text)
			ours, err2 := store.ParseObjectName(text)
			require.Equal(t, err1 == nil, err2 == nil, "%q", text)
			require.Equal(t, theirs.String(), ours.String(), "%q", text)
			longer = append(longer, text+"/", text+"a", text+"b")
		}
		texts = longer
	}
}
