package transport_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
)

// inMemory runs test with a server in memory that answers with the protocol it was spoken to in, and a client of it.
func inMemory(t *testing.T, options transport.TLSConfig, test func(*testing.T, *transporttest.Network, *http.Client)) {
	synctest.Test(t, func(t *testing.T) {
		ca := transporttest.NewCA(t, "our CA")
		handler := func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/hang" {
				<-r.Context().Done()
			}
			_, _ = w.Write([]byte(r.Proto))
		}
		network := transporttest.NewNetwork(t, serverConfig(t, ca.Issue(t, "api"), nil), http.HandlerFunc(handler))
		options.CAData = ca.PEM
		test(t, network, newClient(t, &transport.Config{TLS: options, DialHolder: &transport.DialHolder{Dial: network.Dial}}))
	})
}

func TestProtocol(t *testing.T) {
	for _, test := range []struct {
		name       string
		nextProtos []string
		disable    string
		want       string
	}{
		{name: "HTTP/2 by default", want: "HTTP/2.0"},
		{name: "HTTP/2 among others", nextProtos: []string{"http/1.1", "h2"}, want: "HTTP/2.0"},
		{name: "only HTTP/1.1", nextProtos: []string{"http/1.1"}, want: "HTTP/1.1"},
		{name: "disabled", disable: "1", want: "HTTP/1.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("DISABLE_HTTP2", test.disable)
			inMemory(t, transport.TLSConfig{NextProtos: test.nextProtos}, func(t *testing.T, _ *transporttest.Network, client *http.Client) {
				require.Equal(t, test.want, get(t, client, "https://api/"))
			})
		})
	}
}

// A peer that vanishes without a word is found out by a ping, 30 seconds after it was heard of last; 15 seconds later
// the connection is given up. Then a new request gets a new connection.
func TestSilentConnectionIsGivenUp(t *testing.T) {
	for _, test := range []struct {
		name, readIdle, ping string
		after                time.Duration
	}{
		{name: "by default", after: 45 * time.Second},
		{name: "as the environment says", readIdle: "4", ping: "3", after: 7 * time.Second},
		{name: "with nonsense in the environment", readIdle: "-1", ping: "soon", after: 45 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", test.readIdle)
			t.Setenv("HTTP2_PING_TIMEOUT_SECONDS", test.ping)
			inMemory(t, transport.TLSConfig{}, func(t *testing.T, network *transporttest.Network, client *http.Client) {
				get(t, client, "https://api/")
				time.AfterFunc(0, network.GoSilent)
				start := time.Now()
				_, err := tryGet(t, client, "https://api/hang")
				require.ErrorContains(t, err, "client connection lost")
				require.Equal(t, test.after, time.Since(start))
			})
		})
	}
}

// A server that is slow but there isn't given up.
func TestSlowServerIsWaitedFor(t *testing.T) {
	inMemory(t, transport.TLSConfig{}, func(t *testing.T, _ *transporttest.Network, client *http.Client) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api/hang", nil)
		require.NoError(t, err)
		_, err = client.Do(req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestHealthChecksCanBeTurnedOff(t *testing.T) {
	t.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "0")
	inMemory(t, transport.TLSConfig{}, func(t *testing.T, network *transporttest.Network, client *http.Client) {
		get(t, client, "https://api/")
		network.GoSilent()
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api/hang", nil)
		require.NoError(t, err)
		_, err = client.Do(req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
