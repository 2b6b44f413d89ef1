package demo_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
)

// tableServer answers every request with body, if it is asked for a table.
func tableServer(t *testing.T, body string) rest.Interface {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "application/json;as=Table;v=v1;g=meta.k8s.io" {
			http.Error(w, "no table is wanted", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := rest.RESTClientFor(&rest.Config{
		Host: server.URL, APIPath: "/api",
		ContentConfig: rest.ContentConfig{GroupVersion: &schema.GroupVersion{Version: "v1"}, NegotiatedSerializer: scheme.Codecs},
	})
	require.NoError(t, err)
	t.Cleanup(client.Client.CloseIdleConnections)
	return client
}

const columns = `"columnDefinitions":[{"name":"Last Seen","priority":0},{"name":"Message","priority":0},{"name":"Count","priority":1}]`

func TestTableIsTheServers(t *testing.T) {
	client := tableServer(t, `{"kind":"Table",`+columns+`,"rows":[{"cells":["5s","It is yellow",12]},{"cells":["<unknown>","",1]}]}`)
	told, err := demo.Table(t.Context(), client.Get().Resource("events"))
	require.NoError(t, err)
	require.Equal(t, "LAST SEEN  MESSAGE\n5s         It is yellow\n<unknown>", told)

	told, err = demo.Table(t.Context(), client.Get().Resource("events"), "Count", "Last Seen")
	require.NoError(t, err)
	require.Equal(t, "COUNT  LAST SEEN\n12     5s\n1      <unknown>", told)

	_, err = demo.Table(t.Context(), client.Get().Resource("events"), "Colour")
	require.EqualError(t, err, `the server's table has no column "Colour"`)
}

func TestTableOfNothing(t *testing.T) {
	told, err := demo.Table(t.Context(), tableServer(t, `{"kind":"Table",`+columns+`}`).Get().Resource("events"))
	require.NoError(t, err)
	require.Equal(t, "No resources found", told)
}

func TestTableThatIsNone(t *testing.T) {
	_, err := demo.Table(t.Context(), tableServer(t, `hello`).Get().Resource("events"))
	require.ErrorContains(t, err, "decode the server's table")
	_, err = demo.Table(t.Context(), tableServer(t, `{"kind":"Table",`+columns+`,"rows":[{"cells":["5s"]}]}`).Get().Resource("events"))
	require.EqualError(t, err, "the server's table has 3 columns, and a row with 1 cells")
}
