// Package v1 has the typed client for events.k8s.io/v1: events as lib/events records them.
//
//	EventsV1Client ──Events("shop")──▶ EventInterface ──Create(ctx, event)──▶ POST /apis/events.k8s.io/v1/namespaces/shop/events
//	                                                                                │
//	      typed/core/v1 ──Events("shop")──▶ … ──List──▶ GET /api/v1/…/events ◀── the same objects
//
// Both groups serve one set of events, each with its own names for the fields: regarding here is involvedObject there,
// note is message, and series is what count, firstTimestamp and lastTimestamp were. What is created through one is read, watched
// and deleted through the other. Only this group insists on an eventTime, an action, and who reports.
//
// Upstream: kubernetes/typed/events/v1. Only v1beta1 has methods of its own there (CreateWithEventNamespace and the like): with v1 the
// namespace of a client and of an event are the same.
// Left out: Apply methods.
package v1
