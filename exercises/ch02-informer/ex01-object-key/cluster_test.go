package objectkey_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	objectkey "client-go-workbook/exercises/ch02-informer/ex01-object-key"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/store"
)

// A reconcile function has the key alone. With what Split makes of it, the server must return the very same object.
// All of these are the server's own: nobody removes them meanwhile.
func TestClusterFindsWhatTheKeySays(t *testing.T) {
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	client, err := dynamic.NewForConfig(cfg)
	inverse.NoError(t, err, "make a client for the cluster")

	own := metav1.ListOptions{LabelSelector: "kubernetes.io/bootstrapping=rbac-defaults"}
	for _, test := range []struct {
		group, resource string
		which           metav1.ListOptions
	}{
		{"", "namespaces", metav1.ListOptions{FieldSelector: "metadata.name=kube-system"}},
		{"", "services", metav1.ListOptions{FieldSelector: "metadata.name=kubernetes,metadata.namespace=default"}},
		{"rbac.authorization.k8s.io", "clusterroles", own},
		{"rbac.authorization.k8s.io", "roles", own},
	} {
		objects := client.Resource(schema.GroupVersionResource{Group: test.group, Version: "v1", Resource: test.resource})
		list, err := objects.List(t.Context(), test.which)
		inverse.NoError(t, err, "list %s", test.resource)
		inverse.Equal(t, true, len(list.Items) > 0, "has the cluster any of its own %s", test.resource)
		for i := range list.Items[:min(5, len(list.Items))] {
			listed := &list.Items[i]
			key, err := store.MetaNamespaceKeyFunc(listed)
			inverse.NoError(t, err, "make the key of one of the %s", test.resource)
			namespace, name, err := objectkey.Split(key)
			inverse.NoError(t, err, "Split(%q)", key)
			found, err := objects.Namespace(namespace).Get(t.Context(), name, metav1.GetOptions{})
			inverse.NoError(t, err, "get one of the %s, %q in namespace %q, for the key %q", test.resource, name, namespace, key)
			inverse.Equal(t, listed.GetUID(), found.GetUID(), "compare the uids of what was listed and what was found by the key %q", key)
		}
	}
}
