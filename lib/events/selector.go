package events

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	eventsv1beta1 "k8s.io/api/events/v1beta1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// GetFieldSelector selects the events about an object, for List and Watch through eventsGroupVersion: core/v1 or
// events.k8s.io, which have other names for the same fields. What is empty may be anything.
func GetFieldSelector(eventsGroupVersion schema.GroupVersion, regardingGroupVersionKind schema.GroupVersionKind, regardingName string, regardingUID types.UID) (fields.Selector, error) {
	var about string
	switch eventsGroupVersion {
	case eventsv1.SchemeGroupVersion, eventsv1beta1.SchemeGroupVersion:
		about = "regarding."
	case corev1.SchemeGroupVersion:
		about = "involvedObject."
	default:
		return nil, fmt.Errorf("select events: %q has none", eventsGroupVersion)
	}
	set := fields.Set{}
	for field, value := range map[string]string{
		"name":       regardingName,
		"kind":       regardingGroupVersionKind.Kind,
		"apiVersion": regardingGroupVersionKind.GroupVersion().String(),
		"uid":        string(regardingUID),
	} {
		if value != "" {
			set[about+field] = value
		}
	}
	return set.AsSelector(), nil
}
