package kubernetes_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	certificatesv1 "k8s.io/api/certificates/v1"
	certificatesv1beta1 "k8s.io/api/certificates/v1beta1"
	corev1 "k8s.io/api/core/v1"
	eventsv1beta1 "k8s.io/api/events/v1beta1"
	extensionsv1beta1 "k8s.io/api/extensions/v1beta1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	typedcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
)

func named(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Name: name} }

func TestEachMethodOfItsOwnSendsItsRequest(t *testing.T) {
	scale := &autoscalingv1.Scale{ObjectMeta: named("web"), Spec: autoscalingv1.ScaleSpec{Replicas: 3}}
	pod := &corev1.Pod{ObjectMeta: named("web-0")}
	event := &corev1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "e"}}
	oldEvent := &eventsv1beta1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "e"}}
	tail := int64(5)
	one := func(_ any, err error) error { return err }

	for _, tt := range []struct {
		name string
		call func(context.Context, kubernetes.Interface) error
		sent string
		kind string // of the body; a patch if it begins with "{"
	}{
		{"pods: bind", func(ctx context.Context, c kubernetes.Interface) error {
			binding := &corev1.Binding{ObjectMeta: named("web-0"), Target: corev1.ObjectReference{Kind: "Node", Name: "n1"}}
			return c.CoreV1().Pods("shop").Bind(ctx, binding, metav1.CreateOptions{FieldManager: "me"})
		}, "POST /api/v1/namespaces/shop/pods/web-0/binding?fieldManager=me", "v1 Binding"},
		{"pods: evict", func(ctx context.Context, c kubernetes.Interface) error {
			return c.CoreV1().Pods("shop").EvictV1(ctx, &policyv1.Eviction{ObjectMeta: named("web-0")})
		}, "POST /api/v1/namespaces/shop/pods/web-0/eviction", "policy/v1 Eviction"},
		{"pods: evict on old servers", func(ctx context.Context, c kubernetes.Interface) error {
			return c.CoreV1().Pods("shop").EvictV1beta1(ctx, &policyv1beta1.Eviction{ObjectMeta: named("web-0")})
		}, "POST /api/v1/namespaces/shop/pods/web-0/eviction", "policy/v1beta1 Eviction"},
		{"pods: logs", func(ctx context.Context, c kubernetes.Interface) error {
			options := &corev1.PodLogOptions{Container: "app", Follow: true, TailLines: &tail}
			return one(c.CoreV1().Pods("shop").GetLogs("web-0", options).DoRaw(ctx))
		}, "GET /api/v1/namespaces/shop/pods/web-0/log?container=app&follow=true&tailLines=5", ""},
		{"pods: logs without options", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Pods("shop").GetLogs("web-0", nil).DoRaw(ctx))
		}, "GET /api/v1/namespaces/shop/pods/web-0/log", ""},
		{"pods: proxy", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Pods("shop").ProxyGet("https", "web-0", "8443", "metrics/all", map[string]string{"q": "1"}).DoRaw(ctx))
		}, "GET /api/v1/namespaces/shop/pods/https:web-0:8443/proxy/metrics/all?q=1", ""},
		{"pods: ephemeral containers", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Pods("shop").UpdateEphemeralContainers(ctx, "web-0", pod, metav1.UpdateOptions{}))
		}, "PUT /api/v1/namespaces/shop/pods/web-0/ephemeralcontainers", "v1 Pod"},
		{"pods: resize", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Pods("shop").UpdateResize(ctx, "web-0", pod, metav1.UpdateOptions{}))
		}, "PUT /api/v1/namespaces/shop/pods/web-0/resize", "v1 Pod"},
		{"services: proxy", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Services("shop").ProxyGet("", "web", "http", "healthz", nil).DoRaw(ctx))
		}, "GET /api/v1/namespaces/shop/services/web:http/proxy/healthz", ""},
		{"service accounts: token", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().ServiceAccounts("shop").CreateToken(ctx, "clerk", &authenticationv1.TokenRequest{}, metav1.CreateOptions{}))
		}, "POST /api/v1/namespaces/shop/serviceaccounts/clerk/token", "authentication.k8s.io/v1 TokenRequest"},
		{"replication controllers: get scale", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().ReplicationControllers("shop").GetScale(ctx, "web", metav1.GetOptions{}))
		}, "GET /api/v1/namespaces/shop/replicationcontrollers/web/scale", ""},
		{"replication controllers: update scale", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().ReplicationControllers("shop").UpdateScale(ctx, "web", scale, metav1.UpdateOptions{}))
		}, "PUT /api/v1/namespaces/shop/replicationcontrollers/web/scale", "autoscaling/v1 Scale"},
		{"deployments: get scale", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.AppsV1().Deployments("shop").GetScale(ctx, "web", metav1.GetOptions{}))
		}, "GET /apis/apps/v1/namespaces/shop/deployments/web/scale", ""},
		{"deployments: update scale", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.AppsV1().Deployments("shop").UpdateScale(ctx, "web", scale, metav1.UpdateOptions{DryRun: []string{"All"}}))
		}, "PUT /apis/apps/v1/namespaces/shop/deployments/web/scale?dryRun=All", "autoscaling/v1 Scale"},
		{"replica sets: get scale", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.AppsV1().ReplicaSets("shop").GetScale(ctx, "web", metav1.GetOptions{}))
		}, "GET /apis/apps/v1/namespaces/shop/replicasets/web/scale", ""},
		{"replica sets: update scale", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.AppsV1().ReplicaSets("shop").UpdateScale(ctx, "web", scale, metav1.UpdateOptions{}))
		}, "PUT /apis/apps/v1/namespaces/shop/replicasets/web/scale", "autoscaling/v1 Scale"},
		{"stateful sets: get scale", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.AppsV1().StatefulSets("shop").GetScale(ctx, "web", metav1.GetOptions{}))
		}, "GET /apis/apps/v1/namespaces/shop/statefulsets/web/scale", ""},
		{"stateful sets: update scale", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.AppsV1().StatefulSets("shop").UpdateScale(ctx, "web", scale, metav1.UpdateOptions{}))
		}, "PUT /apis/apps/v1/namespaces/shop/statefulsets/web/scale", "autoscaling/v1 Scale"},
		{"namespaces: finalize", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Namespaces().Finalize(ctx, &corev1.Namespace{ObjectMeta: named("shop")}, metav1.UpdateOptions{}))
		}, "PUT /api/v1/namespaces/shop/finalize", "v1 Namespace"},
		{"nodes: patch status", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Nodes().PatchStatus(ctx, "n1", []byte(`{"status":{}}`)))
		}, "PATCH /api/v1/nodes/n1/status", `{"status":{}}`},
		{"events: create where the event says", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Events("").CreateWithEventNamespaceWithContext(ctx, event))
		}, "POST /api/v1/namespaces/shop/events", "v1 Event"},
		{"events: update where the event says", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Events("shop").UpdateWithEventNamespaceWithContext(ctx, event))
		}, "PUT /api/v1/namespaces/shop/events/e", "v1 Event"},
		{"events: patch where the event says", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Events("").PatchWithEventNamespaceWithContext(ctx, event, []byte(`{"count":2}`)))
		}, "PATCH /api/v1/namespaces/shop/events/e", `{"count":2}`},
		{"events: search", func(ctx context.Context, c kubernetes.Interface) error {
			about := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0", UID: "u1"}}
			return one(c.CoreV1().Events("").SearchWithContext(ctx, scheme.Scheme, about))
		}, "GET /api/v1/events?fieldSelector=involvedObject.kind%3DPod%2CinvolvedObject.namespace%3Dshop%2CinvolvedObject.name%3Dweb-0%2CinvolvedObject.uid%3Du1", ""},
		{"events: search by reference", func(ctx context.Context, c kubernetes.Interface) error {
			return one(c.CoreV1().Events("shop").SearchWithContext(ctx, nil, &corev1.ObjectReference{Namespace: "shop", Name: "web-0"}))
		}, "GET /api/v1/namespaces/shop/events?fieldSelector=involvedObject.namespace%3Dshop%2CinvolvedObject.name%3Dweb-0", ""},
		{"events: sink creates", func(_ context.Context, c kubernetes.Interface) error {
			return one((&typedcorev1.EventSinkImpl{Interface: c.CoreV1().Events("")}).Create(event))
		}, "POST /api/v1/namespaces/shop/events", "v1 Event"},
		{"events: sink updates", func(_ context.Context, c kubernetes.Interface) error {
			return one((&typedcorev1.EventSinkImpl{Interface: c.CoreV1().Events("")}).Update(event))
		}, "PUT /api/v1/namespaces/shop/events/e", "v1 Event"},
		{"events: sink patches", func(_ context.Context, c kubernetes.Interface) error {
			return one((&typedcorev1.EventSinkImpl{Interface: c.CoreV1().Events("")}).Patch(event, []byte(`{}`)))
		}, "PATCH /api/v1/namespaces/shop/events/e", "{}"},
		{"old events: create where the event says", func(_ context.Context, c kubernetes.Interface) error {
			return one(c.EventsV1beta1().Events("").CreateWithEventNamespace(oldEvent))
		}, "POST /apis/events.k8s.io/v1beta1/namespaces/shop/events", "events.k8s.io/v1beta1 Event"},
		{"old events: update where the event says", func(_ context.Context, c kubernetes.Interface) error {
			return one(c.EventsV1beta1().Events("shop").UpdateWithEventNamespace(oldEvent))
		}, "PUT /apis/events.k8s.io/v1beta1/namespaces/shop/events/e", "events.k8s.io/v1beta1 Event"},
		{"old events: patch where the event says", func(_ context.Context, c kubernetes.Interface) error {
			return one(c.EventsV1beta1().Events("").PatchWithEventNamespace(oldEvent, []byte(`{}`)))
		}, "PATCH /apis/events.k8s.io/v1beta1/namespaces/shop/events/e", "{}"},
		{"evictions", func(ctx context.Context, c kubernetes.Interface) error {
			return c.PolicyV1().Evictions("shop").Evict(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}})
		}, "POST /api/v1/namespaces/shop/pods/web-0/eviction", "policy/v1 Eviction"},
		{"old evictions", func(ctx context.Context, c kubernetes.Interface) error {
			return c.PolicyV1beta1().Evictions("shop").Evict(ctx, &policyv1beta1.Eviction{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}})
		}, "POST /api/v1/namespaces/shop/pods/web-0/eviction", "policy/v1beta1 Eviction"},
		{"signing requests: approve", func(ctx context.Context, c kubernetes.Interface) error {
			request := &certificatesv1.CertificateSigningRequest{ObjectMeta: named("ann")}
			return one(c.CertificatesV1().CertificateSigningRequests().UpdateApproval(ctx, "ann", request, metav1.UpdateOptions{}))
		}, "PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/ann/approval", "certificates.k8s.io/v1 CertificateSigningRequest"},
		{"old signing requests: approve", func(ctx context.Context, c kubernetes.Interface) error {
			request := &certificatesv1beta1.CertificateSigningRequest{ObjectMeta: named("ann")}
			return one(c.CertificatesV1beta1().CertificateSigningRequests().UpdateApproval(ctx, request, metav1.UpdateOptions{FieldManager: "me"}))
		}, "PUT /apis/certificates.k8s.io/v1beta1/certificatesigningrequests/ann/approval?fieldManager=me", "certificates.k8s.io/v1beta1 CertificateSigningRequest"},
		{"old deployments: roll back", func(ctx context.Context, c kubernetes.Interface) error {
			return c.ExtensionsV1beta1().Deployments("shop").Rollback(ctx, &extensionsv1beta1.DeploymentRollback{Name: "web"}, metav1.CreateOptions{})
		}, "POST /apis/extensions/v1beta1/namespaces/shop/deployments/web/rollback", "extensions/v1beta1 DeploymentRollback"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := apitest.Start(t, apitest.Config{})
			_ = tt.call(t.Context(), newClientset(t, server)) // most answers are errors: nothing is stored
			sent := last(server)
			require.Equal(t, tt.sent, sent.Method+" "+sent.URL.RequestURI())
			switch {
			case tt.kind == "":
				require.Empty(t, sent.Payload)
			case strings.HasPrefix(tt.kind, "{"):
				require.Equal(t, tt.kind, string(sent.Payload))
				require.Equal(t, "application/strategic-merge-patch+json", sent.Header.Get("Content-Type"))
			default:
				_, gvk, err := scheme.Codecs.UniversalDeserializer().Decode(sent.Payload, nil, nil)
				require.NoError(t, err)
				require.Equal(t, tt.kind, gvk.GroupVersion().String()+" "+gvk.Kind)
			}
		})
	}
}

func TestAnEventClientMindsItsNamespace(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	events := newClientset(t, server).CoreV1().Events("shop")
	elsewhere := &corev1.Event{ObjectMeta: metav1.ObjectMeta{Namespace: "other", Name: "e"}}
	ctx := t.Context()

	_, err := events.CreateWithEventNamespaceWithContext(ctx, elsewhere)
	require.EqualError(t, err, `create event "e": request construction error: 'it is in namespace "other", this client in "shop"'`)
	_, err = events.UpdateWithEventNamespaceWithContext(ctx, elsewhere)
	require.ErrorContains(t, err, `update event "e"`)
	_, err = events.PatchWithEventNamespaceWithContext(ctx, elsewhere, nil)
	require.ErrorContains(t, err, `patch event "e"`)
	_, err = newClientset(t, server).EventsV1beta1().Events("shop").CreateWithEventNamespace(&eventsv1beta1.Event{ObjectMeta: elsewhere.ObjectMeta})
	require.ErrorContains(t, err, `create event "e": request construction error: 'it is in namespace "other", this client in "shop"'`)
	_, err = events.SearchWithContext(ctx, scheme.Scheme, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "other", Name: "web-0"}})
	require.EqualError(t, err, `search events about Pod "web-0": it is in namespace "other", this client in "shop"`)
	require.Empty(t, server.Requests())
}

func TestAnEventSearchNeedsToKnowWhatItIsAbout(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	events := newClientset(t, server).CoreV1().Events("")
	for name, tt := range map[string]struct {
		scheme *runtime.Scheme
		about  runtime.Object
		want   string
	}{
		"nothing":           {scheme.Scheme, nil, "search events"},
		"no object at all":  {scheme.Scheme, (*corev1.Pod)(nil), "search events"},
		"no scheme":         {nil, &corev1.Pod{}, "*v1.Pod doesn't say its kind, and there is no scheme to look it up"},
		"an unknown scheme": {runtime.NewScheme(), &corev1.Pod{}, "no kind is registered for the type v1.Pod"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := events.SearchWithContext(t.Context(), tt.scheme, tt.about)
			require.ErrorContains(t, err, tt.want)
		})
	}
	require.Empty(t, server.Requests())

	all := events.GetFieldSelector(nil, nil, nil, nil)
	require.True(t, all.Empty(), "what isn't given may be anything")
}
