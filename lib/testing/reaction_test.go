package testing_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	. "client-go-workbook/lib/testing"
)

// newFake is what a fake clientset is made of.
func newFake() (*Fake, ObjectTracker) {
	fake, tracker := &Fake{}, newTracker()
	fake.AddReactor("*", "*", ObjectReaction(tracker))
	return fake, tracker
}

func TestTrackerAnswers(t *testing.T) {
	fake, _ := newFake()
	web := pod("", "web")

	got, err := fake.Invokes(NewCreateAction(pods, "shop", web), pod("", ""))
	require.NoError(t, err)
	require.Equal(t, pod("shop", "web"), got)

	web.Spec.NodeName = "n1"
	got, err = fake.Invokes(NewUpdateAction(pods, "shop", web), pod("", ""))
	require.NoError(t, err)
	require.Equal(t, "n1", got.(*corev1.Pod).Spec.NodeName)

	got, err = fake.Invokes(NewGetAction(pods, "shop", "web"), pod("", ""))
	require.NoError(t, err)
	require.Equal(t, "n1", got.(*corev1.Pod).Spec.NodeName)

	got, err = fake.Invokes(NewListAction(pods, podKind, "shop", metav1.ListOptions{}), &corev1.PodList{})
	require.NoError(t, err)
	require.Len(t, got.(*corev1.PodList).Items, 1)

	_, err = fake.Invokes(NewDeleteAction(pods, "shop", "web"), pod("", ""))
	require.NoError(t, err)
	for _, action := range []Action{
		NewGetAction(pods, "shop", "web"), NewUpdateAction(pods, "shop", web), NewDeleteAction(pods, "shop", "web"),
		NewPatchAction(pods, "shop", "web", types.MergePatchType, []byte(`{}`)), NewCreateSubresourceAction(pods, "web", "status", "shop", web),
	} {
		got, err := fake.Invokes(action, pod("", ""))
		require.True(t, apierrors.IsNotFound(err), "%s: %v", action.GetVerb(), err)
		require.Nil(t, got)
	}
}

func TestTrackerLeavesTheRest(t *testing.T) {
	_, tracker := newFake()
	for _, action := range []Action{
		NewDeleteCollectionAction(pods, "shop", metav1.ListOptions{}), ActionImpl{Verb: "get", Resource: pods}, NewWatchAction(pods, "shop", nil),
	} {
		handled, _, err := ObjectReaction(tracker)(action)
		require.False(t, handled)
		require.ErrorContains(t, err, action.GetVerb()+" pods")
	}
}

func TestNilObjectIsAnError(t *testing.T) {
	fake, _ := newFake()
	for _, action := range []Action{
		NewCreateAction(pods, "shop", nil), NewUpdateAction(pods, "shop", nil), NewCreateSubresourceAction(pods, "web", "status", "shop", nil),
		NewCreateAction(pods, "shop", (*corev1.Pod)(nil)),
	} {
		_, err := fake.Invokes(action, nil)
		require.Error(t, err)
	}
}

func TestSubresources(t *testing.T) {
	fake, tracker := newFake()
	require.NoError(t, tracker.Add(pod("shop", "web")))
	require.NoError(t, tracker.Add(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "robot"}}))
	accounts := corev1.SchemeGroupVersion.WithResource("serviceaccounts")
	running := pod("shop", "web")
	running.Status.Phase = corev1.PodRunning
	eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "web"}}
	token := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{Audiences: []string{"me"}}}

	for _, action := range []CreateActionImpl{
		NewCreateSubresourceAction(pods, "web", "status", "shop", running),
		NewCreateSubresourceAction(pods, "", "eviction", "shop", eviction),
		NewCreateSubresourceAction(accounts, "robot", "token", "shop", token),
	} {
		got, err := fake.Invokes(action, nil)
		require.NoError(t, err, action.Subresource)
		require.Equal(t, action.Object, got)
	}
	got, err := tracker.Get(pods, "shop", "web")
	require.NoError(t, err)
	require.Equal(t, running, got, "the status is stored, the eviction is not")

	_, err = fake.Invokes(NewCreateSubresourceAction(accounts, "nobody", "token", "shop", token), nil)
	require.True(t, apierrors.IsNotFound(err))
}

// A scale that took the deployment's place would break every later list and get of deployments.
func TestAScaleLeavesItsDeploymentInPlace(t *testing.T) {
	fake, tracker := newFake()
	deployments := appsv1.SchemeGroupVersion.WithResource("deployments")
	web := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}}
	require.NoError(t, tracker.Add(web))
	w, err := tracker.Watch(deployments, "shop")
	require.NoError(t, err)
	defer w.Stop()

	scale := &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: autoscalingv1.ScaleSpec{Replicas: 3}}
	got, err := fake.Invokes(NewUpdateSubresourceAction(deployments, "scale", "shop", scale), nil)
	require.NoError(t, err)
	require.Equal(t, scale, got)
	stored, err := tracker.Get(deployments, "shop", "web")
	require.NoError(t, err)
	require.Equal(t, web, stored)
	require.Empty(t, w.ResultChan())

	scale.Name = "nothing"
	_, err = fake.Invokes(NewUpdateSubresourceAction(deployments, "scale", "shop", scale), nil)
	require.True(t, apierrors.IsNotFound(err), "%v", err)
}

func TestPatches(t *testing.T) {
	before := func() *corev1.Pod {
		p := pod("shop", "web")
		p.Labels = map[string]string{"app": "web"}
		p.Spec.NodeName = "n1"
		p.Spec.Containers = []corev1.Container{{Name: "main", Image: "a"}, {Name: "log", Image: "b"}}
		return p
	}
	for name, tc := range map[string]struct {
		kind  types.PatchType
		patch string
		want  func(*corev1.Pod)
	}{
		"JSON": {types.JSONPatchType, `[{"op":"test","path":"/metadata/labels/app","value":"web"},{"op":"remove","path":"/spec/containers/0"},{"op":"add","path":"/metadata/labels/a~1b","value":"c"}]`, func(p *corev1.Pod) {
			p.Spec.Containers = p.Spec.Containers[1:]
			p.Labels["a/b"] = "c"
		}},
		"merge replaces lists": {types.MergePatchType, `{"metadata":{"labels":null},"spec":{"nodeName":null,"containers":[{"name":"main","image":"c"}]}}`, func(p *corev1.Pod) {
			p.Labels, p.Spec.NodeName = nil, ""
			p.Spec.Containers = []corev1.Container{{Name: "main", Image: "c"}}
		}},
		"strategic merge knows lists": {types.StrategicMergePatchType, `{"spec":{"containers":[{"name":"main","image":"c"},{"name":"log","$patch":"delete"}]}}`, func(p *corev1.Pod) {
			p.Spec.Containers = []corev1.Container{{Name: "main", Image: "c"}}
		}},
		"nothing": {types.MergePatchType, `{}`, func(*corev1.Pod) {}},
	} {
		t.Run(name, func(t *testing.T) {
			fake, tracker := newFake()
			require.NoError(t, tracker.Add(before()))
			w := watching(t, tracker, "shop")
			want := before()
			tc.want(want)

			got, err := fake.Invokes(NewPatchAction(pods, "shop", "web", tc.kind, []byte(tc.patch)), nil)
			require.NoError(t, err)
			require.Equal(t, want, got)
			got.(*corev1.Pod).Name = "the caller's own"
			for _, stored := range []runtime.Object{must(tracker.Get(pods, "shop", "web")), (<-w.ResultChan()).Object} {
				require.Equal(t, want, stored)
			}
		})
	}
}

func must(obj runtime.Object, err error) runtime.Object {
	if err != nil {
		panic(err)
	}
	return obj
}

// A patch that fails changes nothing, and says what it was for.
func TestBadPatches(t *testing.T) {
	for name, tc := range map[string]struct {
		kind  types.PatchType
		patch string
		want  string
	}{
		"no JSON":                      {types.MergePatchType, `{`, ""},
		"no operations":                {types.JSONPatchType, `{}`, ""},
		"an operation that isn't one":  {types.JSONPatchType, `[{"op":"fly","path":"/metadata"}]`, "fly"},
		"a test that fails":            {types.JSONPatchType, `[{"op":"test","path":"/metadata/name","value":"db"}]`, "/metadata/name"},
		"removal of what is not there": {types.JSONPatchType, `[{"op":"remove","path":"/spec/nothing"}]`, "/spec/nothing"},
		"a wrong type":                 {types.MergePatchType, `{"spec":{"nodeName":3}}`, "nodeName"},
		"strategic, of no JSON":        {types.StrategicMergePatchType, `{`, ""},
		"apply":                        {types.ApplyYAMLPatchType, `{}`, `no support for a patch of type "application/apply-patch+yaml"`},
		"no type":                      {"", `{}`, `no support for a patch of type ""`},
	} {
		t.Run(name, func(t *testing.T) {
			fake, tracker := newFake()
			require.NoError(t, tracker.Add(pod("shop", "web")))
			_, err := fake.Invokes(NewPatchAction(pods, "shop", "web", tc.kind, []byte(tc.patch)), nil)
			require.ErrorContains(t, err, `patch pods "web": `)
			require.ErrorContains(t, err, tc.want)
			require.Equal(t, "2: shop/web", listed(t, tracker, ""))
			require.Equal(t, pod("shop", "web"), must(tracker.Get(pods, "shop", "web")))
		})
	}
}
