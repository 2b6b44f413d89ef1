package cluster_test

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
)

// silent is a server that takes requests and never answers, as the API server does
// when its etcd has gone.
type silent struct{}

func (silent) RoundTrip(req *http.Request) (*http.Response, error) {
	<-req.Context().Done()
	return nil, req.Context().Err() // as net/http over HTTP/2
}

func TestWithNamespaceTellsAServerThatNeverAnswers(t *testing.T) {
	// The runtime's goroutine for signals starts with the first use of them, which
	// must not be in the bubble.
	_, release := signal.NotifyContext(t.Context(), os.Interrupt)
	release()

	synctest.Test(t, func(t *testing.T) {
		cfg := &rest.Config{Host: "https://127.0.0.1:6443", Transport: silent{}}
		err := cluster.WithNamespace(t.Context(), cfg, "stage", func(context.Context, string) error {
			require.Fail(t, "called")
			return nil
		})
		require.ErrorContains(t, err, "create a namespace stage-…")
		require.ErrorContains(t, err, "no answer in 10s")
		require.ErrorContains(t, err, "make up")
	})
}
