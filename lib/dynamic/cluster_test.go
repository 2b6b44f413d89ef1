package dynamic_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

var services = schema.GroupVersionResource{Version: "v1", Resource: "services"}

// live is the real API server: a client, a context, and a namespace that all tests share, because it is the end of a
// namespace that takes long.
type live struct {
	ctx       context.Context
	client    *dynamic.DynamicClient
	namespace string
}

func TestOnTheCluster(t *testing.T) {
	config := rest.CopyConfig(cluster.ForTest(t))
	config.QPS = -1
	httpClient, err := rest.HTTPClientFor(config)
	require.NoError(t, err)
	t.Cleanup(httpClient.CloseIdleConnections)
	client, err := dynamic.NewForConfigAndClient(config, httpClient)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)

	c := live{ctx, client, cluster.NamespaceForTest(t, config)}
	t.Run("settles who owns a field", c.settlesWhoOwnsAField)
	t.Run("keeps status apart", c.keepsStatusApart)
	t.Run("deletes a collection by label", c.deletesACollectionByLabel)
	t.Run("lists in pages", c.listsInPages)
	t.Run("watch tells ones own changes", c.watchTellsOnesOwnChanges)
	t.Run("scales through the subresource", c.scalesThroughTheSubresource)
	t.Run("leaves to the server what the server knows", c.leavesToTheServerWhatTheServerKnows)
	t.Run("refuses what it does not know", c.refusesWhatItDoesNotKnow)
}

func (c live) settlesWhoOwnsAField(t *testing.T) {
	maps := c.client.Resource(configMaps).Namespace(c.namespace)
	apply := func(manager string, force bool, data object) (*unstructured.Unstructured, error) {
		return maps.Apply(c.ctx, "menu", configMap("menu", data), metav1.ApplyOptions{FieldManager: manager, Force: force})
	}

	_, err := apply("cook", false, object{"soup": "leek", "main": "pie"})
	require.NoError(t, err)
	_, err = apply("boss", false, object{"soup": "pea"})
	require.True(t, apierrors.IsConflict(err), "%v", err)
	require.ErrorContains(t, err, `conflict with "cook"`)
	_, err = apply("boss", false, object{"soup": "leek"})
	require.NoError(t, err, "two may own a field while they agree")
	menu, err := apply("boss", true, object{"soup": "pea"})
	require.NoError(t, err)
	require.Equal(t, object{"soup": "pea", "main": "pie"}, menu.Object["data"])

	// The cook no longer owns the soup, so leaving it out keeps it; the main course is the cook's to drop.
	menu, err = apply("cook", false, object{})
	require.NoError(t, err)
	require.Equal(t, object{"soup": "pea"}, menu.Object["data"])

	_, err = maps.Apply(c.ctx, "menu", menu, metav1.ApplyOptions{FieldManager: "cook"})
	require.ErrorContains(t, err, "managedFields", "what was read is not what one wants")
}

func (c live) keepsStatusApart(t *testing.T) {
	web := &unstructured.Unstructured{Object: object{
		"apiVersion": "v1", "kind": "Service", "metadata": object{"name": "web"},
		"spec": object{"ports": []any{object{"port": int64(80)}}},
	}}
	created, err := c.client.Resource(services).Namespace(c.namespace).Create(c.ctx, web, metav1.CreateOptions{})
	require.NoError(t, err)

	condition := object{"type": "Fed", "status": "True", "reason": "Lunch", "message": "", "lastTransitionTime": "2026-01-01T12:00:00Z"}
	require.NoError(t, unstructured.SetNestedSlice(created.Object, []any{condition}, "status", "conditions"))
	require.NoError(t, unstructured.SetNestedField(created.Object, "ClientIP", "spec", "sessionAffinity"))
	updated, err := c.client.Resource(services).Namespace(c.namespace).UpdateStatus(c.ctx, created, metav1.UpdateOptions{})
	require.NoError(t, err)
	affinity, _, _ := unstructured.NestedString(updated.Object, "spec", "sessionAffinity")
	require.Equal(t, "None", affinity, "UpdateStatus changed the spec")
	conditions, _, _ := unstructured.NestedSlice(updated.Object, "status", "conditions")
	require.Len(t, conditions, 1)

	condition["type"] = "Rested"
	status := &unstructured.Unstructured{Object: object{
		"apiVersion": "v1", "kind": "Service", "metadata": object{"name": "web"}, "status": object{"conditions": []any{condition}},
	}}
	applied, err := c.client.Resource(services).Namespace(c.namespace).ApplyStatus(c.ctx, "web", status, metav1.ApplyOptions{FieldManager: "me"})
	require.NoError(t, err)
	conditions, _, _ = unstructured.NestedSlice(applied.Object, "status", "conditions")
	require.Len(t, conditions, 2, "conditions are merged by type")
}

func (c live) deletesACollectionByLabel(t *testing.T) {
	maps := c.client.Resource(configMaps).Namespace(c.namespace)
	for name, app := range map[string]string{"a": "web", "b": "web", "c": "db"} {
		m := configMap(name, nil)
		m.SetLabels(map[string]string{"app": app})
		_, err := maps.Create(c.ctx, m, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	require.NoError(t, maps.DeleteCollection(c.ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=web"}))
	left, err := maps.List(c.ctx, metav1.ListOptions{LabelSelector: "app"})
	require.NoError(t, err)
	require.Len(t, left.Items, 1)
	require.Equal(t, "c", left.Items[0].GetName())
}

func (c live) listsInPages(t *testing.T) {
	maps := c.client.Resource(configMaps).Namespace(c.namespace)
	for i := range 25 {
		m := configMap(fmt.Sprintf("map-%02d", i), nil)
		m.SetLabels(map[string]string{"page": "yes"}) // the namespace has a config map of its own
		_, err := maps.Create(c.ctx, m, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	var sizes []int
	var names []string
	for opts := (metav1.ListOptions{Limit: 10, LabelSelector: "page"}); ; {
		page, err := maps.List(c.ctx, opts)
		require.NoError(t, err)
		require.Equal(t, schema.GroupVersionKind{Version: "v1", Kind: "ConfigMapList"}, page.GroupVersionKind())
		for _, item := range page.Items {
			require.Equal(t, schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}, item.GroupVersionKind())
			names = append(names, item.GetName())
		}
		sizes = append(sizes, len(page.Items))
		if opts.Continue = page.GetContinue(); opts.Continue == "" {
			break
		}
	}
	require.Equal(t, []int{10, 10, 5}, sizes)
	require.IsIncreasing(t, names, "etcd's order, and each once")
}

func (c live) watchTellsOnesOwnChanges(t *testing.T) {
	maps := c.client.Resource(configMaps).Namespace(c.namespace)
	list, err := maps.List(c.ctx, metav1.ListOptions{})
	require.NoError(t, err)
	w, err := maps.Watch(c.ctx, metav1.ListOptions{ResourceVersion: list.GetResourceVersion(), FieldSelector: "metadata.name=specials"})
	require.NoError(t, err)
	defer w.Stop()

	specials, err := maps.Create(c.ctx, configMap("specials", object{"soup": "leek"}), metav1.CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, unstructured.SetNestedField(specials.Object, "pea", "data", "soup"))
	_, err = maps.Update(c.ctx, specials, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.NoError(t, maps.Delete(c.ctx, "specials", metav1.DeleteOptions{}))

	var told []string
	for range 3 {
		told = append(told, tell(<-w.ResultChan()))
	}
	require.Equal(t, []string{
		"ADDED ConfigMap specials map[soup:leek]",
		"MODIFIED ConfigMap specials map[soup:pea]",
		"DELETED ConfigMap specials map[soup:pea]",
	}, told)
}

func (c live) scalesThroughTheSubresource(t *testing.T) {
	web := deployment("web")
	labels := object{"app": "web"}
	web.Object["spec"] = object{
		"replicas": int64(0),
		"selector": object{"matchLabels": labels},
		"template": object{
			"metadata": object{"labels": labels},
			"spec": object{
				"schedulerName": "nobody", // pods that don't run are gone sooner
				"containers":    []any{object{"name": "app", "image": "example.com/none"}},
			},
		},
	}
	deployments := c.client.Resource(deployments).Namespace(c.namespace)
	_, err := deployments.Create(c.ctx, web, metav1.CreateOptions{})
	require.NoError(t, err)

	scale, err := deployments.Get(c.ctx, "web", metav1.GetOptions{}, "scale")
	require.NoError(t, err)
	require.Equal(t, schema.GroupVersionKind{Group: "autoscaling", Version: "v1", Kind: "Scale"}, scale.GroupVersionKind())
	require.NoError(t, unstructured.SetNestedField(scale.Object, int64(2), "spec", "replicas"))
	scale.SetResourceVersion("") // the deployment controller writes too
	_, err = deployments.Update(c.ctx, scale, metav1.UpdateOptions{}, "scale")
	require.NoError(t, err)
	got, err := deployments.Get(c.ctx, "web", metav1.GetOptions{})
	require.NoError(t, err)
	replicas, _, _ := unstructured.NestedInt64(got.Object, "spec", "replicas")
	require.Equal(t, int64(2), replicas)
}

func (c live) leavesToTheServerWhatTheServerKnows(t *testing.T) {
	maps := c.client.Resource(configMaps).Namespace(c.namespace)
	bare := &unstructured.Unstructured{Object: object{"metadata": object{"name": "bare"}}}
	created, err := maps.Create(c.ctx, bare, metav1.CreateOptions{})
	require.NoError(t, err, "the path says that it is a config map")
	require.Equal(t, "ConfigMap", created.GetKind())
	require.Equal(t, "v1", created.GetAPIVersion())

	_, err = maps.Apply(c.ctx, "bare", configMap("bare", nil), metav1.ApplyOptions{})
	require.ErrorContains(t, err, "fieldManager")
	require.True(t, apierrors.IsInvalid(err), "%v", err)
}

func (c live) refusesWhatItDoesNotKnow(t *testing.T) {
	_, err := c.client.Resource(schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "dragons"}).List(c.ctx, metav1.ListOptions{})
	require.True(t, apierrors.IsNotFound(err), "an unknown resource: %v", err)
	_, err = c.client.Resource(configMaps).Namespace(c.namespace+"-none").Create(c.ctx, configMap("a", nil), metav1.CreateOptions{})
	require.True(t, apierrors.IsNotFound(err), "an unknown namespace: %v", err)
	_, err = c.client.Resource(nodes).Namespace(c.namespace).List(c.ctx, metav1.ListOptions{})
	require.True(t, apierrors.IsNotFound(err), "nodes have no namespace: %v", err)
	_, err = c.client.Resource(configMaps).Create(c.ctx, configMap("a", nil), metav1.CreateOptions{})
	require.Error(t, err, "config maps have one")

	other := configMap("a", nil)
	other.SetKind("Secret")
	_, err = c.client.Resource(configMaps).Namespace(c.namespace).Create(c.ctx, other, metav1.CreateOptions{})
	require.True(t, apierrors.IsBadRequest(err), "a Secret is no config map: %v", err)
}
