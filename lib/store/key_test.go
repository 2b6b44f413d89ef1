package store_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/store"
)

func pod(namespace, name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

func TestKeyAndItsInverse(t *testing.T) {
	for key, name := range map[string]store.ObjectName{
		"shop/web": {Namespace: "shop", Name: "web"},
		"node-1":   {Name: "node-1"},
		"":         {},
	} {
		got, err := store.MetaNamespaceKeyFunc(pod(name.Parts()))
		require.NoError(t, err)
		require.Equal(t, key, got)
		require.Equal(t, key, name.String())

		parsed, err := store.ParseObjectName(key)
		require.NoError(t, err)
		require.Equal(t, name, parsed)

		require.Equal(t, name, store.NamespacedNameAsObjectName(types.NamespacedName(name)))
		require.Equal(t, types.NamespacedName(name), name.AsNamespacedName())
	}
}

func TestKeyWithTooManySlashes(t *testing.T) {
	_, _, err := store.SplitMetaNamespaceKey("a/b/c")
	require.EqualError(t, err, `key "a/b/c" has more than one slash: want "namespace/name" or "name"`)
	_, err = store.ParseObjectName("a/b/c")
	require.Error(t, err)
	_, err = store.DeletionHandlingObjectToName(store.DeletedFinalStateUnknown{Key: "a/b/c"})
	require.Error(t, err)
}

func TestKeyOfWhatIsNoObject(t *testing.T) {
	key, err := store.MetaNamespaceKeyFunc(store.ExplicitKey("shop/web"))
	require.NoError(t, err)
	require.Equal(t, "shop/web", key)

	for _, odd := range []any{nil, 7, store.DeletedFinalStateUnknown{Key: "shop/web"}} {
		_, err := store.MetaNamespaceKeyFunc(odd)
		require.ErrorContains(t, err, "read metadata of ")
	}
}

// A key error is logged by many; a Secret's contents must not be in it.
func TestKeyErrorKeepsSecrets(t *testing.T) {
	cause := errors.New("no owner")
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db"}, StringData: map[string]string{"password": "hunter2"}}
	s := store.NewStore(func(any) (string, error) { return "", cause })
	err := s.Add(secret)
	require.EqualError(t, err, `no key for *v1.Secret "shop/db": no owner`)
	require.ErrorIs(t, err, cause)
	require.EqualError(t, s.Delete("hunter2"), `no key for string: no owner`)

	var keyErr store.KeyError
	require.ErrorAs(t, err, &keyErr)
	require.Same(t, secret, keyErr.Obj)
}

func TestTombstonesHaveKeys(t *testing.T) {
	tombstone := store.DeletedFinalStateUnknown{Key: "shop/web", Obj: pod("old", "old")}
	key, err := store.DeletionHandlingMetaNamespaceKeyFunc(tombstone)
	require.NoError(t, err)
	require.Equal(t, "shop/web", key)
	name, err := store.DeletionHandlingObjectToName(tombstone)
	require.NoError(t, err)
	require.Equal(t, store.NewObjectName("shop", "web"), name)

	key, err = store.DeletionHandlingMetaNamespaceKeyFunc(pod("shop", "db"))
	require.NoError(t, err)
	require.Equal(t, "shop/db", key)
	name, err = store.DeletionHandlingObjectToName(pod("shop", "db"))
	require.NoError(t, err)
	require.Equal(t, store.NewObjectName("shop", "db"), name)
}

func TestDeletedObjectHasAName(t *testing.T) {
	for name, tc := range map[string]struct {
		deleted  store.DeletedObject[*corev1.Pod]
		wantKey  string
		wantName store.ObjectName
	}{
		"seen":             {store.DeletedObject[*corev1.Pod]{OptionalObj: pod("shop", "web")}, "shop/web", store.NewObjectName("shop", "web")},
		"missed":           {store.DeletedObject[*corev1.Pod]{FinalStateUnknown: &store.DeletedFinalStateUnknown{Key: "shop/web"}}, "shop/web", store.NewObjectName("shop", "web")},
		"missed, no space": {store.DeletedObject[*corev1.Pod]{FinalStateUnknown: &store.DeletedFinalStateUnknown{Key: "web"}}, "web", store.NewObjectName("", "web")},
		"key of three":     {store.DeletedObject[*corev1.Pod]{FinalStateUnknown: &store.DeletedFinalStateUnknown{Key: "a/b/c"}}, "a/b/c", store.NewObjectName("a", "b/c")},
		"the key counts": {store.DeletedObject[*corev1.Pod]{
			OptionalObj: pod("old", "old"), FinalStateUnknown: &store.DeletedFinalStateUnknown{Key: "shop/web", Obj: pod("old", "old")},
		}, "shop/web", store.NewObjectName("shop", "web")},
		"nothing": {},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tc.wantKey, tc.deleted.GetKey())
			require.Equal(t, tc.wantName, tc.deleted.GetObjectName())
			require.Equal(t, tc.wantName.Name, tc.deleted.GetName())
			require.Equal(t, tc.wantName.Namespace, tc.deleted.GetNamespace())
		})
	}
}

func TestKeyFromIndex(t *testing.T) {
	for name, tc := range map[string]struct {
		values  []string
		err     error
		wantErr string
	}{
		"one value":   {values: []string{"10.0.0.1"}},
		"no value":    {wantErr: "no value"},
		"two values":  {values: []string{"a", "b"}, wantErr: `2 values, a key is one: ["a" "b"]`},
		"not at all ": {err: errTag, wantErr: errTag.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := store.IndexFuncToKeyFuncAdapter(func(any) ([]string, error) { return tc.values, tc.err })(nil)
			if tc.wantErr != "" {
				require.ErrorContains(t, err, tc.wantErr)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tc.values[0], key)
		})
	}
}
