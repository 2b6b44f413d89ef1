package typed_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/kubernetes/scheme"
	clienttesting "client-go-workbook/lib/testing"
	"client-go-workbook/lib/typed"
)

// podInterface is what a controller wants of pods: both clients have it.
type podInterface interface {
	Create(ctx context.Context, pod *corev1.Pod, opts metav1.CreateOptions) (*corev1.Pod, error)
	Update(ctx context.Context, pod *corev1.Pod, opts metav1.UpdateOptions) (*corev1.Pod, error)
	UpdateStatus(ctx context.Context, pod *corev1.Pod, opts metav1.UpdateOptions) (*corev1.Pod, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.Pod, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.PodList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.Pod, error)
}

var (
	_ podInterface = (*pods)(nil)
	_ podInterface = (*fakePods)(nil)
)

type fakePods = typed.FakeClientWithList[*corev1.Pod, *corev1.PodList]

// newFakePods is what client-gen writes for a type.
func newFakePods(fake *clienttesting.Fake, namespace string) *fakePods {
	return typed.NewFakeClientWithList(
		fake,
		namespace,
		corev1.SchemeGroupVersion.WithResource("pods"),
		corev1.SchemeGroupVersion.WithKind("Pod"),
		func() *corev1.Pod { return &corev1.Pod{} },
		func() *corev1.PodList { return &corev1.PodList{} },
		func(dst, src *corev1.PodList) { dst.ListMeta = src.ListMeta },
		func(list *corev1.PodList) []*corev1.Pod { return typed.ToPointerSlice(list.Items) },
		func(list *corev1.PodList, items []*corev1.Pod) { list.Items = typed.FromPointerSlice(items) },
	)
}

func trackedFake() *clienttesting.Fake {
	fake := &clienttesting.Fake{}
	tracker := clienttesting.NewObjectTracker(scheme.Scheme, scheme.Codecs.UniversalDeserializer())
	fake.AddReactor("*", "*", clienttesting.ObjectReaction(tracker))
	fake.AddWatchReactor("*", func(action clienttesting.Action) (bool, watch.Interface, error) {
		w, err := tracker.Watch(action.GetResource(), action.GetNamespace(), action.(clienttesting.WatchActionImpl).ListOptions)
		return true, w, err
	})
	return fake
}

func podOf(name, app string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": app}}}
}

func TestFakeClientWithATracker(t *testing.T) {
	ctx := t.Context()
	fake := trackedFake()
	shop := newFakePods(fake, "shop")
	w, err := shop.Watch(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	defer w.Stop()

	made, err := shop.Create(ctx, podOf("a", "web"), metav1.CreateOptions{FieldManager: "test"})
	require.NoError(t, err)
	require.Equal(t, "shop", made.Namespace)
	made.Spec.NodeName = "n1"
	_, err = shop.Update(ctx, made, metav1.UpdateOptions{})
	require.NoError(t, err)
	made.Status.Phase = corev1.PodRunning
	_, err = shop.UpdateStatus(ctx, made, metav1.UpdateOptions{})
	require.NoError(t, err)
	patched, err := shop.Patch(ctx, "a", types.MergePatchType, []byte(`{"metadata":{"labels":{"app":"db"}}}`), metav1.PatchOptions{}, "status")
	require.NoError(t, err)
	require.Equal(t, "db", patched.Labels["app"])
	got, err := shop.Get(ctx, "a", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, patched, got)
	require.Equal(t, corev1.PodRunning, got.Status.Phase)
	require.NoError(t, shop.Delete(ctx, "a", metav1.DeleteOptions{}))
	got, err = shop.Get(ctx, "a", metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err))
	require.Equal(t, &corev1.Pod{}, got, "not nil, as with a server")

	for _, want := range []watch.EventType{watch.Added, watch.Modified, watch.Modified, watch.Modified, watch.Deleted} {
		require.Equal(t, want, (<-w.ResultChan()).Type)
	}
	var asked []string
	for _, action := range fake.Actions() {
		asked = append(asked, action.GetVerb()+" "+action.GetSubresource())
		require.Equal(t, "shop", action.GetNamespace())
		require.Equal(t, shop.Resource(), action.GetResource())
	}
	require.Equal(t, []string{"watch ", "create ", "update ", "update status", "patch status", "get ", "delete ", "get "}, asked)
	require.True(t, fake.Actions()[0].(clienttesting.WatchActionImpl).ListOptions.Watch)
	require.Equal(t, "test", fake.Actions()[1].(clienttesting.CreateActionImpl).CreateOptions.FieldManager)
	require.Equal(t, "Pod", shop.Kind().Kind)
	require.Equal(t, "shop", shop.Namespace())
}

func TestFakeListSelects(t *testing.T) {
	ctx := t.Context()
	fake := trackedFake()
	all := newFakePods(fake, "")
	for namespace, pods := range map[string][]*corev1.Pod{"shop": {podOf("a", "web"), podOf("b", "db")}, "bank": {podOf("c", "web")}} {
		for _, p := range pods {
			_, err := newFakePods(fake, namespace).Create(ctx, p, metav1.CreateOptions{})
			require.NoError(t, err)
		}
	}
	names := func(list *corev1.PodList, err error) (names []string) {
		require.NoError(t, err)
		require.Equal(t, "4", list.ResourceVersion)
		for _, p := range list.Items {
			names = append(names, p.Name)
		}
		return names
	}
	require.Equal(t, []string{"c", "a", "b"}, names(all.List(ctx, metav1.ListOptions{})))
	require.Equal(t, []string{"c", "a"}, names(all.List(ctx, metav1.ListOptions{LabelSelector: "app=web"})))
	require.Equal(t, []string{"a"}, names(newFakePods(fake, "shop").List(ctx, metav1.ListOptions{LabelSelector: "app=web"})))
	require.Empty(t, names(all.List(ctx, metav1.ListOptions{LabelSelector: "app=none"})))
	require.Len(t, names(all.List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=a"})), 3, "not by fields")

	require.NoError(t, all.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=web"}))
	require.Len(t, names(all.List(ctx, metav1.ListOptions{})), 3, "the tracker doesn't")
	removal := fake.Actions()[len(fake.Actions())-2].(clienttesting.DeleteCollectionAction)
	require.Equal(t, "app=web", removal.GetListRestrictions().Labels.String())
}

func TestFakeClientOfOddReactors(t *testing.T) {
	ctx, boom := t.Context(), errors.New("boom")
	var nobody *corev1.Pod
	for name, tc := range map[string]struct {
		object runtime.Object
		err    error
		want   string
	}{
		"an error":                      {nil, boom, "boom"},
		"an error with something else":  {&metav1.Status{}, boom, "boom"},
		"another type":                  {&corev1.Service{}, nil, "get pods: a reactor returned a *v1.Service, want *v1.Pod"},
		"nothing":                       {nil, nil, ""},
		"a nil pointer":                 {nobody, nil, ""},
		"a nil pointer of another type": {(*corev1.Service)(nil), nil, "a reactor returned a *v1.Service"},
	} {
		t.Run(name, func(t *testing.T) {
			fake := &clienttesting.Fake{}
			fake.AddReactor("*", "*", func(clienttesting.Action) (bool, runtime.Object, error) { return true, tc.object, tc.err })
			got, err := newFakePods(fake, "shop").Get(ctx, "a", metav1.GetOptions{})
			require.Equal(t, &corev1.Pod{}, got)
			if tc.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tc.want)
			}
			list, _ := newFakePods(fake, "shop").List(ctx, metav1.ListOptions{})
			require.Equal(t, &corev1.PodList{}, list)
		})
	}
}

// A reactor may answer with an object and an error: the caller gets both.
func TestFakeClientAnswersWithBoth(t *testing.T) {
	fake, boom := &clienttesting.Fake{}, errors.New("boom")
	fake.AddReactor("*", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		if action.GetVerb() == "list" {
			return true, &corev1.PodList{Items: []corev1.Pod{*podOf("a", "web")}}, boom
		}
		return true, podOf("a", "web"), boom
	})
	got, err := newFakePods(fake, "shop").Create(t.Context(), podOf("b", "web"), metav1.CreateOptions{})
	require.ErrorIs(t, err, boom)
	require.Equal(t, "a", got.Name)
	list, err := newFakePods(fake, "shop").List(t.Context(), metav1.ListOptions{})
	require.ErrorIs(t, err, boom)
	require.Len(t, list.Items, 1)
}

func TestFakeClientOfBadInput(t *testing.T) {
	ctx, fake := t.Context(), trackedFake()
	client := newFakePods(fake, "shop")
	for _, opts := range []metav1.ListOptions{{LabelSelector: "a=b=c"}, {FieldSelector: "a"}} {
		_, err := client.List(ctx, opts)
		require.True(t, apierrors.IsBadRequest(err), err)
		_, err = client.Watch(ctx, opts)
		require.True(t, apierrors.IsBadRequest(err), err)
		require.True(t, apierrors.IsBadRequest(client.DeleteCollection(ctx, metav1.DeleteOptions{}, opts)))
	}
	_, err := client.Create(ctx, nil, metav1.CreateOptions{})
	require.EqualError(t, err, "create pods: the object is nil")
	_, err = client.Update(ctx, nil, metav1.UpdateOptions{})
	require.EqualError(t, err, "update pods: the object is nil")
	_, err = client.UpdateStatus(ctx, nil, metav1.UpdateOptions{})
	require.EqualError(t, err, "update the status of pods: the object is nil")
	require.Empty(t, fake.Actions(), "a server would not have heard of it")
}

func TestPointerSlices(t *testing.T) {
	values := []int{1, 2}
	pointers := typed.ToPointerSlice(values)
	*pointers[0] = 3
	require.Equal(t, []int{3, 2}, values)
	require.Equal(t, values, typed.FromPointerSlice(pointers))
	require.Nil(t, typed.ToPointerSlice[int](nil))
	require.Nil(t, typed.FromPointerSlice[int](nil))
	require.NotNil(t, typed.FromPointerSlice([]*int{}))
}

// What a generated method returns is never nil, as with a server: a caller may look at it before the error.
func TestInvoke(t *testing.T) {
	action := clienttesting.NewGetSubresourceAction(corev1.SchemeGroupVersion.WithResource("pods"), "shop", "scale", "web")
	refused := errors.New("refused")
	for name, tc := range map[string]struct {
		answer runtime.Object
		err    error
		want   string // of the object
		wrong  string // in the error
	}{
		"an answer":     {answer: podOf("scaled", ""), want: "scaled"},
		"no answer":     {},
		"a nil answer":  {answer: (*corev1.Pod)(nil)},
		"an error":      {err: refused, wrong: "refused"},
		"both":          {answer: podOf("scaled", ""), err: refused, want: "scaled", wrong: "refused"},
		"another type":  {answer: &corev1.Node{}, wrong: "get pods: a reactor returned a *v1.Node, want *v1.Pod"},
		"... and error": {answer: &corev1.Node{}, err: refused, wrong: "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			var fake clienttesting.Fake
			fake.AddReactor("get", "pods/scale", func(clienttesting.Action) (bool, runtime.Object, error) { return true, tc.answer, tc.err })
			pod, err := typed.Invoke(&fake, action, &corev1.Pod{})
			require.NotNil(t, pod)
			require.Equal(t, tc.want, pod.Name)
			if tc.wrong == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, tc.wrong)
			}
		})
	}
}
