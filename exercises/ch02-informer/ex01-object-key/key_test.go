package objectkey_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	objectkey "client-go-workbook/exercises/ch02-informer/ex01-object-key"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	inverse = invariant.Invariant{
		Says: "what Split returns for an object's key are that object's namespace and name",
		Read: "README.md, Invariant; lib/store/key.go",
	}
	noGuess = invariant.Invariant{
		Says: "what is no object's key is an error that quotes it, never half an answer",
		Read: "README.md, Invariant; lib/store/key.go, SplitMetaNamespaceKey",
	}
)

// parts are what a key is made of.
type parts struct{ Namespace, Name string }

// thereAndBack makes the key of obj, and takes it apart.
func thereAndBack(t *testing.T, obj metav1.Object) {
	t.Helper()
	key, err := store.MetaNamespaceKeyFunc(obj)
	inverse.NoError(t, err, "make the key of a %T", obj)
	namespace, name, err := objectkey.Split(key)
	inverse.NoError(t, err, "Split(%q)", key)
	inverse.Equal(t, parts{obj.GetNamespace(), obj.GetName()}, parts{namespace, name}, "Split(%q)", key)
}

func TestNamespacedObject(t *testing.T) {
	thereAndBack(t, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}})
	thereAndBack(t, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "kube-system", Name: "kube-dns"}})
}

func TestObjectWithoutNamespace(t *testing.T) {
	thereAndBack(t, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}})
	thereAndBack(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "default"}})
}

// Names of roles are no DNS names.
func TestNameMayHoldAnythingButASlash(t *testing.T) {
	thereAndBack(t, &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "system:controller:job-controller"}})
	thereAndBack(t, &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Namespace: "kube-system", Name: "extension-apiserver::reader"}})
	thereAndBack(t, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "ip-10-0-0-7.eu-central-1.compute.internal"}})
}

func TestAnyObject(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	for range 500 {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: text(random, "abz09-.:")}}
		if random.IntN(4) > 0 {
			pod.Namespace = text(random, "abz09-")
		}
		thereAndBack(t, pod)
	}
}

// text is one to twelve of these letters.
func text(random *rand.Rand, letters string) string {
	made := make([]byte, 1+random.IntN(12))
	for i := range made {
		made[i] = letters[random.IntN(len(letters))]
	}
	return string(made)
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	for _, key := range []string{"shop/pods/web-0", "/api/v1/namespaces/shop/pods/web-0", "shop/web-0/", "shop//web-0"} {
		t.Run(key, func(t *testing.T) {
			namespace, name, err := objectkey.Split(key)
			if err == nil {
				noGuess.Broken(t, invariant.Report{Doing: "Split(" + key + ")", Expected: "an error", Saw: "namespace " + namespace + ", name " + name})
			}
			noGuess.Equal(t, parts{}, parts{namespace, name}, "Split(%q), beside the error", key)
		})
	}
}

func TestErrorQuotesTheKey(t *testing.T) {
	_, _, err := objectkey.Split("shop/pods/web-0")
	require.ErrorContains(noGuess.T(t), err, "shop/pods/web-0", "the log line with this error is all that one sees")
}
