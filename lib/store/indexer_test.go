package store_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/store"
)

// byUser has one value for each user in an annotation.
func byUser(obj any) ([]string, error) {
	return strings.Split(obj.(*corev1.Pod).Annotations["users"], ","), nil
}

func usedBy(name, users string) *corev1.Pod {
	p := pod("", name)
	p.Annotations = map[string]string{"users": users}
	return p
}

// sesame is an indexer of three pods and their users.
func sesame(t *testing.T) store.Indexer {
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{"byUser": byUser})
	for name, users := range map[string]string{"one": "ernie,bert", "tre": "ernie,elmo", "two": "bert,oscar"} {
		require.NoError(t, s.Add(usedBy(name, users)))
	}
	return s
}

func users(t *testing.T, s store.Indexer) map[string][]string {
	found := map[string][]string{}
	for _, user := range s.ListIndexFuncValues("byUser") {
		keys, err := s.IndexKeys("byUser", user)
		require.NoError(t, err)
		found[user] = keys
	}
	return found
}

func TestIndexFollowsObjects(t *testing.T) {
	s := sesame(t)
	require.Equal(t, map[string][]string{"ernie": {"one", "tre"}, "bert": {"one", "two"}, "elmo": {"tre"}, "oscar": {"two"}}, users(t, s))

	require.NoError(t, s.Update(usedBy("two", "oscar,oscar,elmo")))
	require.NoError(t, s.Delete(usedBy("one", "")))
	require.Equal(t, map[string][]string{"ernie": {"tre"}, "elmo": {"tre", "two"}, "oscar": {"two"}}, users(t, s))
	require.NoError(t, store.CheckInvariants(s))
}

func TestIndexOfSeveralValuesNamesEachObjectOnce(t *testing.T) {
	s := sesame(t)
	found, err := s.Index("byUser", usedBy("query", "ernie,bert,grover"))
	require.NoError(t, err)
	require.Len(t, found, 3)
	found, err = s.Index("byUser", usedBy("query", "elmo"))
	require.NoError(t, err)
	require.Len(t, found, 1)
}

func TestWhatNobodyHasIsAnEmptyList(t *testing.T) {
	s := sesame(t)
	found, err := s.ByIndex("byUser", "grover")
	require.NoError(t, err)
	require.Equal(t, []any{}, found)
	keys, err := s.IndexKeys("byUser", "grover")
	require.NoError(t, err)
	require.Equal(t, []string{}, keys)
}

func TestUnknownIndex(t *testing.T) {
	s := sesame(t)
	_, err := s.ByIndex("byNode", "node-1")
	require.EqualError(t, err, `there is no index "byNode"`)
	_, err = s.IndexKeys("byNode", "node-1")
	require.Error(t, err)
	_, err = s.Index("byNode", pod("", "one"))
	require.Error(t, err)
	require.Equal(t, []string{}, s.ListIndexFuncValues("byNode"))
}

func TestIndexFunctionThatPanicsOnAQuery(t *testing.T) {
	_, err := sesame(t).Index("byUser", "no pod")
	require.ErrorContains(t, err, `index "byUser": object to compare with: index function panicked: interface conversion`)
}

// Who has to mend the function finds it in the log.
func TestPanicIsLoggedWithItsStack(t *testing.T) {
	var log bytes.Buffer
	klog.SetSlogLogger(slog.New(slog.NewTextHandler(&log, nil)))
	defer klog.SetSlogLogger(slog.New(slog.DiscardHandler))
	s := sesame(t)
	require.ErrorContains(t, s.Add(&thing{}), `index "byUser": object "": index function panicked`)
	require.Contains(t, log.String(), "indexer_test.go")
}

func TestFailedWriteChangesNothing(t *testing.T) {
	for name, fails := range map[string]string{"fails": "tag", "panics": "panic tag"} {
		t.Run(name, func(t *testing.T) {
			s := store.NewThreadSafeStore(store.Indexers{"tag": byTag("tag"), "count": byCount}, store.Indices{})
			old := &thing{tags: []string{"old"}}
			s.Add("shop/web", old)
			s.Bookmark("1")
			bad := store.Transaction{Object: &thing{fails: fails, tags: []string{"new"}}, Type: store.TransactionTypeUpdate}
			good := store.Transaction{Object: &thing{tags: []string{"new"}}, Type: store.TransactionTypeUpdate}
			for _, write := range []func(){
				func() { s.Add("shop/web", bad.Object) },
				func() { s.Update("shop/web", bad.Object) },
				func() { s.Add("shop/db", bad.Object) },
				func() { s.Replace(map[string]any{"shop/db": good.Object, "shop/web": bad.Object}, "2") },
				func() {
					s.(store.ThreadSafeStoreWithTransaction).Transaction(
						store.ThreadSafeStoreTransaction{Transaction: good, Key: "shop/db"},
						store.ThreadSafeStoreTransaction{Transaction: bad, Key: "shop/web"})
				},
			} {
				require.ErrorIs(t, recovered(write), errTag)
				require.NoError(t, store.CheckInvariants(s))
				require.Equal(t, []any{old}, s.List())
				require.Equal(t, []string{"old"}, s.ListIndexFuncValues("tag"))
				require.Equal(t, "1", s.LastStoreSyncResourceVersion())
			}
			s.Update("shop/web", good.Object) // no lock is held
			require.Equal(t, []any{good.Object}, s.List())
		})
	}
}

// recovered returns the error that do panics with.
func recovered(do func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	do()
	return nil
}

func TestErrorOfAnIndexFunctionNamesIndexAndObject(t *testing.T) {
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{"tag": byTag("tag")})
	bad := &thing{fails: "tag"}
	bad.Namespace, bad.Name = "shop", "web"
	require.EqualError(t, s.Add(bad), `index "tag": object "shop/web": tag is unreadable`)
	require.EqualError(t, s.Replace([]any{bad}, "1"), `replace: index "tag": object "shop/web": tag is unreadable`)
}

// An index function may use the store: nobody waits for it but other writers.
func TestIndexFunctionMayQueryTheStore(t *testing.T) {
	s := sesame(t)
	var seen []int
	peek := func(any) ([]string, error) {
		seen = append(seen, len(s.List()))
		_, exists, err := s.GetByKey("one")
		require.True(t, exists)
		return nil, err
	}
	require.NoError(t, s.AddIndexers(store.Indexers{"peek": peek}))
	require.NoError(t, s.Add(usedBy("four", "")))
	require.NoError(t, s.Replace([]any{usedBy("five", "")}, ""))
	require.Equal(t, []int{3, 3, 3, 3, 4}, seen)
	require.Equal(t, []string{"five"}, s.ListKeys())
}

func TestAddIndexersAllOrNothing(t *testing.T) {
	s := sesame(t)
	none := func(any) ([]string, error) { return nil, nil }
	for name, tc := range map[string]struct {
		more    store.Indexers
		wantErr string
	}{
		"name taken":  {store.Indexers{"new": none, "byUser": none}, `add indexers: there is an index "byUser" already`},
		"no function": {store.Indexers{"new": none, "nil": nil}, `add indexers: index "nil" has no function`},
		"panics": {store.Indexers{"new": none, "zzz": func(obj any) ([]string, error) {
			if obj.(*corev1.Pod).Name == "two" {
				panic("not two")
			}
			return []string{"half"}, nil
		}}, `add indexers: index "zzz": object "two": index function panicked: not two`},
	} {
		t.Run(name, func(t *testing.T) {
			require.EqualError(t, s.AddIndexers(tc.more), tc.wantErr)
			require.Len(t, s.GetIndexers(), 1)
			require.NoError(t, store.CheckInvariants(s))
		})
	}
	require.NoError(t, s.AddIndexers(store.Indexers{"new": none, "byName": func(obj any) ([]string, error) {
		return []string{obj.(*corev1.Pod).Name}, nil
	}}))
	require.ElementsMatch(t, []string{"one", "two", "tre"}, s.ListIndexFuncValues("byName"))
	require.NoError(t, store.CheckInvariants(s))
}

// What is changed in the store behind its back is still found where it was, and can be taken out.
func TestObjectChangedInPlace(t *testing.T) {
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{"byUser": byUser})
	p := usedBy("one", "ernie")
	require.NoError(t, s.Add(p))
	p.Annotations["users"] = "bert"
	require.Equal(t, map[string][]string{"ernie": {"one"}}, users(t, s))
	require.NoError(t, s.Update(p))
	require.Equal(t, map[string][]string{"bert": {"one"}}, users(t, s))
	p.Annotations["users"] = "elmo"
	require.NoError(t, s.Delete(p))
	require.Empty(t, users(t, s))
}

func TestMetaNamespaceIndexFunc(t *testing.T) {
	values, err := store.MetaNamespaceIndexFunc(pod("shop", "web"))
	require.NoError(t, err)
	require.Equal(t, []string{"shop"}, values)
	_, err = store.MetaNamespaceIndexFunc(7)
	require.ErrorContains(t, err, "read metadata of int")
}

func TestTypedIndexer(t *testing.T) {
	byName := func(p *corev1.Pod) ([]string, error) { return []string{p.Name}, nil }
	untyped := store.NewIndexer(store.MetaNamespaceKeyFunc, store.TypedIndexersToIndexers(store.TypedIndexers[*corev1.Pod]{"name": byName}))
	s := store.NewTypedIndexer[*corev1.Pod](untyped)
	web := pod("shop", "web")
	require.NoError(t, s.Add(web))
	require.NoError(t, s.AddTypedIndexers(store.TypedIndexers[*corev1.Pod]{"again": byName}))

	found, err := s.ByTypedIndex("again", "web")
	require.NoError(t, err)
	require.Equal(t, []*corev1.Pod{web}, found)
	found, err = s.TypedIndex("name", pod("other", "web"))
	require.NoError(t, err)
	require.Equal(t, []*corev1.Pod{web}, found)
	_, err = s.ByTypedIndex("none", "web")
	require.Error(t, err)

	require.EqualError(t, s.Add(&corev1.Node{}), `index "name": object "": object is a *v1.Node, want *v1.Pod`)
	_, err = store.NewTypedIndexer[*corev1.Node](untyped).ByTypedIndex("name", "web")
	require.EqualError(t, err, "object is a *v1.Pod, want *v1.Node")
}

// The value stays, the index that has it changes.
func TestValueWandersToAnotherIndex(t *testing.T) {
	only := func(name string) store.IndexFunc {
		return func(obj any) ([]string, error) {
			if obj.(*corev1.Pod).Spec.NodeName != name {
				return nil, nil
			}
			return []string{"here"}, nil
		}
	}
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{"east": only("east"), "west": only("west")})
	p := pod("shop", "web")
	p.Spec.NodeName = "east"
	require.NoError(t, s.Add(p))
	p = p.DeepCopy()
	p.Spec.NodeName = "west"
	require.NoError(t, s.Update(p))
	require.Empty(t, s.ListIndexFuncValues("east"))
	found, err := s.ByIndex("west", "here")
	require.NoError(t, err)
	require.Equal(t, []any{p}, found)
}
