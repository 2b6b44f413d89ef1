// Package dynamic reads and writes objects of any resource, without a Go type for them.
//
//	client.Resource(GVR{apps, v1, deployments}).Namespace("shop").Get(ctx, "web", …)
//	                 │                           │                   │
//	GET /apis/apps/v1/namespaces/shop/deployments/web ◀──────────────┘
//	{"kind": "Deployment", "spec": {"replicas": 2}}
//	 └──▶ *unstructured.Unstructured{Object: map[string]any{"kind": "Deployment", …}}
//
// The caller names the resource ("deployments"), not the kind: lib/restmapper knows which belongs to
// which. Everything is JSON, because a map can't be written as protobuf. A number without a fraction
// comes back as int64, any other as float64.
//
// Mistakes that no server could make sense of are refused before anything is sent: no object, no name, a name
// that would lead to another path. Errors of this kind begin with the call, such as
// `update deployments.apps "web" in "shop"`; what the server answers is returned as it is, for apierrors to test.
//
// Upstream: dynamic/interface.go, dynamic/simple.go, dynamic/scheme.go.
// Left out: CBOR, which is behind a feature gate; APIPathResolverFunc, which nothing here takes.
//
// Stricter than upstream: nil is no object to send, and null none in a list; every segment of the path is checked,
// where upstream checks name and namespace.
package dynamic

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// Interface makes clients for resources. Nothing is asked of the server: whether the resource
// exists shows at the first call, as a not-found error.
type Interface interface {
	Resource(resource schema.GroupVersionResource) NamespaceableResourceInterface
}

// NamespaceableResourceInterface is used as it is for a cluster-scoped resource and for lists and
// watches over all namespaces, and through Namespace for everything else.
type NamespaceableResourceInterface interface {
	Namespace(string) ResourceInterface
	ResourceInterface
}

// ResourceInterface is what can be done with the objects of one resource. Subresources are path
// segments after the name: Get(ctx, "web", opts, "scale").
type ResourceInterface interface {
	// Create stores obj. With subresources it posts obj to those of the object that obj names:
	// an Eviction to "eviction".
	Create(ctx context.Context, obj *unstructured.Unstructured, options metav1.CreateOptions, subresources ...string) (*unstructured.Unstructured, error)
	// Update replaces the object of obj's name. A conflict is answered if obj has a resourceVersion
	// and it isn't the newest.
	Update(ctx context.Context, obj *unstructured.Unstructured, options metav1.UpdateOptions, subresources ...string) (*unstructured.Unstructured, error)
	// UpdateStatus is Update of the subresource "status".
	UpdateStatus(ctx context.Context, obj *unstructured.Unstructured, options metav1.UpdateOptions) (*unstructured.Unstructured, error)
	Delete(ctx context.Context, name string, options metav1.DeleteOptions, subresources ...string) error
	// DeleteCollection deletes the objects that listOptions select; none select all.
	DeleteCollection(ctx context.Context, options metav1.DeleteOptions, listOptions metav1.ListOptions) error
	Get(ctx context.Context, name string, options metav1.GetOptions, subresources ...string) (*unstructured.Unstructured, error)
	// List returns items that say their own kind and apiVersion, also where the server left them out.
	List(ctx context.Context, opts metav1.ListOptions) (*unstructured.UnstructuredList, error)
	// Watch streams *unstructured.Unstructured, bookmarks too. An Error event holds a *metav1.Status.
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, options metav1.PatchOptions, subresources ...string) (*unstructured.Unstructured, error)
	// Apply makes options.FieldManager, without which the server refuses, the owner of the fields in obj and sets
	// them, and drops those that it owned before and are gone from obj. If another manager owns one with a different
	// value, the answer is a conflict, unless options.Force is set. obj must not have managedFields.
	Apply(ctx context.Context, name string, obj *unstructured.Unstructured, options metav1.ApplyOptions, subresources ...string) (*unstructured.Unstructured, error)
	// ApplyStatus is Apply of the subresource "status".
	ApplyStatus(ctx context.Context, name string, obj *unstructured.Unstructured, options metav1.ApplyOptions) (*unstructured.Unstructured, error)
}
