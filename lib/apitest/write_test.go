package apitest_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
)

const (
	pods        = "/api/v1/namespaces/shop/pods"
	deployments = "/apis/apps/v1/namespaces/shop/deployments"
)

func TestLifeOfAnObject(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	p := peerOf(t, srv)

	created := p.do("POST", configMaps, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","uid":"mine"},"data":{"k":"1"}}`)
	require.Equal(t, "201", created.outcome())
	a := created.object()
	require.Equal(t, "2", a.GetResourceVersion())
	require.Equal(t, "shop", a.GetNamespace())
	require.NotEmpty(t, a.GetUID())
	require.NotEqual(t, "mine", string(a.GetUID()))
	require.False(t, a.GetCreationTimestamp().Time.IsZero())
	require.Equal(t, "409 AlreadyExists", p.do("POST", configMaps, `{"metadata":{"name":"a"}}`).outcome())

	require.NoError(t, unstructured.SetNestedField(a.Object, "2", "data", "k"))
	mine, err := json.Marshal(a)
	require.NoError(t, err)
	require.Equal(t, "200", p.do("PUT", configMaps+"/a", string(mine)).outcome())
	require.Equal(t, "409 Conflict", p.do("PUT", configMaps+"/a", string(mine)).outcome(), "mine is from before my own update")
	require.Equal(t, "3", p.get(configMaps+"/a").object().GetResourceVersion())

	gone := p.do("DELETE", configMaps+"/a", "")
	require.Equal(t, "200", gone.outcome())
	require.Equal(t, metav1.StatusSuccess, gone.status().Status)
	require.Equal(t, a.GetUID(), gone.status().Details.UID)
	require.Equal(t, "404 NotFound", p.get(configMaps+"/a").outcome())
	require.Equal(t, "404 NotFound", p.do("DELETE", configMaps+"/a", "").outcome())
	require.Equal(t, "404 NotFound", p.do("PUT", configMaps+"/a", string(mine)).outcome())
}

func TestRefusedWrites(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	p := peerOf(t, srv)
	require.NoError(t, srv.Create(configMap("a")))
	for _, tc := range []struct{ method, path, body, want string }{
		{"POST", configMaps, `{"metadata":{}}`, "422 Invalid"},
		{"POST", configMaps, `{"metadata":{"name":"b","namespace":"depot"}}`, "400 BadRequest"},
		{"POST", configMaps, `{"metadata":{"name":"b","resourceVersion":"1"}}`, "400 BadRequest"},
		{"POST", configMaps, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}`, "400 BadRequest"},
		{"POST", configMaps, `{"apiVersion":"v1","kind":"Whale","metadata":{"name":"b"}}`, "400 BadRequest"},
		{"POST", configMaps, `{"metadata":`, "400 BadRequest"},
		{"POST", configMaps + "?dryRun=All", `{"metadata":{"name":"b"}}`, "400 BadRequest"},
		{"POST", configMaps + "/a", `{}`, "405 MethodNotAllowed"},
		{"POST", "/api/v1/configmaps", `{"metadata":{"name":"b"}}`, "405 MethodNotAllowed"},
		{"PUT", configMaps, `{}`, "405 MethodNotAllowed"},
		{"PATCH", configMaps, `{}`, "405 MethodNotAllowed"},
		{"PUT", configMaps + "/a", `{"metadata":{"name":"b"}}`, "400 BadRequest"},
		{"PUT", configMaps + "/a", `{"metadata":{"name":"a","uid":"other"}}`, "409 Conflict"},
		{"DELETE", configMaps + "/a?dryRun=All", ``, "400 BadRequest"},
		{"POST", configMaps + "/a/status", `{}`, "404 NotFound"},
	} {
		require.Equal(t, tc.want, p.do(tc.method, tc.path, tc.body).outcome(), "%s %s %s", tc.method, tc.path, tc.body)
	}
	require.Equal(t, "2", srv.ResourceVersion(), "nothing has changed")
	require.Equal(t, "415 UnsupportedMediaType", p.do("POST", configMaps, "a,b", "Content-Type", "text/csv").outcome())
}

func TestUpdateWithoutAChangeIsNoChange(t *testing.T) {
	srv, p := shelf(t)
	require.Equal(t, "2", p.do("PUT", configMaps+"/a", `{"metadata":{"name":"a"}}`).object().GetResourceVersion())
	require.Equal(t, "7", srv.ResourceVersion())
}

func TestPatches(t *testing.T) {
	const (
		merge     = "application/merge-patch+json"
		strategic = "application/strategic-merge-patch+json"
		jsonPatch = "application/json-patch+json"
	)
	two := []corev1.Container{{Name: "app", Image: "app:1"}, {Name: "log", Image: "log:1"}}
	for name, tc := range map[string]struct {
		kind, patch, want string
		containers        []string
	}{
		"merge removes":      {merge, `{"spec":{"containers":null}}`, "200", []string{}},
		"merge replaces":     {merge, `{"spec":{"containers":[{"name":"app","image":"app:2"}]}}`, "200", []string{"app:2"}},
		"merge, no object":   {merge, `3`, "400 BadRequest", nil},
		"merge, no json":     {merge, `{`, "400 BadRequest", nil},
		"merge, wrong type":  {merge, `{"spec":3}`, "400 BadRequest", nil},
		"strategic merges":   {strategic, `{"spec":{"containers":[{"name":"log","image":"log:2"}]}}`, "200", []string{"app:1", "log:2"}},
		"stale":              {merge, `{"metadata":{"resourceVersion":"1"}}`, "409 Conflict", nil},
		"another name":       {merge, `{"metadata":{"name":"q"}}`, "400 BadRequest", nil},
		"json is not served": {jsonPatch, `[]`, "415 UnsupportedMediaType", nil},
	} {
		t.Run(name, func(t *testing.T) {
			srv := apitest.Start(t, apitest.Config{})
			require.NoError(t, srv.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "p"}, Spec: corev1.PodSpec{Containers: two}}))
			got := peerOf(t, srv).patch(pods+"/p", tc.kind, tc.patch)
			require.Equal(t, tc.want, got.outcome())
			if tc.containers == nil {
				return
			}
			var pod corev1.Pod
			require.NoError(t, json.Unmarshal(got.body, &pod))
			images := []string{}
			for _, c := range pod.Spec.Containers {
				images = append(images, c.Image)
			}
			require.Equal(t, tc.containers, images)
		})
	}
}

// The spec belongs to one endpoint, the status to the other.
func TestStatusIsApart(t *testing.T) {
	p := peerOf(t, apitest.Start(t, apitest.Config{}))
	const merge = "application/merge-patch+json"
	summary := func(r reply) string {
		replicas, _, _ := unstructured.NestedInt64(r.object().Object, "spec", "replicas")
		ready, _, _ := unstructured.NestedInt64(r.object().Object, "status", "readyReplicas")
		return fmt.Sprintf("%d of %d ready", ready, replicas)
	}
	const both = `{"metadata":{"name":"d","labels":{"l":"%d"}},"spec":{"replicas":%[1]d},"status":{"readyReplicas":%[1]d}}`
	require.Equal(t, "0 of 1 ready", summary(p.do("POST", deployments, fmt.Sprintf(both, 1))))
	require.Equal(t, "0 of 2 ready", summary(p.do("PUT", deployments+"/d", fmt.Sprintf(both, 2))))
	status := p.do("PUT", deployments+"/d/status", fmt.Sprintf(both, 3))
	require.Equal(t, "3 of 2 ready", summary(status))
	require.Equal(t, map[string]string{"l": "2"}, status.object().GetLabels())
	require.Equal(t, "4 of 2 ready", summary(p.patch(deployments+"/d/status", merge, fmt.Sprintf(both, 4))))
	require.Equal(t, "4 of 2 ready", summary(p.patch(deployments+"/d", merge, `{"metadata":{"labels":{"l":"5"}}}`)))
	require.Equal(t, "4 of 2 ready", summary(p.get(deployments+"/d/status")))
	stale := `{"metadata":{"name":"d","resourceVersion":"2"},"status":{"readyReplicas":9}}`
	require.Equal(t, "409 Conflict", p.do("PUT", deployments+"/d/status", stale).outcome())
	require.Equal(t, "404 NotFound", p.do("DELETE", deployments+"/d/status", "").outcome())
}

func TestDeleteCollection(t *testing.T) {
	srv, p := shelf(t)
	gone := p.do("DELETE", configMaps+"?fieldSelector=metadata.name!%3Dc", "")
	require.Equal(t, []string{"a", "b", "d", "e"}, gone.names())
	left, _ := srv.Objects(corev1.SchemeGroupVersion.WithResource("configmaps"))
	require.Len(t, left, 2)
	require.Equal(t, "x", left[0].(*corev1.ConfigMap).Name)
	require.Equal(t, "c", left[1].(*corev1.ConfigMap).Name)
}

// A kind that no Go type is registered for, as a custom resource is to a server.
func TestCustomResource(t *testing.T) {
	crab := schema.GroupVersionKind{Group: "sea.example.test", Version: "v1", Kind: "Crab"}
	srv := apitest.Start(t, apitest.Config{Resources: []apitest.Resource{{GroupVersionKind: crab, Plural: "crabs", Namespaced: true, Status: true}}})
	p := peerOf(t, srv)
	const crabs = "/apis/sea.example.test/v1/namespaces/shop/crabs"

	require.Equal(t, "400 BadRequest", p.do("POST", crabs, `{"apiVersion":"sea.example.test/v2","kind":"Crab","metadata":{"name":"a"}}`).outcome())
	created := p.do("POST", crabs, `{"apiVersion":"sea.example.test/v1","kind":"Crab","metadata":{"name":"a"},"spec":{"legs":10},"status":{"ok":true}}`)
	require.Equal(t, "201", created.outcome())
	require.NotContains(t, created.object().Object, "status")
	require.Equal(t, crab, created.object().GroupVersionKind())

	patched := p.patch(crabs+"/a/status", "application/merge-patch+json", `{"spec":{"legs":8},"status":{"ok":false}}`).object().Object
	require.Equal(t, map[string]any{"legs": int64(10)}, patched["spec"])
	require.Equal(t, map[string]any{"ok": false}, patched["status"])

	require.Equal(t, "415 UnsupportedMediaType", p.patch(crabs+"/a", "application/strategic-merge-patch+json", `{}`).outcome())
	require.Equal(t, "415 UnsupportedMediaType", p.do("POST", crabs, "k8s", "Content-Type", "application/vnd.kubernetes.protobuf").outcome())

	spec := p.patch(crabs+"/a", "application/merge-patch+json", `{"spec":{"legs":null,"claws":2}}`).object().Object["spec"]
	require.Equal(t, map[string]any{"claws": int64(2)}, spec, "null removes a field")

	list := p.get(crabs).list()
	require.Equal(t, "CrabList", list.GetKind())
	require.Equal(t, crab, list.Items[0].GroupVersionKind())
}

func TestDirectWritesGiveBackWhatTheServerSet(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	cm := configMap("a")
	require.NoError(t, srv.Create(cm))
	require.Equal(t, "2", cm.ResourceVersion)
	require.NotEmpty(t, cm.UID)
	stale := cm.DeepCopy()
	cm.Data = map[string]string{"k": "v"}
	require.NoError(t, srv.Update(cm))
	require.Equal(t, "3", cm.ResourceVersion)
	require.ErrorContains(t, srv.Update(stale), "the object has been modified")
	require.NoError(t, srv.Delete(cm))
	require.ErrorContains(t, srv.Delete(cm), `configmaps "a" not found`)
	require.ErrorContains(t, srv.Create(&corev1.PodTemplate{}), "no resource of kind /v1, Kind=PodTemplate")
	require.ErrorContains(t, srv.Create(&corev1.ConfigMap{}), `configmaps "" in namespace ""`)
	require.ErrorContains(t, srv.Create(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Namespace: "shop"}}), `nodes "" in namespace "shop"`)
}

func TestStoredObjectsAreNobodyElses(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	cm := configMap("a", "l", "stored")
	require.NoError(t, srv.Create(cm))
	cm.Labels["l"] = "changed by the writer"
	objects, _ := srv.Objects(corev1.SchemeGroupVersion.WithResource("configmaps"))
	objects[0].(*corev1.ConfigMap).Labels["l"] = "changed by a reader"
	require.Equal(t, "stored", peerOf(t, srv).get(configMaps + "/a").object().GetLabels()["l"])
}
