package dynamiclister_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/dynamic/dynamiclister"
	"client-go-workbook/lib/store"
)

func widget(namespace, name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetNamespace(namespace)
	u.SetName(name)
	u.SetLabels(map[string]string{"name": name})
	return u
}

func lister(t *testing.T, widgets ...*unstructured.Unstructured) dynamiclister.Lister {
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc})
	for _, u := range widgets {
		require.NoError(t, s.Add(u))
	}
	return dynamiclister.New(s, schema.GroupVersionResource{Group: "example.test", Version: "v1", Resource: "widgets"})
}

func TestLister(t *testing.T) {
	a, b, c := widget("shop", "a"), widget("lab", "a"), widget("", "c")
	l := lister(t, a, b, c)

	list, err := l.List(labels.SelectorFromSet(labels.Set{"name": "a"}))
	require.NoError(t, err)
	require.ElementsMatch(t, []*unstructured.Unstructured{a, b}, list)
	list, err = l.Namespace("shop").List(labels.Everything())
	require.NoError(t, err)
	require.Equal(t, []*unstructured.Unstructured{a}, list)

	got, err := l.Get("c")
	require.NoError(t, err)
	require.Same(t, c, got)
	got, err = l.Namespace("lab").Get("a")
	require.NoError(t, err)
	require.Same(t, b, got)
	_, err = l.Namespace("lab").Get("c")
	require.True(t, apierrors.IsNotFound(err))
	require.EqualError(t, err, `widgets.example.test "c" not found`)
}

func TestShim(t *testing.T) {
	a, c := widget("shop", "a"), widget("", "c")
	shim := dynamiclister.NewRuntimeObjectShim(lister(t, a, c))

	list, err := shim.List(labels.Everything())
	require.NoError(t, err)
	require.ElementsMatch(t, []runtime.Object{a, c}, list)
	list, err = shim.ByNamespace("shop").List(labels.Everything())
	require.NoError(t, err)
	require.Equal(t, []runtime.Object{a}, list)
	obj, err := shim.Get("c")
	require.NoError(t, err)
	require.Same(t, c, obj)

	obj, err = shim.ByNamespace("shop").Get("b")
	require.True(t, apierrors.IsNotFound(err))
	require.True(t, obj == nil, "not even a typed nil")
}

func TestShimReportsStrangers(t *testing.T) {
	s := store.NewIndexer(func(any) (string, error) { return "shop/x", nil }, store.Indexers{
		store.NamespaceIndex: func(any) ([]string, error) { return []string{"shop"}, nil },
	})
	require.NoError(t, s.Add("no widget"))
	shim := dynamiclister.NewRuntimeObjectShim(dynamiclister.New(s, schema.GroupVersionResource{Resource: "widgets"}))
	_, err := shim.List(labels.Everything())
	require.EqualError(t, err, "widgets: the indexer holds a string")
	_, err = shim.ByNamespace("shop").List(labels.Everything())
	require.EqualError(t, err, "widgets: the indexer holds a string")
	_, err = shim.ByNamespace("shop").Get("x")
	require.Error(t, err)
}
