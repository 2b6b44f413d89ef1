package kubernetes_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
)

// live is the real API server: a clientset, a context, and a namespace that all tests share, because it is the end of a
// namespace that takes long.
type live struct {
	ctx       context.Context
	cs        *kubernetes.Clientset
	namespace string
	answers   *recorder
}

func TestOnTheCluster(t *testing.T) {
	config := rest.CopyConfig(cluster.ForTest(t))
	config.QPS = -1
	config.WarningHandler = rest.NoWarnings{} // component statuses and endpoints are deprecated
	namespace := cluster.NamespaceForTest(t, config)
	answers := &recorder{}
	config.Wrap(answers.wrap)
	httpClient, err := rest.HTTPClientFor(config)
	require.NoError(t, err)
	t.Cleanup(httpClient.CloseIdleConnections)
	cs, err := kubernetes.NewForConfigAndClient(config, httpClient)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)

	c := live{ctx, cs, namespace, answers}
	t.Run("serves every type as its client says", c.servesEveryTypeAsItsClientSays)
	t.Run("speaks protobuf", c.speaksProtobuf)
	t.Run("scales a deployment", c.scalesADeployment)
	t.Run("evicts a pod", c.evictsAPod)
	t.Run("binds a pod to a node", c.bindsAPodToANode)
	t.Run("has no logs for what does not run", c.hasNoLogsForWhatDoesNotRun)
	t.Run("gives a token", c.givesAToken)
	t.Run("finds the events of an object", c.findsTheEventsOfAnObject)
	t.Run("serves one set of events in two groups", c.servesOneSetOfEventsInTwoGroups)
	t.Run("keeps status apart", c.keepsStatusApart)
	t.Run("opens a shop", c.opensAShop)
	t.Run("finalizes a namespace", c.finalizesANamespace)
}

// homeless is a pod that no scheduler places, so that it stays the same on every kind of cluster.
func homeless(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": "web"}},
		Spec: corev1.PodSpec{
			SchedulerName: "nobody",
			Containers:    []corev1.Container{{Name: "app", Image: "example.com/none"}},
		},
	}
}

// The plural names, and what can be done with each type, as the server itself tells them.
func (c live) servesEveryTypeAsItsClientSays(t *testing.T) {
	served := map[string]metav1.APIResource{} // by "v1 Pod"; subresources by "v1 pods/status"
	_, lists, err := c.cs.Discovery().ServerGroupsAndResources()
	require.NoError(t, err)
	groups := map[string]bool{}
	for _, list := range lists {
		groups[list.GroupVersion] = true
		for _, r := range list.APIResources {
			if strings.Contains(r.Name, "/") {
				served[list.GroupVersion+" "+r.Name] = r
			} else {
				served[list.GroupVersion+" "+r.Kind] = r
			}
		}
	}
	require.Subset(t, slices.Collect(maps.Keys(groups)), []string{"v1", "apps/v1", "batch/v1", "events.k8s.io/v1", "networking.k8s.io/v1"})
	subresources := map[string]string{
		"UpdateStatus": "status", "GetScale": "scale", "UpdateScale": "scale", "CreateToken": "token", "Finalize": "finalize",
		"Bind": "binding", "EvictV1": "eviction", "GetLogs": "log", "ProxyGet": "proxy",
		"UpdateEphemeralContainers": "ephemeralcontainers", "UpdateResize": "resize", "PatchStatus": "status",
	}
	for _, of := range typeClients(t, c.cs) {
		gv := of.kind.GroupVersion().String()
		if !groups[gv] {
			continue // alpha, beta, or gone
		}
		t.Run(gv+" "+of.name, func(t *testing.T) {
			resource, ok := served[gv+" "+of.kind.Kind]
			require.True(t, ok, "the server has no %s", of.kind)
			require.Equal(t, resource.Namespaced, of.namespaced)
			require.True(t, strings.HasSuffix(of.collection(), "/"+resource.Name), resource.Name)
			for method, subresource := range subresources {
				if of.has(method) {
					require.Contains(t, served, gv+" "+resource.Name+"/"+subresource, method)
				}
			}
			if of.has("List") {
				require.NoError(t, of.call(c.ctx, "List", metav1.ListOptions{Limit: 1}))
			}
		})
	}
}

func (c live) speaksProtobuf(t *testing.T) {
	_, err := c.cs.CoreV1().ConfigMaps(c.namespace).Create(c.ctx, &corev1.ConfigMap{ObjectMeta: named("menu")}, metav1.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, "application/vnd.kubernetes.protobuf", c.answers.last().Header.Get("Content-Type"))
	require.Equal(t, "application/vnd.kubernetes.protobuf", c.answers.last().Request.Header.Get("Content-Type"))
	w, err := c.cs.CoreV1().ConfigMaps(c.namespace).Watch(c.ctx, metav1.ListOptions{})
	require.NoError(t, err)
	defer w.Stop()
	require.Equal(t, "application/vnd.kubernetes.protobuf;stream=watch", c.answers.last().Header.Get("Content-Type"))
	require.IsType(t, &corev1.ConfigMap{}, (<-w.ResultChan()).Object)
}

// recorder remembers the last response.
type recorder struct {
	mu       sync.Mutex
	response *http.Response
}

func (r *recorder) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(request)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.response = response
		return response, err
	})
}

func (r *recorder) last() *http.Response {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.response
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (c live) scalesADeployment(t *testing.T) {
	deployments := c.cs.AppsV1().Deployments(c.namespace)
	none := int32(0)
	template := homeless("")
	_, err := deployments.Create(c.ctx, &appsv1.Deployment{ObjectMeta: named("web"), Spec: appsv1.DeploymentSpec{
		Replicas: &none,
		Selector: &metav1.LabelSelector{MatchLabels: template.Labels},
		Template: corev1.PodTemplateSpec{ObjectMeta: template.ObjectMeta, Spec: template.Spec},
	}}, metav1.CreateOptions{})
	require.NoError(t, err)

	scale, err := deployments.GetScale(c.ctx, "web", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, "app=web", scale.Status.Selector)
	scale.Spec.Replicas = 2
	scale.ResourceVersion = "" // the deployment controller writes too
	_, err = deployments.UpdateScale(c.ctx, "web", scale, metav1.UpdateOptions{})
	require.NoError(t, err)
	web, err := deployments.Get(c.ctx, "web", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, int32(2), *web.Spec.Replicas)
}

func (c live) evictsAPod(t *testing.T) {
	pods := c.cs.CoreV1().Pods(c.namespace)
	_, err := pods.Create(c.ctx, homeless("evicted"), metav1.CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, pods.EvictV1(c.ctx, &policyv1.Eviction{ObjectMeta: named("evicted")}))
	_, err = pods.Get(c.ctx, "evicted", metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err), "a pod without a node is gone at once: %v", err)
	err = pods.EvictV1(c.ctx, &policyv1.Eviction{ObjectMeta: named("evicted")})
	require.True(t, apierrors.IsNotFound(err), "%v", err)
}

func (c live) bindsAPodToANode(t *testing.T) {
	nodes, err := c.cs.CoreV1().Nodes().List(c.ctx, metav1.ListOptions{Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, nodes.Items)
	node := nodes.Items[0].Name
	_, err = c.cs.CoreV1().Pods(c.namespace).Create(c.ctx, homeless("bound"), metav1.CreateOptions{})
	require.NoError(t, err)
	binding := &corev1.Binding{ObjectMeta: named("bound"), Target: corev1.ObjectReference{Kind: "Node", Name: node}}
	require.NoError(t, c.cs.CoreV1().Pods(c.namespace).Bind(c.ctx, binding, metav1.CreateOptions{}))
	bound, err := c.cs.CoreV1().Pods(c.namespace).Get(c.ctx, "bound", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, node, bound.Spec.NodeName)
	err = c.cs.CoreV1().Pods(c.namespace).Bind(c.ctx, binding, metav1.CreateOptions{})
	require.True(t, apierrors.IsConflict(err), "it is there already: %v", err)

	_, err = c.cs.CoreV1().Nodes().PatchStatus(c.ctx, node, []byte(`{"status":{}}`))
	require.NoError(t, err)
}

func (c live) hasNoLogsForWhatDoesNotRun(t *testing.T) {
	pods := c.cs.CoreV1().Pods(c.namespace)
	_, err := pods.GetLogs("silent", nil).DoRaw(c.ctx)
	require.True(t, apierrors.IsNotFound(err), "%v", err)

	_, err = pods.Create(c.ctx, homeless("silent"), metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = pods.GetLogs("silent", &corev1.PodLogOptions{Container: "sidecar"}).Stream(c.ctx)
	require.True(t, apierrors.IsBadRequest(err), "%v", err)
	require.ErrorContains(t, err, "container sidecar is not valid for pod silent")

	stream, err := pods.GetLogs("silent", &corev1.PodLogOptions{}).Stream(c.ctx)
	require.NoError(t, err)
	defer func() { require.NoError(t, stream.Close()) }()
	log, err := io.ReadAll(stream)
	require.NoError(t, err)
	require.Empty(t, log, "a pod that has no node has said nothing yet")
}

func (c live) givesAToken(t *testing.T) {
	accounts := c.cs.CoreV1().ServiceAccounts(c.namespace)
	_, err := accounts.Create(c.ctx, &corev1.ServiceAccount{ObjectMeta: named("clerk")}, metav1.CreateOptions{})
	require.NoError(t, err)
	hour := int64(3600)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: &hour}}
	got, err := accounts.CreateToken(c.ctx, "clerk", request, metav1.CreateOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, got.Status.Token)
}

func (c live) findsTheEventsOfAnObject(t *testing.T) {
	about, err := c.cs.CoreV1().Pods(c.namespace).Create(c.ctx, homeless("eventful"), metav1.CreateOptions{})
	require.NoError(t, err)
	created, err := c.cs.CoreV1().Events("").CreateWithEventNamespaceWithContext(c.ctx, &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: c.namespace, Name: "lunch"},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: c.namespace, Name: "eventful", UID: about.UID},
		Reason:         "Lunch", Message: "served", Type: corev1.EventTypeNormal, Count: 1,
	})
	require.NoError(t, err)
	created.Count = 2
	updated, err := c.cs.CoreV1().Events(c.namespace).UpdateWithEventNamespaceWithContext(c.ctx, created)
	require.NoError(t, err)
	require.Equal(t, int32(2), updated.Count)
	patched, err := c.cs.CoreV1().Events("").PatchWithEventNamespaceWithContext(c.ctx, created, []byte(`{"count":3}`))
	require.NoError(t, err)
	require.Equal(t, int32(3), patched.Count)

	found, err := c.cs.CoreV1().Events("").SearchWithContext(c.ctx, scheme.Scheme, about)
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	require.Equal(t, "Lunch", found.Items[0].Reason)
}

func (c live) servesOneSetOfEventsInTwoGroups(t *testing.T) {
	now := metav1.NowMicro()
	created, err := c.cs.EventsV1().Events(c.namespace).Create(c.ctx, &eventsv1.Event{
		ObjectMeta:          named("dinner"),
		EventTime:           now,
		ReportingController: "example.com/kitchen", ReportingInstance: "kitchen-0",
		Action: "Cook", Reason: "Dinner", Note: "served", Type: corev1.EventTypeNormal,
		Regarding: corev1.ObjectReference{Kind: "Pod", Namespace: c.namespace, Name: "eventful"},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	series := fmt.Appendf(nil, `{"series":{"count":2,"lastObservedTime":%q}}`, now.Format(metav1.RFC3339Micro))
	_, err = c.cs.EventsV1().Events(c.namespace).Patch(c.ctx, "dinner", types.StrategicMergePatchType, series, metav1.PatchOptions{})
	require.NoError(t, err)

	same, err := c.cs.CoreV1().Events(c.namespace).Get(c.ctx, "dinner", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, created.UID, same.UID)
	require.Equal(t, "served", same.Message)
	require.Equal(t, "eventful", same.InvolvedObject.Name)
	require.Equal(t, int32(2), same.Series.Count)

	// What the other group creates without a word about time and action, this one doesn't take.
	_, err = c.cs.EventsV1().Events(c.namespace).Create(c.ctx, &eventsv1.Event{ObjectMeta: named("snack"), Reason: "Snack"}, metav1.CreateOptions{})
	require.True(t, apierrors.IsInvalid(err), "%v", err)
	require.ErrorContains(t, err, "eventTime: Required value")
}

func (c live) keepsStatusApart(t *testing.T) {
	services := c.cs.CoreV1().Services(c.namespace)
	web, err := services.Create(c.ctx, &corev1.Service{
		ObjectMeta: named("web"),
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	web.Status.Conditions = []metav1.Condition{{
		Type: "Fed", Status: metav1.ConditionTrue, Reason: "Lunch", LastTransitionTime: metav1.Now(),
	}}
	web.Spec.SessionAffinity = corev1.ServiceAffinityClientIP
	updated, err := services.UpdateStatus(c.ctx, web, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.Len(t, updated.Status.Conditions, 1)
	require.Equal(t, corev1.ServiceAffinityNone, updated.Spec.SessionAffinity, "UpdateStatus changed the spec")
}

func (c live) finalizesANamespace(t *testing.T) {
	ns, err := c.cs.CoreV1().Namespaces().Get(c.ctx, c.namespace, metav1.GetOptions{})
	require.NoError(t, err)
	kept, err := c.cs.CoreV1().Namespaces().Finalize(c.ctx, ns, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.Equal(t, ns.Spec.Finalizers, kept.Spec.Finalizers)
}
