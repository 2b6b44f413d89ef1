package fake

import (
	"cmp"

	eventsv1beta1 "k8s.io/api/events/v1beta1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/testing"
	"client-go-workbook/lib/typed"
)

func (c *fakeEvents) CreateWithEventNamespace(event *eventsv1beta1.Event) (*eventsv1beta1.Event, error) {
	return typed.Invoke(c.Fake.Fake, testing.NewCreateAction(c.Resource(), c.namespaceFor(event), event), event)
}

func (c *fakeEvents) UpdateWithEventNamespace(event *eventsv1beta1.Event) (*eventsv1beta1.Event, error) {
	return typed.Invoke(c.Fake.Fake, testing.NewUpdateAction(c.Resource(), c.namespaceFor(event), event), event)
}

func (c *fakeEvents) PatchWithEventNamespace(event *eventsv1beta1.Event, data []byte) (*eventsv1beta1.Event, error) {
	action := testing.NewPatchAction(c.Resource(), c.namespaceFor(event), event.Name, types.StrategicMergePatchType, data)
	return typed.Invoke(c.Fake.Fake, action, event)
}

// namespaceFor is the client's own. Only a client of all namespaces looks where the event belongs.
func (c *fakeEvents) namespaceFor(event *eventsv1beta1.Event) string {
	return cmp.Or(c.Namespace(), event.Namespace)
}
