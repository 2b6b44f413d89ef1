package record

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// keySeparator stands between the fields of a key, so that namespace "a", name "bc" is not namespace "ab", name "c".
// Upstream has none.
const keySeparator = "\x00"

// eventKey is equal for events that differ in their times and names only.
func eventKey(event *corev1.Event) string {
	return strings.Join([]string{
		event.Source.Component, event.Source.Host,
		event.InvolvedObject.Kind, event.InvolvedObject.Namespace, event.InvolvedObject.Name, event.InvolvedObject.FieldPath,
		string(event.InvolvedObject.UID), event.InvolvedObject.APIVersion,
		event.Type, event.Reason, event.Message,
	}, keySeparator)
}

// spamKey is equal for events of one type that one source sends about one object.
func spamKey(event *corev1.Event) string {
	return strings.Join([]string{
		event.Source.Component, event.Source.Host,
		event.InvolvedObject.Kind, event.InvolvedObject.Namespace, event.InvolvedObject.Name,
		string(event.InvolvedObject.UID), event.InvolvedObject.APIVersion,
		event.Type,
	}, keySeparator)
}

// EventAggregatorByReasonFunc takes events for similar if nothing but the message, or the field of the object, is
// different. The message is what tells them apart. The event must not be nil.
func EventAggregatorByReasonFunc(event *corev1.Event) (aggregateKey, localKey string) {
	return strings.Join([]string{
		event.Source.Component, event.Source.Host,
		event.InvolvedObject.Kind, event.InvolvedObject.Namespace, event.InvolvedObject.Name,
		string(event.InvolvedObject.UID), event.InvolvedObject.APIVersion,
		event.Type, event.Reason,
		event.ReportingController, event.ReportingInstance,
	}, keySeparator), event.Message
}
