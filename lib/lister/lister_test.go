package lister_test

import (
	"bytes"
	"log/slog"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/lister"
	"client-go-workbook/lib/store"
)

var (
	pods = corev1.Resource("pods")
	web  = labels.SelectorFromSet(labels.Set{"app": "web"})
)

func pod(namespace, name, app string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": app}}}
}

// indexer holds pods of two namespaces, and one without.
func indexer(t *testing.T, indexers store.Indexers) store.Indexer {
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, indexers)
	for _, p := range []*corev1.Pod{pod("shop", "a", "web"), pod("shop", "b", "db"), pod("lab", "a", "web"), pod("", "c", "web")} {
		require.NoError(t, s.Add(p))
	}
	return s
}

var byNamespace = store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc}

// keys returns the keys of a list, sorted.
func keys[T any](t *testing.T, list []T, err error) []string {
	require.NoError(t, err)
	var keys []string
	for _, obj := range list {
		key, err := store.MetaNamespaceKeyFunc(obj)
		require.NoError(t, err)
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func TestList(t *testing.T) {
	for name, tc := range map[string]struct {
		namespace string
		selector  labels.Selector
		want      []string
	}{
		"all":                      {"", labels.Everything(), []string{"c", "lab/a", "shop/a", "shop/b"}},
		"all that match":           {"", web, []string{"c", "lab/a", "shop/a"}},
		"none":                     {"", labels.Nothing(), nil},
		"a namespace":              {"shop", labels.Everything(), []string{"shop/a", "shop/b"}},
		"what matches there":       {"shop", web, []string{"shop/a"}},
		"none there":               {"shop", labels.Nothing(), nil},
		"a namespace with nothing": {"moon", labels.Everything(), nil},
	} {
		for how, indexers := range map[string]store.Indexers{"indexed": byNamespace, "searched": nil} {
			t.Run(name+", "+how, func(t *testing.T) {
				all := lister.New[*corev1.Pod](indexer(t, indexers), pods)
				list, err := lister.NewNamespaced(all, tc.namespace).List(tc.selector)
				require.Equal(t, tc.want, keys(t, list, err))

				generic, err := lister.NewGenericLister(indexer(t, indexers), pods).ByNamespace(tc.namespace).List(tc.selector)
				require.Equal(t, tc.want, keys(t, generic, err))
			})
		}
	}
}

func TestSearchWithoutIndexWarns(t *testing.T) {
	var log bytes.Buffer
	klog.SetSlogLogger(slog.New(slog.NewTextHandler(&log, nil)))
	defer klog.ClearLogger()
	all := lister.New[*corev1.Pod](indexer(t, nil), pods)

	_, err := all.List(web)
	require.NoError(t, err)
	require.Empty(t, log.String())
	_, err = lister.NewNamespaced(all, "shop").List(web)
	require.NoError(t, err)
	require.Contains(t, log.String(), "without its index")
	require.Contains(t, log.String(), "namespace=shop")
}

func TestGet(t *testing.T) {
	typed := lister.New[*corev1.Pod](indexer(t, byNamespace), pods)
	generic := lister.NewGenericLister(indexer(t, byNamespace), pods)
	for name, get := range map[string]func(namespace, name string) (runtime.Object, error){
		"typed":   func(ns, name string) (runtime.Object, error) { return lister.NewNamespaced(typed, ns).Get(name) },
		"generic": func(ns, name string) (runtime.Object, error) { return generic.ByNamespace(ns).Get(name) },
	} {
		t.Run(name, func(t *testing.T) {
			obj, err := get("shop", "b")
			require.NoError(t, err)
			require.Equal(t, pod("shop", "b", "db"), obj)
			_, err = get("lab", "b")
			require.True(t, apierrors.IsNotFound(err))
			require.EqualError(t, err, `pods "b" not found`)
		})
	}
	obj, err := generic.Get("c")
	require.NoError(t, err)
	require.Equal(t, pod("", "c", "web"), obj)
	obj, err = generic.Get("shop/a")
	require.NoError(t, err)
	require.Equal(t, pod("shop", "a", "web"), obj)
}

func TestStranger(t *testing.T) {
	s := indexer(t, byNamespace)
	require.NoError(t, s.Add(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}}))
	l := lister.New[*corev1.Pod](s, pods)
	_, err := l.List(labels.Everything())
	require.EqualError(t, err, "pods: the indexer holds a *v1.Node")
	_, err = l.Get("node-1")
	require.EqualError(t, err, "pods: the indexer holds a *v1.Node")

	plain := store.NewStore(func(any) (string, error) { return "key", nil })
	require.NoError(t, plain.Add("no object"))
	require.Error(t, lister.ListAll(plain, web, func(any) {}))
	odd := store.NewIndexer(func(any) (string, error) { return "key", nil }, nil)
	require.NoError(t, odd.Add("no object"))
	require.Error(t, lister.ListAllByNamespace(odd, "shop", labels.Everything(), func(any) {}))
}
