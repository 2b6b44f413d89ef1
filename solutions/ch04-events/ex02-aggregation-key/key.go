// Package aggregationkey says which events are similar.
//
//	event ──▶ Key ──▶ group  "replicaset-controller, ReplicaSet shop/web, Normal SuccessfulCreate"
//	              └─▶ own    "Created pod: web-7x2kq"
//
//	of one group: nine different ones, each an object in the API; from the tenth on one object for all
package aggregationkey

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Key returns what similar events have in common, and what tells one of them from the others: its message.
//
// Events are similar if they come from the same source and reporter, are about the same object, and have the same type and
// reason. When they happened doesn't matter, nor how often, nor what they are called; nor which part of the object they are
// about. The same object is the same UID, and all else that says which one: an object that was deleted and made anew, under
// its old name, is another one.
func Key(event *corev1.Event) (group, own string) {
	// BEGIN SOLUTION: Put together what the events of one group have in common, so that no two groups have the same key.

	about := event.InvolvedObject
	return strings.Join([]string{
		event.Source.Component, event.Source.Host,
		about.Kind, about.Namespace, about.Name, string(about.UID), about.APIVersion,
		event.Type, event.Reason,
		event.ReportingController, event.ReportingInstance,
	}, "\x00"), event.Message
	// END SOLUTION
}
