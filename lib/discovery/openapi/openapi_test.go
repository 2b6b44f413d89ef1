package openapi_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/openapi"
	"client-go-workbook/lib/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const index = `{"paths":{
	"api/v1":{"serverRelativeURL":"/openapi/v3/api/v1?hash=11&x=a%20b"},
	"apis/apps/v1":{"serverRelativeURL":"/prefix/openapi/v3/apis/apps/v1?hash=22"},
	"elsewhere":{"serverRelativeURL":"/documents/elsewhere?hash=33"},
	"broken":{"serverRelativeURL":"/openapi/v3/%zz"}}}`

// serve answers /openapi/v3 with index below the prefix, and every other path with itself and what was accepted.
func serve(t *testing.T, prefix, index string) rest.Interface {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == prefix+"/openapi/v3":
			_, _ = io.WriteString(w, index)
		case r.Header.Get("Accept") == "text/x-unknown":
			http.Error(w, "only JSON", http.StatusNotAcceptable)
		default:
			_, _ = io.WriteString(w, r.URL.RequestURI()+" as "+r.Header.Get("Accept"))
		}
	}))
	t.Cleanup(server.Close)
	config := &rest.Config{Host: server.URL + prefix}
	httpClient, err := rest.HTTPClientFor(config)
	require.NoError(t, err)
	t.Cleanup(httpClient.CloseIdleConnections)
	client, err := discovery.NewDiscoveryClientForConfigAndClient(config, httpClient)
	require.NoError(t, err)
	return client.RESTClient()
}

func TestSchemaIsReadWhereTheServerSays(t *testing.T) {
	for _, prefix := range []string{"", "/prefix"} {
		paths, err := openapi.NewClientWithContext(serve(t, prefix, index)).PathsWithContext(t.Context())
		require.NoError(t, err)
		require.Len(t, paths, 4)
		for path, want := range map[string]string{
			"api/v1":       prefix + "/openapi/v3/api/v1?hash=11&x=a+b",
			"apis/apps/v1": "/prefix/openapi/v3/apis/apps/v1?hash=22", // the prefix is there already
			"elsewhere":    prefix + "/documents/elsewhere?hash=33",
		} {
			document, err := paths[path].SchemaWithContext(t.Context(), "application/json")
			require.NoError(t, err, path)
			require.Equal(t, want+" as application/json", string(document))
		}
	}
}

func TestServerRelativeURLIsTheCacheKey(t *testing.T) {
	paths, err := openapi.NewClient(serve(t, "/prefix", index)).Paths()
	require.NoError(t, err)
	require.Equal(t, "/openapi/v3/api/v1?hash=11&x=a%20b", paths["api/v1"].ServerRelativeURL())
	require.Equal(t, "/openapi/v3/apis/apps/v1?hash=22", paths["apis/apps/v1"].ServerRelativeURL(), "without the client's prefix")
	document, err := paths["api/v1"].Schema(openapi.ContentTypeOpenAPIV3PB)
	require.NoError(t, err)
	require.True(t, strings.HasSuffix(string(document), " as application/com.github.proto-openapi.spec.v3@v1.0+protobuf"))
}

func TestErrorsNameTheDocument(t *testing.T) {
	paths, err := openapi.NewClient(serve(t, "", index)).Paths()
	require.NoError(t, err)
	_, err = paths["api/v1"].Schema("text/x-unknown")
	require.ErrorContains(t, err, `get OpenAPI document "api/v1" as text/x-unknown: `)
	require.True(t, apierrors.IsNotAcceptable(err))
	_, err = paths["broken"].Schema("application/json")
	require.ErrorContains(t, err, `get OpenAPI document "broken" as application/json: `)

	_, err = openapi.NewClient(serve(t, "", "<html>")).Paths()
	require.ErrorContains(t, err, "parse the OpenAPI documents at /openapi/v3: ")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = openapi.NewClientWithContext(serve(t, "", index)).PathsWithContext(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "list OpenAPI documents at /openapi/v3: ")
}

// plain is somebody's client that knows no contexts.
type plain map[string]openapi.GroupVersion

func (p plain) Paths() (map[string]openapi.GroupVersion, error) { return p, nil }

type plainDocument string

func (d plainDocument) Schema(contentType string) ([]byte, error) {
	return []byte(string(d) + " as " + contentType), nil
}
func (d plainDocument) ServerRelativeURL() string { return "/" + string(d) }

func TestClientsWithoutContexts(t *testing.T) {
	paths, err := openapi.ToClientWithContext(plain{"api/v1": plainDocument("core")}).PathsWithContext(t.Context())
	require.NoError(t, err)
	document, err := paths["api/v1"].SchemaWithContext(t.Context(), "json")
	require.NoError(t, err)
	require.Equal(t, "core as json", string(document))
	require.Equal(t, "/core", paths["api/v1"].ServerRelativeURL())

	both := openapi.NewClient(serve(t, "", index))
	require.Same(t, both, openapi.ToClientWithContext(both))
	require.True(t, openapi.ToClientWithContext(nil) == nil)
	require.True(t, openapi.ToGroupVersionWithContext(nil) == nil)
}
