package testing_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/kubernetes/scheme"
	clienttesting "client-go-workbook/lib/testing"
)

// listed is a list as a line: its version, then its pods.
func listed(t *testing.T, tracker clienttesting.ObjectTracker, namespace string) string {
	t.Helper()
	obj, err := tracker.List(pods, podKind, namespace)
	require.NoError(t, err)
	list := obj.(*corev1.PodList)
	words := []string{list.ResourceVersion + ":"}
	for _, p := range list.Items {
		words = append(words, p.Namespace+"/"+p.Name)
	}
	return strings.Join(words, " ")
}

func TestLifeOfAnObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := newTracker()
		shop, all, bank := watching(t, tracker, "shop"), watching(t, tracker, ""), watching(t, tracker, "bank")
		require.Equal(t, "1:", listed(t, tracker, ""))

		require.NoError(t, tracker.Create(pods, pod("", "web"), "shop"), "it takes the request's namespace")
		require.NoError(t, tracker.Add(pod("shop", "db")))
		require.NoError(t, tracker.Add(pod("bank", "web")))
		require.Equal(t, "4: bank/web shop/db shop/web", listed(t, tracker, ""))
		require.Equal(t, "4: shop/db shop/web", listed(t, tracker, "shop"))
		require.True(t, apierrors.IsAlreadyExists(tracker.Create(pods, pod("shop", "web"), "shop")))

		changed := pod("shop", "web")
		changed.Spec.NodeName = "n1"
		require.NoError(t, tracker.Update(pods, changed, "shop"))
		require.NoError(t, tracker.Patch(pods, changed, "shop"))
		got, err := tracker.Get(pods, "shop", "web")
		require.NoError(t, err)
		require.Equal(t, changed, got, "with nothing added to it")
		require.Equal(t, "6: shop/db shop/web", listed(t, tracker, "shop"))

		require.NoError(t, tracker.Delete(pods, "shop", "web"))
		require.Equal(t, "6: shop/db", listed(t, tracker, "shop"), "deletions don't count")
		_, err = tracker.Get(pods, "shop", "web")
		require.EqualError(t, err, `pods "web" not found`)
		require.True(t, apierrors.IsNotFound(err))
		require.True(t, apierrors.IsNotFound(tracker.Delete(pods, "shop", "web")))
		require.True(t, apierrors.IsNotFound(tracker.Update(pods, changed, "shop")))
		require.True(t, apierrors.IsNotFound(tracker.Patch(pods, changed, "shop")))

		require.Equal(t, []string{"ADDED shop/web", "ADDED shop/db", "MODIFIED shop/web", "MODIFIED shop/web", "DELETED shop/web"}, read(shop, 5))
		require.Equal(t, []string{"ADDED shop/web", "ADDED shop/db", "ADDED bank/web", "MODIFIED shop/web", "MODIFIED shop/web", "DELETED shop/web"}, read(all, 6))
		require.Equal(t, []string{"ADDED bank/web"}, read(bank, 1))
		isQuiet(t, shop)
		isQuiet(t, all)
		isQuiet(t, bank)
	})
}

// A node and a pod's namespace "": what is outside namespaces is seen by watches of everything alone.
func TestObjectsOutsideNamespaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker, nodes := newTracker(), corev1.SchemeGroupVersion.WithResource("nodes")
		all, err := tracker.Watch(nodes, "")
		require.NoError(t, err)
		shop, err := tracker.Watch(nodes, "shop")
		require.NoError(t, err)
		defer all.Stop()
		defer shop.Stop()

		require.NoError(t, tracker.Add(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n1"}}))
		require.Equal(t, []string{"ADDED /n1"}, read(all, 1))
		isQuiet(t, all)
		isQuiet(t, shop)
	})
}

// With options, a watch begins with what is newer than the list that it goes on from.
func TestWhereAWatchBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := newTracker()
		create(t, tracker, 0, 2)
		require.Equal(t, "3: shop/0 shop/1", listed(t, tracker, "shop"))
		require.NoError(t, tracker.Update(pods, pod("shop", "0"), "shop"))
		create(t, tracker, 2, 3)
		require.NoError(t, tracker.Add(pod("bank", "0")))

		for version, want := range map[string][]string{
			"":  {"ADDED shop/0", "ADDED shop/1", "ADDED shop/2"},
			"0": {"ADDED shop/0", "ADDED shop/1", "ADDED shop/2"},
			"3": {"ADDED shop/0", "ADDED shop/2"},
			"5": nil,
			"6": nil,
		} {
			w := watching(t, tracker, "shop", metav1.ListOptions{ResourceVersion: version})
			require.Equal(t, want, read(w, len(want)), "from %q", version)
			isQuiet(t, w)
		}
		isQuiet(t, watching(t, tracker, "shop"))
	})
}

func TestTrackerSharesNothing(t *testing.T) {
	tracker := newTracker()
	first, second := watching(t, tracker, "shop"), watching(t, tracker, "shop")
	mine := pod("shop", "web")
	require.NoError(t, tracker.Add(mine))
	late := watching(t, tracker, "shop", metav1.ListOptions{})
	list, err := tracker.List(pods, podKind, "")
	require.NoError(t, err)
	got, err := tracker.Get(pods, "shop", "web")
	require.NoError(t, err)
	list.(*corev1.PodList).Items[0].Labels = map[string]string{"changed": "in the list"}

	theirs := []*corev1.Pod{mine, got.(*corev1.Pod)}
	for _, w := range []watch.Interface{first, second, late} {
		theirs = append(theirs, (<-w.ResultChan()).Object.(*corev1.Pod))
	}
	for i, p := range theirs {
		require.Empty(t, p.Labels)
		p.Labels = map[string]string{"changed": fmt.Sprint(i)}
	}
	got, err = tracker.Get(pods, "shop", "web")
	require.NoError(t, err)
	require.Equal(t, pod("shop", "web"), got)
}

func TestAddList(t *testing.T) {
	tracker := newTracker()
	encoded, err := json.Marshal(&corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "encoded"}})
	require.NoError(t, err)
	require.NoError(t, tracker.Add(&metav1.List{Items: []runtime.RawExtension{{Raw: encoded}, {Object: pod("shop", "typed")}}}))
	require.NoError(t, tracker.Add(&corev1.PodList{Items: []corev1.Pod{*pod("shop", "item")}}))
	require.Equal(t, "4: shop/encoded shop/item shop/typed", listed(t, tracker, ""))

	require.Error(t, tracker.Add(&metav1.List{Items: []runtime.RawExtension{{Raw: []byte(`{"kind":"Rocket"}`)}}}))
	require.ErrorContains(t, tracker.Add(&runtime.Unknown{}), "add a *runtime.Unknown: ", "a panic of NewSimpleClientset says what it was about")
	require.True(t, apierrors.IsAlreadyExists(tracker.Add(&corev1.PodList{Items: []corev1.Pod{*pod("shop", "new"), *pod("shop", "item")}})))
	require.Equal(t, "5: shop/encoded shop/item shop/new shop/typed", listed(t, tracker, ""), "those before it are in")

	without := clienttesting.NewObjectTracker(scheme.Scheme, nil)
	require.Error(t, without.Add(&metav1.List{Items: []runtime.RawExtension{{Raw: encoded}}}), "nobody decodes it")
}

// A custom resource is known by what it says of itself, and its scheme by a list kind.
func TestCustomResource(t *testing.T) {
	custom := runtime.NewScheme()
	kind := schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Policy"}
	custom.AddKnownTypeWithName(kind, &unstructured.Unstructured{})
	custom.AddKnownTypeWithName(kind.GroupVersion().WithKind("PolicyList"), &unstructured.UnstructuredList{})
	tracker := clienttesting.NewObjectTracker(custom, nil)

	policy := &unstructured.Unstructured{}
	policy.SetGroupVersionKind(kind)
	policy.SetName("strict")
	require.NoError(t, tracker.Add(policy))
	gvr := kind.GroupVersion().WithResource("policies")
	list, err := tracker.List(gvr, kind, "")
	require.NoError(t, err)
	require.Len(t, list.(*unstructured.UnstructuredList).Items, 1)

	react := clienttesting.ObjectReaction(tracker)
	_, got, err := react(clienttesting.NewRootPatchAction(gvr, "strict", "application/merge-patch+json", []byte(`{"spec":{"replicas":3}}`)))
	require.NoError(t, err)
	require.Equal(t, map[string]any{"replicas": int64(3)}, got.(*unstructured.Unstructured).Object["spec"])
	_, _, err = react(clienttesting.NewRootPatchAction(gvr, "strict", "application/strategic-merge-patch+json", []byte(`{"spec":{"replicas":4}}`)))
	require.ErrorContains(t, err, `patch policies "strict"`, "nothing says which of its lists are sets")
}

// A scheme calls the version inside a server __internal, and a resource of it has none.
func TestInternalVersion(t *testing.T) {
	internal := runtime.NewScheme()
	internal.AddKnownTypes(schema.GroupVersion{Group: "shop", Version: runtime.APIVersionInternal}, &corev1.Pod{}, &corev1.PodList{})
	tracker := clienttesting.NewObjectTracker(internal, nil)
	require.NoError(t, tracker.Add(pod("here", "web")))
	gvr := schema.GroupVersionResource{Group: "shop", Resource: "pods"}
	_, err := tracker.Get(gvr, "here", "web")
	require.NoError(t, err)
	list, err := tracker.List(gvr, schema.GroupVersionKind{Group: "shop", Kind: "Pod"}, "here")
	require.NoError(t, err)
	require.Len(t, list.(*corev1.PodList).Items, 1)
}

func TestTrackerOfBadInput(t *testing.T) {
	tracker := newTracker()
	var nobody *corev1.Pod
	list := func(kind string) error {
		_, err := tracker.List(pods, corev1.SchemeGroupVersion.WithKind(kind), "shop")
		return err
	}
	watchFrom := func(opts ...metav1.ListOptions) error {
		_, err := tracker.Watch(pods, "shop", opts...)
		return err
	}
	require.NoError(t, tracker.Add(pod("shop", "web")))
	for name, tc := range map[string]struct {
		err  error
		want string
	}{
		"nil":                      {tracker.Add(nil), "nil"},
		"a nil pointer":            {tracker.Add(nobody), "nil"},
		"create nil":               {tracker.Create(pods, nil, "shop"), "nil"},
		"create a nil pointer":     {tracker.Create(pods, nobody, "shop"), "nil"},
		"another namespace":        {tracker.Create(pods, pod("bank", "web"), "shop"), `the object's namespace is "bank", the request's "shop"`},
		"a type without a kind":    {tracker.Add(&metav1.PartialObjectMetadata{}), "no kind"},
		"no metadata":              {tracker.Create(pods, &metav1.Status{}, "shop"), "object does not implement"},
		"a kind without a list":    {list("Rocket"), "RocketList"},
		"a list of another kind":   {list("Node"), "list pods"},
		"a resourceVersion":        {watchFrom(metav1.ListOptions{ResourceVersion: "new"}), `watch pods: resourceVersion "new" is no number`},
		"options twice":            {watchFrom(metav1.ListOptions{}, metav1.ListOptions{}), "2 values of v1.ListOptions, want one at most"},
		"options of delete, twice": {tracker.Delete(pods, "shop", "web", metav1.DeleteOptions{}, metav1.DeleteOptions{}), "one at most"},
	} {
		t.Run(name, func(t *testing.T) { require.ErrorContains(t, tc.err, tc.want) })
	}
	require.True(t, apierrors.IsBadRequest(tracker.Create(pods, pod("bank", "web"), "shop")))
	require.Equal(t, "2: shop/web", listed(t, tracker, ""))
}
