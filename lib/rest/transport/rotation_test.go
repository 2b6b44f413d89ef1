package transport_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// scene is a server in memory, and a client whose certificate and CA are in files.
type scene struct {
	*testing.T
	files
	network *transporttest.Network
	server  *tls.Config // for connections to come
	client  *http.Client
}

// play runs story in a synctest bubble, with alice's certificate in the client's files.
func play(t *testing.T, story func(s *scene, ca *transporttest.CA)) {
	synctest.Test(t, func(t *testing.T) {
		s := &scene{T: t, files: newFiles(t)}
		ca := transporttest.NewCA(t, "first CA")
		s.server = serverConfig(t, ca.Issue(t, "api"), ca.Pool())
		front := s.server.Clone()
		front.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return s.server, nil }
		s.network = transporttest.NewNetwork(t, front, http.HandlerFunc(s.serve))
		write(t, s.ca, ca.PEM)
		ca.Issue(t, "alice").Write(t, s.cert, s.key)
		s.client = newClient(t, &transport.Config{
			TLS:        transport.TLSConfig{CAFile: s.ca, CertFile: s.cert, KeyFile: s.key},
			DialHolder: &transport.DialHolder{Dial: s.network.Dial},
		})
		story(s, ca)
	})
}

// serve answers "/" with the client's name, and "/watch" with a response that doesn't end.
func (s *scene) serve(w http.ResponseWriter, r *http.Request) {
	whoAreYou(w, r)
	if r.URL.Path == "/watch" {
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

func (s *scene) is(name string) {
	s.Helper()
	require.Equal(s, name, get(s, s.client, "https://api/"))
}

// watch begins a watch; the result is closed when it ends.
func (s *scene) watch() (ended chan struct{}, stop func()) {
	resp, err := s.client.Get("https://api/watch")
	require.NoError(s, err)
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, resp.Body)
	}()
	return ended, func() {
		resp.Body.Close()
		<-ended
	}
}

func goesOn(ended chan struct{}) bool {
	synctest.Wait()
	select {
	case <-ended:
		return false
	default:
		return true
	}
}

func TestClientCertificateRotates(t *testing.T) {
	play(t, func(s *scene, ca *transporttest.CA) {
		s.is("alice")
		watch, stop := s.watch()
		defer stop()

		ca.Issue(s, "bob").Write(s, s.cert, s.key)
		s.is("alice") // the files were looked at less than a second ago
		require.True(s, goesOn(watch))
		require.Equal(s, 1, s.network.Opened())

		time.Sleep(time.Second)
		s.is("bob")
		require.False(s, goesOn(watch), "what alice began ends with her")
		require.Equal(s, 2, s.network.Opened())

		time.Sleep(time.Minute)
		s.is("bob")
	})
}

// Requests come from many goroutines, and any of them may be the one that finds the new certificate.
func TestRotationUnderLoad(t *testing.T) {
	play(t, func(s *scene, ca *transporttest.CA) {
		var clients sync.WaitGroup
		for range 8 {
			clients.Go(func() {
				for range 100 {
					time.Sleep(50 * time.Millisecond)
					_, _ = tryGet(s, s.client, "https://api/") // it may be on a connection that is being closed
				}
			})
		}
		for range 5 {
			ca.Issue(s, "bob").Write(s, s.cert, s.key)
			time.Sleep(time.Second)
		}
		clients.Wait()
		s.is("bob")
	})
}

// Two files can't be written at once.
func TestHalfWrittenPairIsLeftAlone(t *testing.T) {
	play(t, func(s *scene, ca *transporttest.CA) {
		s.is("alice")
		bob := ca.Issue(s, "bob")
		for _, half := range [][]byte{bob.Cert, bob.Cert[:100], nil} {
			write(s, s.cert, half)
			time.Sleep(time.Second)
			s.is("alice")
		}
		require.NoError(s, os.Remove(s.cert))
		time.Sleep(time.Second)
		s.is("alice")
		require.Equal(s, 1, s.network.Opened(), "nothing changed, so no connection is closed")

		bob.Write(s, s.cert, s.key)
		time.Sleep(time.Second)
		s.is("bob")
	})
}

// A controller may send a thousand requests before the file is mended.
func TestBrokenFileIsLoggedOnce(t *testing.T) {
	play(t, func(s *scene, _ *transporttest.CA) {
		write(s, s.cert, nil)
		log := logged(s.T, 0, func(ctx context.Context) {
			for range 3 {
				time.Sleep(time.Second)
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api/", nil)
				require.NoError(s, err)
				resp, err := s.client.Do(req)
				require.NoError(s, err)
				resp.Body.Close()
			}
		})
		require.Equal(s, 1, strings.Count(log, "Unable to follow TLS files"), log)
		require.Contains(s, log, s.cert)
	})
}

func TestCARotates(t *testing.T) {
	play(t, func(s *scene, first *transporttest.CA) {
		s.is("alice")
		watch, stop := s.watch()
		defer stop()

		second := transporttest.NewCA(s, "second CA")
		s.server = serverConfig(s, second.Issue(s, "api"), first.Pool())
		write(s, s.ca, second.PEM)
		time.Sleep(time.Second)
		s.is("alice")
		require.Equal(s, 2, s.network.Opened(), "a new connection, checked against the new CA")
		require.True(s, goesOn(watch), "who we are hasn't changed, so requests under way may end")

		config, err := utilnet.TLSClientConfig(s.client.Transport)
		require.NoError(s, err)
		require.True(s, config.RootCAs.Equal(second.Pool()), "apimachinery finds the transport that is in use")
	})
}

func TestBrokenCAFileIsLeftAlone(t *testing.T) {
	play(t, func(s *scene, first *transporttest.CA) {
		for _, broken := range []string{"", "not PEM"} {
			write(s, s.ca, []byte(broken))
			time.Sleep(time.Second)
			s.is("alice")
		}
		// Only the file changed, not whom it names: nothing of it is believed until it is whole.
		s.client.CloseIdleConnections()
		s.server = serverConfig(s, transporttest.NewCA(s, "stranger").Issue(s, "api"), first.Pool())
		_, err := tryGet(s, s.client, "https://api/")
		require.ErrorContains(s, err, "checked against CA certificates ("+s.ca+")")
	})
}

// A source of certificates other than files says itself when connections are stale.
func TestRenewConnections(t *testing.T) {
	play(t, func(s *scene, _ *transporttest.CA) {
		wrapped := transport.NewUserAgentRoundTripper("me", s.client.Transport)
		for _, step := range []struct {
			epoch  uint64
			opened int
		}{{0, 1}, {1, 2}, {1, 2}, {3, 3}, {2, 3}} {
			transport.RenewConnections(wrapped, step.epoch)
			s.is("alice")
			require.Equal(s, step.opened, s.network.Opened(), "epoch %d", step.epoch)
		}
		transport.RenewConnections(http.DefaultTransport, 1) // isn't ours
	})
}

// The flags make files win over data that was read from them earlier.
func TestReloadFlagsPreferTheFile(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	alice, bob, f := ca.Issue(t, "alice"), ca.Issue(t, "bob"), newFiles(t)
	bob.Write(t, f.cert, f.key)
	write(t, f.ca, ca.PEM)
	server := startServer(t, serverConfig(t, ca.Issue(t, "127.0.0.1"), ca.Pool()), whoAreYou)
	options := transport.TLSConfig{
		CAFile: f.ca, CAData: transporttest.NewCA(t, "stale CA").PEM, ReloadCAFiles: true,
		CertFile: f.cert, CertData: alice.Cert, KeyFile: f.key, KeyData: alice.Key, ReloadTLSFiles: true,
	}
	require.Equal(t, "bob", get(t, newClient(t, &transport.Config{TLS: options}), server.URL))
}
