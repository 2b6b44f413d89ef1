package conformance_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	certificatesv1beta1 "k8s.io/api/certificates/v1beta1"
	corev1 "k8s.io/api/core/v1"
	eventsv1beta1 "k8s.io/api/events/v1beta1"
	extensionsv1beta1 "k8s.io/api/extensions/v1beta1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	theirs "k8s.io/client-go/kubernetes/fake"

	ours "client-go-workbook/lib/kubernetes/fake"
)

// The methods that are written by hand, as both libraries' fake clientsets have them.
type (
	podsExpansion interface {
		Bind(context.Context, *corev1.Binding, metav1.CreateOptions) error
		EvictV1(context.Context, *policyv1.Eviction) error
		EvictV1beta1(context.Context, *policyv1beta1.Eviction) error
	}
	eventsExpansion interface {
		CreateWithEventNamespaceWithContext(context.Context, *corev1.Event) (*corev1.Event, error)
		UpdateWithEventNamespaceWithContext(context.Context, *corev1.Event) (*corev1.Event, error)
		PatchWithEventNamespaceWithContext(context.Context, *corev1.Event, []byte) (*corev1.Event, error)
		SearchWithContext(context.Context, *runtime.Scheme, runtime.Object) (*corev1.EventList, error)
	}
	oldEventsExpansion interface {
		CreateWithEventNamespace(*eventsv1beta1.Event) (*eventsv1beta1.Event, error)
		UpdateWithEventNamespace(*eventsv1beta1.Event) (*eventsv1beta1.Event, error)
		PatchWithEventNamespace(*eventsv1beta1.Event, []byte) (*eventsv1beta1.Event, error)
	}
)

// expanded is a fake clientset of one side, with the objects that the calls are about.
type expanded struct {
	pods         func(namespace string) podsExpansion
	evict        func(namespace string, eviction *policyv1.Eviction) error
	evictV1beta1 func(namespace string, eviction *policyv1beta1.Eviction) error
	events       func(namespace string) eventsExpansion
	oldEvents    func(namespace string) oldEventsExpansion
	finalize     func(*corev1.Namespace, metav1.UpdateOptions) (*corev1.Namespace, error)
	patchStatus  func(name string, data []byte) (*corev1.Node, error)
	approve      func(*certificatesv1beta1.CertificateSigningRequest, metav1.UpdateOptions) (*certificatesv1beta1.CertificateSigningRequest, error)
	rollback     func(namespace string, rollback *extensionsv1beta1.DeploymentRollback) error
	log          func(namespace, name string, opts *corev1.PodLogOptions) ([]byte, error)
	selector     func() string
	proxies      func(namespace string)
	actions      func() []any
}

func expandedObjects() []runtime.Object {
	at := metav1.ObjectMeta{Namespace: "shop", Name: "a"}
	return []runtime.Object{
		&corev1.Pod{ObjectMeta: at}, &corev1.Event{ObjectMeta: at}, &eventsv1beta1.Event{ObjectMeta: at}, &extensionsv1beta1.Deployment{ObjectMeta: at},
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}}, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "a"}},
		&certificatesv1beta1.CertificateSigningRequest{ObjectMeta: metav1.ObjectMeta{Name: "a"}},
	}
}

func theirExpanded(ctx context.Context) expanded {
	cs := theirs.NewSimpleClientset(expandedObjects()...)
	return expanded{
		pods:  func(ns string) podsExpansion { return cs.CoreV1().Pods(ns) },
		evict: func(ns string, e *policyv1.Eviction) error { return cs.PolicyV1().Evictions(ns).Evict(ctx, e) },
		evictV1beta1: func(ns string, e *policyv1beta1.Eviction) error {
			return cs.PolicyV1beta1().Evictions(ns).Evict(ctx, e)
		},
		events:    func(ns string) eventsExpansion { return cs.CoreV1().Events(ns) },
		oldEvents: func(ns string) oldEventsExpansion { return cs.EventsV1beta1().Events(ns) },
		finalize: func(n *corev1.Namespace, o metav1.UpdateOptions) (*corev1.Namespace, error) {
			return cs.CoreV1().Namespaces().Finalize(ctx, n, o)
		},
		patchStatus: func(name string, data []byte) (*corev1.Node, error) {
			return cs.CoreV1().Nodes().PatchStatus(ctx, name, data)
		},
		approve: func(r *certificatesv1beta1.CertificateSigningRequest, o metav1.UpdateOptions) (*certificatesv1beta1.CertificateSigningRequest, error) {
			return cs.CertificatesV1beta1().CertificateSigningRequests().UpdateApproval(ctx, r, o)
		},
		rollback: func(ns string, r *extensionsv1beta1.DeploymentRollback) error {
			return cs.ExtensionsV1beta1().Deployments(ns).Rollback(ctx, r, metav1.CreateOptions{})
		},
		log: func(ns, name string, o *corev1.PodLogOptions) ([]byte, error) {
			return cs.CoreV1().Pods(ns).GetLogs(name, o).DoRaw(ctx)
		},
		selector: func() string { return cs.CoreV1().Events("shop").GetFieldSelector(nil, nil, nil, nil).String() },
		proxies: func(ns string) {
			cs.CoreV1().Pods(ns).ProxyGet("https", "a", "80", "/x", map[string]string{"q": "1"})
		},
		actions: func() []any { return anys(cs.Actions()) },
	}
}

func ourExpanded(ctx context.Context) expanded {
	cs := ours.NewSimpleClientset(expandedObjects()...)
	return expanded{
		pods:  func(ns string) podsExpansion { return cs.CoreV1().Pods(ns) },
		evict: func(ns string, e *policyv1.Eviction) error { return cs.PolicyV1().Evictions(ns).Evict(ctx, e) },
		evictV1beta1: func(ns string, e *policyv1beta1.Eviction) error {
			return cs.PolicyV1beta1().Evictions(ns).Evict(ctx, e)
		},
		events:    func(ns string) eventsExpansion { return cs.CoreV1().Events(ns) },
		oldEvents: func(ns string) oldEventsExpansion { return cs.EventsV1beta1().Events(ns) },
		finalize: func(n *corev1.Namespace, o metav1.UpdateOptions) (*corev1.Namespace, error) {
			return cs.CoreV1().Namespaces().Finalize(ctx, n, o)
		},
		patchStatus: func(name string, data []byte) (*corev1.Node, error) {
			return cs.CoreV1().Nodes().PatchStatus(ctx, name, data)
		},
		approve: func(r *certificatesv1beta1.CertificateSigningRequest, o metav1.UpdateOptions) (*certificatesv1beta1.CertificateSigningRequest, error) {
			return cs.CertificatesV1beta1().CertificateSigningRequests().UpdateApproval(ctx, r, o)
		},
		rollback: func(ns string, r *extensionsv1beta1.DeploymentRollback) error {
			return cs.ExtensionsV1beta1().Deployments(ns).Rollback(ctx, r, metav1.CreateOptions{})
		},
		log: func(ns, name string, o *corev1.PodLogOptions) ([]byte, error) {
			return cs.CoreV1().Pods(ns).GetLogs(name, o).DoRaw(ctx)
		},
		selector: func() string { return cs.CoreV1().Events("shop").GetFieldSelector(nil, nil, nil, nil).String() },
		proxies: func(ns string) {
			cs.CoreV1().Pods(ns).ProxyGet("https", "a", "80", "/x", map[string]string{"q": "1"})
		},
		actions: func() []any { return anys(cs.Actions()) },
	}
}

// asked is what an action says, apart from its type: the two libraries' types have one name.
func asked(action any) map[string]any {
	v, said := reflect.ValueOf(action), map[string]any{}
	for _, field := range []string{"Verb", "Resource", "Subresource", "Namespace", "Name", "Object", "Patch", "PatchType", "Kind", "Value", "CreateOptions", "UpdateOptions", "PatchOptions", "ListOptions", "Scheme", "Port", "Path", "Params"} {
		if f := v.FieldByName(field); f.IsValid() {
			said[field] = f.Interface()
		}
	}
	return said
}

// differences are the fields of an action, as printed, that client-go leaves empty:
//   - Name: an eviction's action says which pod it is for, without a look into the object;
//   - Namespace: the client's or the event's, without which the tracker finds nothing there;
//   - options: the caller's.
type differences map[string]string

func TestExpansionsOfFakes(t *testing.T) {
	binding := func(ns string) *corev1.Binding {
		return &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Namespace: ns, Name: "a"}}
	}
	eviction := metav1.ObjectMeta{Namespace: "shop", Name: "a"}
	event := &corev1.Event{ObjectMeta: eviction, Count: 2}
	oldEvent := &eventsv1beta1.Event{ObjectMeta: eviction, Note: "again"}
	newEvent, newOldEvent := event.DeepCopy(), oldEvent.DeepCopy()
	newEvent.Name, newOldEvent.Name = "b", "b"
	manager := metav1.UpdateOptions{FieldManager: "me"}
	named := differences{"Name": "a"} // which client-go leaves out
	for _, tt := range []struct {
		name string
		call func(ctx context.Context, s expanded) (any, error)
		ours differences
		fine bool // ours succeeds where client-go fails
	}{
		{"bind", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.pods("shop").Bind(ctx, binding("shop"), metav1.CreateOptions{})
		}, named, false},
		{"bind elsewhere", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.pods("shop").Bind(ctx, binding("bank"), metav1.CreateOptions{})
		}, named, false},
		{"bind in the client's namespace", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.pods("shop").Bind(ctx, binding(""), metav1.CreateOptions{FieldManager: "me"})
		},
			differences{"Name": "a", "Namespace": "shop", "CreateOptions": fmt.Sprint(metav1.CreateOptions{FieldManager: "me"})}, true},
		{"evict", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.pods("shop").EvictV1(ctx, &policyv1.Eviction{ObjectMeta: eviction})
		}, named, false},
		{"evict nowhere", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.pods("").EvictV1(ctx, &policyv1.Eviction{ObjectMeta: eviction})
		}, named, false},
		{"evict v1beta1", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.pods("shop").EvictV1beta1(ctx, &policyv1beta1.Eviction{ObjectMeta: eviction})
		}, named, false},
		{"evict by policy", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.evict("shop", &policyv1.Eviction{ObjectMeta: eviction})
		}, named, false},
		{"evict by policy v1beta1", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.evictV1beta1("shop", &policyv1beta1.Eviction{ObjectMeta: eviction})
		}, named, false},
		{"finalize", func(ctx context.Context, s expanded) (any, error) {
			return s.finalize(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "shop"}, Spec: corev1.NamespaceSpec{Finalizers: []corev1.FinalizerName{"x"}}}, manager)
		}, differences{"Name": "shop"}, false},
		{"patch a status", func(ctx context.Context, s expanded) (any, error) {
			return s.patchStatus("a", []byte(`{"status":{"phase":"Running"}}`))
		}, nil, false},
		{"approve", func(ctx context.Context, s expanded) (any, error) {
			return s.approve(&certificatesv1beta1.CertificateSigningRequest{ObjectMeta: metav1.ObjectMeta{Name: "a"}}, manager)
		}, differences{"UpdateOptions": fmt.Sprint(manager)}, false},
		{"roll back", func(ctx context.Context, s expanded) (any, error) {
			return nil, s.rollback("shop", &extensionsv1beta1.DeploymentRollback{Name: "a"})
		},
			differences{"Name": "a", "Namespace": "shop"}, false},
		{"create an event", func(ctx context.Context, s expanded) (any, error) {
			return s.events("").CreateWithEventNamespaceWithContext(ctx, newEvent)
		}, nil, false},
		{"create an event of another namespace", func(ctx context.Context, s expanded) (any, error) {
			return s.events("bank").CreateWithEventNamespaceWithContext(ctx, newEvent)
		}, nil, false},
		{"update an event", func(ctx context.Context, s expanded) (any, error) {
			return s.events("shop").UpdateWithEventNamespaceWithContext(ctx, event)
		}, nil, false},
		{"patch an event", func(ctx context.Context, s expanded) (any, error) {
			return s.events("").PatchWithEventNamespaceWithContext(ctx, event, []byte(`{"count":3}`))
		}, nil, false},
		{"search events", func(ctx context.Context, s expanded) (any, error) {
			return s.events("shop").SearchWithContext(ctx, nil, event)
		}, nil, false},
		{"search events anywhere", func(ctx context.Context, s expanded) (any, error) {
			return s.events("").SearchWithContext(ctx, nil, event)
		}, nil, false},
		{"create an old event", func(ctx context.Context, s expanded) (any, error) {
			return s.oldEvents("shop").CreateWithEventNamespace(newOldEvent)
		}, nil, false},
		{"update an old event", func(ctx context.Context, s expanded) (any, error) {
			return s.oldEvents("shop").UpdateWithEventNamespace(oldEvent)
		}, nil, false},
		{"patch an old event", func(ctx context.Context, s expanded) (any, error) {
			return s.oldEvents("shop").PatchWithEventNamespace(oldEvent, []byte(`{"note":"x"}`))
		}, nil, false},
		{"create an old event anywhere", func(ctx context.Context, s expanded) (any, error) {
			return s.oldEvents("").CreateWithEventNamespace(newOldEvent)
		}, differences{"Namespace": "shop"}, true},
		{"update an old event anywhere", func(ctx context.Context, s expanded) (any, error) {
			return s.oldEvents("").UpdateWithEventNamespace(oldEvent)
		}, differences{"Namespace": "shop"}, true},
		{"patch an old event anywhere", func(ctx context.Context, s expanded) (any, error) {
			return s.oldEvents("").PatchWithEventNamespace(oldEvent, []byte(`{"note":"x"}`))
		}, differences{"Namespace": "shop"}, true},
		{"select events", func(ctx context.Context, s expanded) (any, error) { return s.selector(), nil }, nil, false},
		{"proxy", func(ctx context.Context, s expanded) (any, error) { s.proxies("shop"); return nil, nil }, nil, false},
		{"log", func(ctx context.Context, s expanded) (any, error) {
			return s.log("shop", "a", &corev1.PodLogOptions{Container: "app"})
		}, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			theirs, ours := theirExpanded(t.Context()), ourExpanded(t.Context())
			wantResult, wantErr := tt.call(t.Context(), theirs)
			result, err := tt.call(t.Context(), ours)
			if tt.fine {
				require.Error(t, wantErr)
				require.NoError(t, err)
			} else {
				require.Equal(t, wantErr == nil, err == nil, "%v\n%v", wantErr, err)
			}
			if wantErr == nil {
				require.Equal(t, wantResult, result)
			}

			require.Len(t, theirs.actions(), 1)
			require.Len(t, ours.actions(), 1)
			want, have := asked(theirs.actions()[0]), asked(ours.actions()[0])
			for field, value := range tt.ours {
				require.Equal(t, value, fmt.Sprint(have[field]), field)
				require.NotEqual(t, want[field], have[field], "%s is no difference any more", field)
				require.True(t, reflect.ValueOf(want[field]).IsZero(), "client-go says nothing of %s", field)
				delete(want, field)
				delete(have, field)
			}
			require.Equal(t, want, have)
		})
	}
}
