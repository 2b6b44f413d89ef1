package apitest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/apitest"
)

func TestSmoke(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "a"}, Data: map[string]string{"k": "v"}}
	require.NoError(t, srv.Create(cm))
	for _, p := range []string{"/api", "/apis", "/api/v1", "/apis/apps/v1", "/version", "/api/v1/configmaps", "/api/v1/namespaces/shop/configmaps/a",
		"/api/v1/namespaces/shop/configmaps?watch=1&timeoutSeconds=1", "/api/v1/namespaces/shop/configmaps/b", "/api/v1/namespaces/shop/configmaps?watch=1&timeoutSeconds=1&resourceVersion=0"} {
		resp, err := srv.Client().Get(srv.URL + p)
		require.NoError(t, err)
		b, err := io.ReadAll(resp.Body)
		t.Log(p, resp.StatusCode, string(b), err)
	}
	resp, err := http.Post(srv.URL+"/api/v1/namespaces/shop/configmaps", "application/json", strings.NewReader(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x-"}}`))
	require.NoError(t, err)
	b, _ := io.ReadAll(resp.Body)
	t.Log(resp.StatusCode, string(b))
}
