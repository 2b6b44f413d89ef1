package store_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/store"
)

func versioned(p *corev1.Pod, version string) *corev1.Pod {
	p = p.DeepCopy()
	p.ResourceVersion = version
	return p
}

func TestLastStoreSyncResourceVersion(t *testing.T) {
	s := store.NewThreadSafeStore(store.Indexers{}, store.Indices{})
	web := pod("shop", "web")
	for _, step := range []struct {
		do   func()
		want string
	}{
		{func() {}, ""},
		{func() { s.Replace(map[string]any{"shop/web": web}, "10") }, "10"},
		{func() { s.Update("shop/web", versioned(web, "11")) }, "11"},
		{func() { s.Bookmark("12") }, "12"},
		{func() { s.Delete("shop/web") }, "12"},
		{func() { s.Add("plain", "no metadata") }, "12"},
		{func() { s.DeleteWithObject("shop/unknown", versioned(web, "13")) }, "13"},
		{func() { s.Add("shop/web", versioned(web, "9")) }, "9"}, // the last, not the greatest
	} {
		step.do()
		require.Equal(t, step.want, s.LastStoreSyncResourceVersion())
	}
}

func TestTransactionTakesTheLastVersion(t *testing.T) {
	s := store.NewThreadSafeStore(nil, nil).(store.ThreadSafeStoreWithTransaction)
	s.Transaction()
	add := func(key, version string) store.ThreadSafeStoreTransaction {
		return store.ThreadSafeStoreTransaction{
			Key: key, Transaction: store.Transaction{Object: versioned(pod("", key), version), Type: store.TransactionTypeAdd},
		}
	}
	s.Transaction(add("a", "5"), add("b", "4"), add("a", "3"))
	require.Equal(t, "3", s.LastStoreSyncResourceVersion())
	require.ElementsMatch(t, []string{"a", "b"}, s.ListKeys())
	item, _ := s.Get("a")
	require.Equal(t, "3", item.(*corev1.Pod).ResourceVersion)
}

func TestListsBelongToTheCaller(t *testing.T) {
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc})
	require.NoError(t, s.Add(pod("shop", "web")))
	list := s.List()
	byIndex, err := s.ByIndex(store.NamespaceIndex, "shop")
	require.NoError(t, err)
	list[0], byIndex[0] = nil, nil
	delete(s.GetIndexers(), store.NamespaceIndex)
	item, exists, err := s.Get(pod("shop", "web"))
	require.NoError(t, err)
	require.True(t, exists)
	require.Equal(t, []any{item}, s.List())
	require.Contains(t, s.GetIndexers(), store.NamespaceIndex)
}

func TestReplaceLeavesTheListAlone(t *testing.T) {
	strip := store.WithTransformer(func(obj any) (any, error) { return "stripped", nil })
	s := store.NewStore(store.MetaNamespaceKeyFunc, strip)
	list := []any{pod("shop", "web")}
	require.NoError(t, s.Replace(list, "1"))
	require.Equal(t, []any{pod("shop", "web")}, list)
	require.Equal(t, []any{"stripped"}, s.List())
}

func TestTransformer(t *testing.T) {
	refused := errors.New("refused")
	s := store.NewStore(store.MetaNamespaceKeyFunc, store.WithTransformer(func(obj any) (any, error) {
		p := obj.(*corev1.Pod)
		if p.Name == "bad" {
			return nil, refused
		}
		p = p.DeepCopy()
		p.Name = "transformed"
		return p, nil
	}))
	require.NoError(t, s.Add(pod("shop", "web")))
	item, exists, err := s.GetByKey("shop/web") // the key was there first
	require.NoError(t, err)
	require.True(t, exists)
	require.Equal(t, "transformed", item.(*corev1.Pod).Name)

	require.ErrorIs(t, s.Update(pod("shop", "bad")), refused)
	require.ErrorContains(t, s.Add(pod("shop", "bad")), `transform "shop/bad"`)
	require.ErrorIs(t, s.Replace([]any{pod("shop", "db"), pod("shop", "bad")}, "1"), refused)
	require.Equal(t, []string{"shop/web"}, s.ListKeys())

	require.Nil(t, s.(store.TransactionStore).Transaction(store.Transaction{Object: pod("shop", "bad"), Type: store.TransactionTypeAdd}))
	require.ElementsMatch(t, []string{"shop/web", "shop/bad"}, s.ListKeys(), "a queue has transformed its objects already")
}

func TestWhatHasNoKeyStaysOut(t *testing.T) {
	s := store.NewStore(store.MetaNamespaceKeyFunc)
	for name, do := range map[string]func() error{
		"add":     func() error { return s.Add(7) },
		"update":  func() error { return s.Update(7) },
		"delete":  func() error { return s.Delete(7) },
		"get":     func() error { _, _, err := s.Get(7); return err },
		"replace": func() error { return s.Replace([]any{pod("shop", "web"), 7}, "1") },
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorAs(t, do(), new(store.KeyError))
			require.Empty(t, s.List())
		})
	}
}

func TestTransactionDoesWhatItCan(t *testing.T) {
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{"tag": byTag("tag")})
	bad := &thing{fails: "panic tag"}
	bad.Namespace, bad.Name = "shop", "bad"
	err := s.(store.TransactionStore).Transaction(
		store.Transaction{Object: 7, Type: store.TransactionTypeAdd},
		store.Transaction{Object: &thing{}, Type: store.TransactionTypeAdd},
		store.Transaction{Object: bad, Type: store.TransactionTypeAdd},
		store.Transaction{Object: &thing{}, Type: "Rename"},
	)
	require.Equal(t, []int{1}, err.SuccessfulIndices)
	require.EqualError(t, err, `3 of 4 writes failed: [no key for int: read metadata of int: object does not implement the Object interfaces `+
		`index "tag": object "shop/bad": index function panicked: tag is unreadable object "": unknown transaction type "Rename"]`)
	require.ErrorIs(t, err, errTag)
	require.Len(t, s.List(), 1)
}
