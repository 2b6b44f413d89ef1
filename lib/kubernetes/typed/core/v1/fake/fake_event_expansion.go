package fake

import (
	"cmp"
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/testing"
	"client-go-workbook/lib/typed"
)

func (c *fakeEvents) CreateWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event) (*corev1.Event, error) {
	return typed.Invoke(c.Fake.Fake, testing.NewCreateAction(c.Resource(), c.namespaceFor(event), event), event)
}

func (c *fakeEvents) UpdateWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event) (*corev1.Event, error) {
	return typed.Invoke(c.Fake.Fake, testing.NewUpdateAction(c.Resource(), c.namespaceFor(event), event), event)
}

func (c *fakeEvents) PatchWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event, data []byte) (*corev1.Event, error) {
	action := testing.NewPatchAction(c.Resource(), c.namespaceFor(event), event.Name, types.StrategicMergePatchType, data)
	return typed.Invoke(c.Fake.Fake, action, event)
}

// namespaceFor is the client's own. Only a client of all namespaces looks where the event belongs.
func (c *fakeEvents) namespaceFor(event *corev1.Event) string {
	return cmp.Or(c.Namespace(), event.Namespace)
}

// SearchWithContext returns all events of the client's namespace, or of "default": fakes select by no fields.
func (c *fakeEvents) SearchWithContext(ctx context.Context, scheme *runtime.Scheme, objOrRef runtime.Object) (*corev1.EventList, error) {
	namespace := cmp.Or(c.Namespace(), corev1.NamespaceDefault)
	return typed.Invoke(c.Fake.Fake, testing.NewListAction(c.Resource(), c.Kind(), namespace, metav1.ListOptions{}), &corev1.EventList{})
}

// GetFieldSelector selects everything. It is written down as the action "get-field-selector".
func (c *fakeEvents) GetFieldSelector(involvedObjectName, involvedObjectNamespace, involvedObjectKind, involvedObjectUID *string) fields.Selector {
	action := testing.GenericActionImpl{ActionImpl: testing.ActionImpl{Verb: "get-field-selector", Resource: c.Resource()}}
	_, _ = c.Fake.Invokes(action, nil)
	return fields.Everything()
}
