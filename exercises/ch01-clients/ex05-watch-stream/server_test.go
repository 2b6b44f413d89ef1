package watchstream_test

import (
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/apitest"
)

// The same over real connections, which a server ends in its own ways.
func TestServerEndsAWatch(t *testing.T) {
	for _, test := range []struct {
		name string
		end  func(*apitest.Server) // before the watch begins
		want []string
	}{
		{"in the middle of a frame", func(s *apitest.Server) { s.Inject(apitest.Fault{Do: apitest.Cut(2, 20)}) }, []string{"ADDED a", "ADDED b"}},
		{"between two frames", func(s *apitest.Server) { s.Inject(apitest.Fault{Do: apitest.Cut(1, 0)}) }, []string{"ADDED a"}},
		{"because it is too far back", (*apitest.Server).Compact, []string{"ERROR 410"}},
		{"when it has told everything", endSoon, []string{"ADDED a", "ADDED b", "ADDED c"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := apitest.Start(t, apitest.Config{})
			for _, name := range []string{"a", "b", "c"} {
				silent.NoError(t, server.Create(configMap(name)), "store an object")
			}
			test.end(server)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/api/v1/configmaps?watch=1&resourceVersion=1", nil)
			silent.NoError(t, err, "make a request")
			resp, err := server.Client().Do(req)
			silent.NoError(t, err, "begin a watch")
			silent.Equal(t, test.want, events(t, resp.Body), "watch a server that ends the watch %s", test.name)
		})
	}
}

// endSoon ends the watch that is about to begin.
func endSoon(server *apitest.Server) {
	server.Inject(apitest.Fault{Do: func(w http.ResponseWriter, _ *apitest.Request, serve func(http.ResponseWriter)) {
		serve(&ender{w, server})
	}})
}

// ender ends all watches when the first event has been told.
type ender struct {
	http.ResponseWriter
	server *apitest.Server
}

func (e *ender) Write(p []byte) (int, error) {
	n, err := e.ResponseWriter.Write(p)
	e.server.EndWatches()
	return n, err
}

func (e *ender) Unwrap() http.ResponseWriter { return e.ResponseWriter }

// Stop ends the connection, so that the server doesn't go on for nobody.
func TestStopReachesTheServer(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	nothingLeft.NoError(t, server.Create(configMap("a")), "store an object")
	gone := make(chan struct{})
	server.Inject(apitest.Fault{Do: func(w http.ResponseWriter, _ *apitest.Request, serve func(http.ResponseWriter)) {
		serve(w)
		close(gone)
	}})
	resp, err := server.Client().Get(server.URL + "/api/v1/configmaps?watch=1")
	nothingLeft.NoError(t, err, "begin a watch")
	s := newStream(t, resp.Body)
	nothingLeft.Equal(t, "ADDED a", show(<-s.ResultChan()), "take the first event")
	s.Stop()
	<-gone
}

func configMap(name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
}
