package apitest

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Builtin returns the resources that a Server has unless its Config says otherwise.
func Builtin() []Resource {
	core, apps, events := corev1.SchemeGroupVersion.WithKind, appsv1.SchemeGroupVersion.WithKind, eventsv1.SchemeGroupVersion.WithKind
	return []Resource{
		{GroupVersionKind: core("Namespace"), ShortNames: []string{"ns"}, Status: true},
		{GroupVersionKind: core("Node"), ShortNames: []string{"no"}, Status: true},
		{GroupVersionKind: core("ConfigMap"), ShortNames: []string{"cm"}, Namespaced: true},
		{GroupVersionKind: core("Event"), ShortNames: []string{"ev"}, Namespaced: true},
		{GroupVersionKind: core("Pod"), ShortNames: []string{"po"}, Namespaced: true, Status: true, Fields: []string{"spec.nodeName", "status.phase"}},
		{GroupVersionKind: core("Secret"), Namespaced: true},
		{GroupVersionKind: core("Service"), ShortNames: []string{"svc"}, Namespaced: true, Status: true},
		{GroupVersionKind: core("ServiceAccount"), ShortNames: []string{"sa"}, Namespaced: true},
		{GroupVersionKind: apps("DaemonSet"), ShortNames: []string{"ds"}, Namespaced: true, Status: true},
		{GroupVersionKind: apps("Deployment"), ShortNames: []string{"deploy"}, Namespaced: true, Status: true},
		{GroupVersionKind: apps("ReplicaSet"), ShortNames: []string{"rs"}, Namespaced: true, Status: true},
		{GroupVersionKind: apps("StatefulSet"), ShortNames: []string{"sts"}, Namespaced: true, Status: true},
		{GroupVersionKind: events("Event"), ShortNames: []string{"ev"}, Namespaced: true},
	}
}

// builtinScheme knows the kinds of Builtin.
func builtinScheme() *runtime.Scheme {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, eventsv1.AddToScheme} {
		if err := add(scheme); err != nil {
			panic(err) // only two types of one name can cause it
		}
	}
	return scheme
}
