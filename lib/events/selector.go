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
	var terms []fields.Selector
	for _, term := range [][2]string{
		{"apiVersion", regardingGroupVersionKind.GroupVersion().String()},
		{"kind", regardingGroupVersionKind.Kind},
		{"name", regardingName},
		{"uid", string(regardingUID)},
	} {
		if field, value := term[0], term[1]; value != "" {
			terms = append(terms, fields.OneTermEqualSelector(about+field, value))
		}
	}
	return fields.AndSelectors(terms...), nil
}
