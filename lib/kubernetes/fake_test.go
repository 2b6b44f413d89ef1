package kubernetes_test

import (
	"errors"
	"io"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	certificatesv1beta1 "k8s.io/api/certificates/v1beta1"
	corev1 "k8s.io/api/core/v1"
	eventsv1beta1 "k8s.io/api/events/v1beta1"
	extensionsv1beta1 "k8s.io/api/extensions/v1beta1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/kubernetes/fake"
	fakecorev1 "client-go-workbook/lib/kubernetes/typed/core/v1/fake"
	fakeapi "client-go-workbook/lib/testing"
)

// What each type's fake is asked to keep, it keeps as an object of that type, under that type's name.
func TestEveryTypesFakeKeepsItsType(t *testing.T) {
	cs := fake.NewSimpleClientset()
	for _, c := range typeClients(t, cs) {
		t.Run(c.kind.GroupVersion().String()+" "+c.name, func(t *testing.T) {
			cs.ClearActions()
			ctx := t.Context()
			require.NoError(t, c.call(ctx, "Create", c.object("x")))
			plural := cs.Actions()[0].GetResource()
			require.Equal(t, c.kind.GroupVersion(), plural.GroupVersion())
			require.Contains(t, c.collection()+"/", "/"+plural.Resource+"/")
			if !c.has("Get") {
				return // a review: it is answered and forgotten
			}
			stored, err := cs.Tracker().Get(plural, cs.Actions()[0].GetNamespace(), "x")
			require.NoError(t, err)
			require.Equal(t, reflect.TypeOf(c.object("x")), reflect.TypeOf(stored))

			require.True(t, apierrors.IsAlreadyExists(c.call(ctx, "Create", c.object("x"))))
			for _, call := range []struct {
				method string
				args   []any
			}{
				{"Get", []any{"x"}},
				{"Update", []any{c.object("x")}},
				{"UpdateStatus", []any{c.object("x")}},
				{"Patch", []any{"x", types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`)}},
				{"List", []any{metav1.ListOptions{LabelSelector: "a=b"}}},
				{"Watch", nil},
				{"Delete", []any{"x"}},
			} {
				if c.has(call.method) {
					require.NoError(t, c.call(ctx, call.method, call.args...), call.method)
				}
			}
			require.True(t, apierrors.IsNotFound(c.call(ctx, "Get", "x")))
		})
	}
}

// The methods that are written by hand leave the action that a reactor, and a test's check, looks for.
func TestFakesOfWhatOneTypeAloneCanDo(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}}
	eviction := metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}
	oldEvent := &eventsv1beta1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "old"}}
	event := &corev1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "new"}, Count: 1}
	for name, tt := range map[string]struct {
		call func(cs *fake.Clientset) error
		want string // verb, resource and namespace of the action
	}{
		"bind": {func(cs *fake.Clientset) error {
			return cs.CoreV1().Pods("shop").Bind(t.Context(), &corev1.Binding{ObjectMeta: named("web-0")}, metav1.CreateOptions{})
		}, "create pods/binding in shop"},
		"evict": {func(cs *fake.Clientset) error {
			return cs.CoreV1().Pods("shop").EvictV1(t.Context(), &policyv1.Eviction{ObjectMeta: eviction})
		}, "create pods/eviction in shop"},
		"evict on old servers": {func(cs *fake.Clientset) error {
			return cs.CoreV1().Pods("shop").EvictV1beta1(t.Context(), &policyv1beta1.Eviction{ObjectMeta: eviction})
		}, "create pods/eviction in shop"},
		"evict through policy": {func(cs *fake.Clientset) error {
			return cs.PolicyV1().Evictions("shop").Evict(t.Context(), &policyv1.Eviction{ObjectMeta: eviction})
		}, "create pods/eviction in shop"},
		"evict through old policy": {func(cs *fake.Clientset) error {
			return cs.PolicyV1beta1().Evictions("shop").Evict(t.Context(), &policyv1beta1.Eviction{ObjectMeta: eviction})
		}, "create pods/eviction in shop"},
		"finalize": {func(cs *fake.Clientset) error {
			_, err := cs.CoreV1().Namespaces().Finalize(t.Context(), &corev1.Namespace{ObjectMeta: named("shop")}, metav1.UpdateOptions{})
			return err
		}, "create namespaces/finalize in "},
		"patch a node's status": {func(cs *fake.Clientset) error {
			node, err := cs.CoreV1().Nodes().PatchStatus(t.Context(), "n1", []byte(`{"status":{"phase":"Running"}}`))
			require.Equal(t, corev1.NodeRunning, node.Status.Phase)
			return err
		}, "patch nodes/status in "},
		"create an event": {func(cs *fake.Clientset) error {
			_, err := cs.CoreV1().Events("").CreateWithEventNamespaceWithContext(t.Context(), event)
			return err
		}, "create events in shop"},
		"update an event": {func(cs *fake.Clientset) error {
			require.NoError(t, cs.Tracker().Add(event))
			_, err := cs.CoreV1().Events("").UpdateWithEventNamespaceWithContext(t.Context(), event)
			return err
		}, "update events in shop"},
		"patch an event": {func(cs *fake.Clientset) error {
			require.NoError(t, cs.Tracker().Add(event))
			patched, err := cs.CoreV1().Events("").PatchWithEventNamespaceWithContext(t.Context(), event, []byte(`{"count":2}`))
			require.EqualValues(t, 2, patched.Count)
			return err
		}, "patch events in shop"},
		"search events": {func(cs *fake.Clientset) error {
			require.NoError(t, cs.Tracker().Add(event))
			found, err := cs.CoreV1().Events("shop").SearchWithContext(t.Context(), nil, pod)
			require.Len(t, found.Items, 1)
			return err
		}, "list events in shop"},
		"create an old event": {func(cs *fake.Clientset) error {
			_, err := cs.EventsV1beta1().Events("").CreateWithEventNamespace(oldEvent)
			return err
		}, "create events in shop"},
		"update an old event": {func(cs *fake.Clientset) error {
			require.NoError(t, cs.Tracker().Add(oldEvent))
			_, err := cs.EventsV1beta1().Events("shop").UpdateWithEventNamespace(oldEvent)
			return err
		}, "update events in shop"},
		"patch an old event": {func(cs *fake.Clientset) error {
			require.NoError(t, cs.Tracker().Add(oldEvent))
			patched, err := cs.EventsV1beta1().Events("").PatchWithEventNamespace(oldEvent, []byte(`{"note":"again"}`))
			require.Equal(t, "again", patched.Note)
			return err
		}, "patch events in shop"},
		"approve": {func(cs *fake.Clientset) error {
			request := &certificatesv1beta1.CertificateSigningRequest{ObjectMeta: named("ann")}
			require.NoError(t, cs.Tracker().Add(request))
			_, err := cs.CertificatesV1beta1().CertificateSigningRequests().UpdateApproval(t.Context(), request, metav1.UpdateOptions{})
			return err
		}, "update certificatesigningrequests/approval in "},
		"roll back": {func(cs *fake.Clientset) error {
			cs.PrependReactor("create", "deployments/rollback", func(fakeapi.Action) (bool, runtime.Object, error) { return true, nil, nil })
			rollback := &extensionsv1beta1.DeploymentRollback{Name: "web"}
			return cs.ExtensionsV1beta1().Deployments("shop").Rollback(t.Context(), rollback, metav1.CreateOptions{})
		}, "create deployments/rollback in shop"},
	} {
		t.Run(name, func(t *testing.T) {
			cs := fake.NewSimpleClientset(pod, &corev1.Namespace{ObjectMeta: named("shop")}, &corev1.Node{ObjectMeta: named("n1")})
			require.NoError(t, tt.call(cs))
			require.Len(t, cs.Actions(), 1)
			action := cs.Actions()[0]
			got := action.GetVerb() + " " + action.GetResource().Resource
			if action.GetSubresource() != "" {
				got += "/" + action.GetSubresource()
			}
			require.Equal(t, tt.want, got+" in "+action.GetNamespace())
		})
	}
}

func TestTheFakeLog(t *testing.T) {
	options := &corev1.PodLogOptions{Container: "app"}
	cs := fake.NewSimpleClientset()
	logs := cs.CoreV1().Pods("shop").GetLogs("web-0", options)
	require.Equal(t, "https://localhost/api/v1/namespaces/shop/pods/web-0/log", logs.URL().String())
	said, err := logs.DoRaw(t.Context())
	require.NoError(t, err)
	require.Equal(t, "fake logs", string(said))
	require.Equal(t, options, cs.Actions()[0].(fakeapi.GenericAction).GetValue())

	cs.PrependReactor("get", "pods/log", func(fakeapi.Action) (bool, runtime.Object, error) {
		return true, &runtime.Unknown{Raw: []byte("hello")}, nil
	})
	stream, err := cs.CoreV1().Pods("shop").GetLogs("web-0", nil).Stream(t.Context())
	require.NoError(t, err)
	said, err = io.ReadAll(stream)
	require.NoError(t, err)
	require.NoError(t, stream.Close())
	require.Equal(t, "hello", string(said))

	gone := errors.New("it is gone")
	cs.PrependReactor("get", "pods/log", func(fakeapi.Action) (bool, runtime.Object, error) { return true, nil, gone })
	_, err = cs.CoreV1().Pods("shop").GetLogs("web-0", nil).DoRaw(t.Context())
	require.ErrorIs(t, err, gone)

	cs.PrependReactor("get", "pods/log", func(fakeapi.Action) (bool, runtime.Object, error) { return true, &corev1.Pod{}, nil })
	_, err = cs.CoreV1().Pods("shop").GetLogs("web-0", nil).DoRaw(t.Context())
	require.ErrorContains(t, err, "*v1.Pod")

	cs.PrependReactor("*", "*", func(fakeapi.Action) (bool, runtime.Object, error) { return true, nil, nil })
	_, err = cs.CoreV1().Pods("shop").GetLogs("web-0", nil).DoRaw(t.Context())
	require.ErrorContains(t, err, "a reactor returned a <nil>, want *runtime.Unknown", "not what no reactor has said")
}

// To scale changes no deployment, and leaves it to be read; a test that needs more has a reactor.
func TestTheFakeScale(t *testing.T) {
	cs := fake.NewSimpleClientset(&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}})
	deployments := cs.AppsV1().Deployments("shop")
	_, err := deployments.GetScale(t.Context(), "web", metav1.GetOptions{})
	require.ErrorContains(t, err, "a reactor returned a *v1.Deployment, want *v1.Scale")

	scale := &autoscalingv1.Scale{ObjectMeta: named("web"), Spec: autoscalingv1.ScaleSpec{Replicas: 3}}
	updated, err := deployments.UpdateScale(t.Context(), "web", scale, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.Equal(t, scale, updated)
	all, err := deployments.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, all.Items, 1)
	require.Nil(t, all.Items[0].Spec.Replicas)

	cs.PrependReactor("get", "deployments/scale", func(fakeapi.Action) (bool, runtime.Object, error) { return true, scale, nil })
	got, err := deployments.GetScale(t.Context(), "web", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, int32(3), got.Spec.Replicas)
}

// A program that watches sees through the fake what it writes through the fake, and a test can add, change and delete behind it.
func TestTheFakeClientsetIsOneWorld(t *testing.T) {
	cs := fake.NewSimpleClientset(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "first"}})
	w, err := cs.CoreV1().Pods("shop").Watch(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	defer w.Stop()

	_, err = cs.CoreV1().Pods("shop").Create(t.Context(), &corev1.Pod{ObjectMeta: named("second")}, metav1.CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, cs.Tracker().Delete(corev1.SchemeGroupVersion.WithResource("pods"), "shop", "second"))
	for _, want := range []string{"ADDED first", "ADDED second", "DELETED second"} {
		event := <-w.ResultChan()
		require.Equal(t, want, string(event.Type)+" "+event.Object.(*corev1.Pod).Name)
	}
	require.IsType(t, &fakecorev1.FakeCoreV1{}, cs.CoreV1())
	require.Panics(t, func() { fake.NewSimpleClientset(&runtime.Unknown{}) }, "it is in no scheme")
}

// A list that was read from a file has its items as they stand there. client-go's fake panics at one.
func TestTheFakeClientsetTakesAListOfRawItems(t *testing.T) {
	raw := runtime.RawExtension{Raw: []byte(`{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"shop","name":"web-0"}}`)}
	cs := fake.NewSimpleClientset(&corev1.List{Items: []runtime.RawExtension{raw}})
	_, err := cs.CoreV1().Pods("shop").Get(t.Context(), "web-0", metav1.GetOptions{})
	require.NoError(t, err)
}
