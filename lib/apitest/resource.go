package apitest

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Resource is one kind of object that a Server serves. A kind that the Server's scheme does not know is kept as
// Unstructured and spoken in JSON only, as a real server does with custom resources.
type Resource struct {
	schema.GroupVersionKind

	Plural     string   // as in the path: "pods"
	ShortNames []string // for discovery: "po"
	Categories []string // for discovery: "all"
	Namespaced bool

	// Status adds the subresource "status". Its kinds also count metadata.generation.
	Status bool

	// Fields gives what a field selector can ask for, beyond metadata.name and metadata.namespace: for every object
	// the same names, also for an empty one. It may be nil.
	Fields func(runtime.Object) fields.Set
}

// GroupVersionResource is the resource's full name.
func (r Resource) GroupVersionResource() schema.GroupVersionResource {
	return r.GroupVersion().WithResource(r.Plural)
}

func (r Resource) groupResource() schema.GroupResource {
	return schema.GroupResource{Group: r.Group, Resource: r.Plural}
}

func (r Resource) singular() string { return strings.ToLower(r.Kind) }

// Builtin returns the resources that a Server has unless its Config says otherwise.
func Builtin() []Resource {
	core, apps, events := corev1.SchemeGroupVersion.WithKind, appsv1.SchemeGroupVersion.WithKind, eventsv1.SchemeGroupVersion.WithKind
	all := []string{"all"}
	return []Resource{
		{GroupVersionKind: core("Namespace"), Plural: "namespaces", ShortNames: []string{"ns"}, Status: true},
		{GroupVersionKind: core("Node"), Plural: "nodes", ShortNames: []string{"no"}, Status: true},
		{GroupVersionKind: core("ConfigMap"), Plural: "configmaps", ShortNames: []string{"cm"}, Namespaced: true},
		{GroupVersionKind: core("Event"), Plural: "events", ShortNames: []string{"ev"}, Namespaced: true},
		{GroupVersionKind: core("Pod"), Plural: "pods", ShortNames: []string{"po"}, Categories: all, Namespaced: true, Status: true, Fields: podFields},
		{GroupVersionKind: core("Secret"), Plural: "secrets", Namespaced: true},
		{GroupVersionKind: core("Service"), Plural: "services", ShortNames: []string{"svc"}, Categories: all, Namespaced: true, Status: true},
		{GroupVersionKind: core("ServiceAccount"), Plural: "serviceaccounts", ShortNames: []string{"sa"}, Namespaced: true},
		{GroupVersionKind: apps("DaemonSet"), Plural: "daemonsets", ShortNames: []string{"ds"}, Categories: all, Namespaced: true, Status: true},
		{GroupVersionKind: apps("Deployment"), Plural: "deployments", ShortNames: []string{"deploy"}, Categories: all, Namespaced: true, Status: true},
		{GroupVersionKind: apps("ReplicaSet"), Plural: "replicasets", ShortNames: []string{"rs"}, Categories: all, Namespaced: true, Status: true},
		{GroupVersionKind: apps("StatefulSet"), Plural: "statefulsets", ShortNames: []string{"sts"}, Categories: all, Namespaced: true, Status: true},
		{GroupVersionKind: events("Event"), Plural: "events", ShortNames: []string{"ev"}, Namespaced: true},
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

func podFields(obj runtime.Object) fields.Set {
	pod, ok := obj.(*corev1.Pod)
	if !ok {
		return nil
	}
	return fields.Set{"spec.nodeName": pod.Spec.NodeName, "status.phase": string(pod.Status.Phase)}
}
