package apitest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
)

func TestFaultHitsWhatItIsMeantFor(t *testing.T) {
	srv, p := shelf(t)
	srv.Inject(apitest.Fault{On: apitest.On("list", "configmaps"), Skip: 1, Times: 2, Do: apitest.HTML(http.StatusBadGateway)})
	var codes []int
	for _, path := range []string{configMaps, configMaps, configMaps + "/a", pods, configMaps, configMaps} {
		codes = append(codes, p.get(path).code)
	}
	require.Equal(t, []int{200, 502, 200, 200, 502, 200}, codes)
}

func TestFaultsInTheirOrder(t *testing.T) {
	srv, p := shelf(t)
	srv.Inject(apitest.Fault{Do: apitest.HTML(500)})
	srv.Inject(apitest.Fault{Do: apitest.HTML(503), Times: apitest.Always})
	var codes []int
	for range 3 {
		codes = append(codes, p.get(configMaps).code)
	}
	srv.Heal()
	require.Equal(t, []int{500, 503, 503}, codes)
	require.Equal(t, 200, p.get(configMaps).code)
}

func TestAnswersOfAServerInTrouble(t *testing.T) {
	srv, p := shelf(t)
	answer := func(do apitest.Effect) reply {
		srv.Inject(apitest.Fault{Do: do})
		return p.get(configMaps)
	}
	busy := answer(apitest.TooManyRequests(3 * time.Second))
	require.Equal(t, "429 TooManyRequests", busy.outcome())
	require.Equal(t, "3", busy.header.Get("Retry-After"))
	require.Equal(t, "0", answer(apitest.TooManyRequests(0)).header.Get("Retry-After"))
	require.Equal(t, "410 Expired", answer(apitest.Gone()).outcome())
	require.Equal(t, "403 Forbidden", answer(apitest.Respond(apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "a", errors.New("no")))).outcome())
	require.Equal(t, "500 InternalError", answer(apitest.Respond(errors.New("broken"))).outcome())

	page := answer(apitest.HTML(http.StatusInternalServerError))
	require.Equal(t, http.StatusInternalServerError, page.code)
	require.Equal(t, "text/html", page.header.Get("Content-Type"))
	require.Contains(t, string(page.body), "<h1>Internal Server Error</h1>")
}

// A cut in mid-frame: whole events first, then a piece of one, then no end of the response.
func TestCutStream(t *testing.T) {
	srv, p := shelf(t)
	srv.Inject(apitest.Fault{On: apitest.On("watch", ""), Do: apitest.Cut(2, 10)})
	w := p.watch(configMaps + "?watch=1")
	require.Equal(t, []string{"ADDED a", "ADDED b"}, story(w.take(2)))
	require.True(t, w.lines.Scan())
	require.Equal(t, `{"type":"A`, w.lines.Text())
	require.False(t, w.lines.Scan())
	require.Error(t, w.lines.Err(), "this is no regular end")
}

func TestCutList(t *testing.T) {
	srv, p := shelf(t)
	srv.Inject(apitest.Fault{Do: apitest.Cut(0, 20)})
	require.ErrorIs(t, p.fails(configMaps), io.ErrUnexpectedEOF)
	require.Equal(t, 200, p.get(configMaps).code)
}

func TestHangUntilTheClientGoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := apitest.Start(t, apitest.Config{InMemory: true})
		p := peerOf(t, srv)
		srv.Inject(apitest.Fault{Do: apitest.Hang()})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		start := time.Now()
		_, err := p.http.Do(p.request(ctx, "GET", configMaps, ""))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Hour, time.Since(start))
	})
}

func TestHangUntilTheServerCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := apitest.Start(t, apitest.Config{InMemory: true})
		p := peerOf(t, srv)
		srv.Inject(apitest.Fault{Do: apitest.Hang()})
		failed := make(chan error)
		go func() {
			_, err := p.http.Do(p.request(t.Context(), "GET", configMaps, ""))
			failed <- err
		}()
		synctest.Wait()
		go srv.Close()
		require.Error(t, <-failed)
	})
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := apitest.Start(t, apitest.Config{InMemory: true})
		srv.Inject(apitest.Fault{Do: apitest.Delay(5 * time.Second)})
		start := time.Now()
		require.Equal(t, 200, peerOf(t, srv).get(configMaps).code)
		require.Equal(t, 5*time.Second, time.Since(start))
	})
}

// The same seed does the same to the same requests; another one does not.
func TestChaosHasASeed(t *testing.T) {
	run := func(seed uint64) []string {
		srv, p := shelf(t)
		srv.Inject(apitest.Fault{Do: srv.Chaos(seed, 0.5), Times: apitest.Always})
		var outcomes []string
		for range 40 {
			outcomes = append(outcomes, p.attempt(configMaps))
		}
		return outcomes
	}
	require.Equal(t, run(1), run(1))
	require.NotEqual(t, run(1), run(2))
	require.Subset(t, run(1), []string{"200", "429", "500", "broken"})
}
