package transport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"client-go-workbook/lib/rest/transport"

	"github.com/stretchr/testify/require"
)

// echo answers with a header of the request it gets.
func echo(header string) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		recorder := httptest.NewRecorder()
		_, _ = recorder.WriteString(req.Header.Get(header))
		return recorder.Result(), nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestTokenFileIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "token")
		write(t, file, []byte(" first\n"))
		client := newClient(t, &transport.Config{BearerToken: "stale", BearerTokenFile: file, Transport: echo("Authorization")})
		sends := func(token string) {
			t.Helper()
			require.Equal(t, "Bearer "+token, get(t, client, "http://api/"))
		}
		sends("first")
		write(t, file, []byte("second"))
		time.Sleep(49 * time.Second)
		sends("first")
		time.Sleep(time.Second)
		sends("second")

		// While the file is gone, or empty, the last token serves; the new one is found as soon as it is there.
		require.NoError(t, os.Remove(file))
		time.Sleep(time.Hour)
		sends("second")
		write(t, file, nil)
		sends("second")
		write(t, file, []byte("third"))
		sends("third")
	})
}

func TestTokenFileThatCannotBeRead(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "token")
	empty := filepath.Join(t.TempDir(), "token")
	write(t, empty, []byte("\n"))

	_, err := transport.New(&transport.Config{BearerTokenFile: missing})
	require.ErrorContains(t, err, "bearer token: read token file: open "+missing)
	_, err = transport.New(&transport.Config{BearerTokenFile: empty})
	require.ErrorContains(t, err, empty+" is empty")

	client := newClient(t, &transport.Config{BearerToken: "spare", BearerTokenFile: missing, Transport: echo("Authorization")})
	require.Equal(t, "Bearer spare", get(t, client, "http://api/"))
}

// source counts how often it is asked.
type source struct {
	fetched int
	life    time.Duration
	err     error
}

func (s *source) Token() (*transport.Token, error) {
	if s.err != nil {
		return nil, s.err
	}
	s.fetched++
	token := &transport.Token{AccessToken: "token-" + string(rune('0'+s.fetched))}
	if s.life > 0 {
		token.Expiry = time.Now().Add(s.life)
	}
	return token, nil
}

func TestCachedTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := &source{life: time.Hour}
		cached := transport.NewCachedTokenSource(base)
		gives := func(want string) {
			t.Helper()
			token, err := cached.Token()
			require.NoError(t, err)
			require.Equal(t, want, token.AccessToken)
		}
		gives("token-1")
		time.Sleep(time.Hour - time.Nanosecond)
		gives("token-1")
		time.Sleep(time.Nanosecond)
		gives("token-2")

		base.err = errors.New("no network")
		time.Sleep(2 * time.Hour)
		gives("token-2") // the server decides whether it is too old

		cached.ResetTokenOlderThan(time.Now())
		_, err := cached.Token()
		require.EqualError(t, err, "no network")
	})
}

func TestTokenWithoutExpiryIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := &source{}
		cached := transport.NewCachedTokenSource(base)
		for range 3 {
			time.Sleep(1000 * time.Hour)
			_, err := cached.Token()
			require.NoError(t, err)
		}
		require.Equal(t, 1, base.fetched)
	})
}

func TestTokenIsResetAfter401(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := &source{life: time.Hour}
		var seen []string
		refusing := roundTripper(func(req *http.Request) (*http.Response, error) {
			seen = append(seen, req.Header.Get("Authorization"))
			return &http.Response{StatusCode: http.StatusUnauthorized, Body: http.NoBody}, nil
		})
		client := &http.Client{Transport: transport.ResettableTokenSourceWrapTransport(transport.NewCachedTokenSource(base))(refusing)}
		for range 3 {
			get(t, client, "http://api/")
			time.Sleep(time.Second)
		}
		// The first token was fetched for the request that was refused: only the second refusal says that it is old.
		require.Equal(t, []string{"Bearer token-1", "Bearer token-1", "Bearer token-2"}, seen)
	})
}

func TestTokenSourceThatFails(t *testing.T) {
	client := &http.Client{Transport: transport.TokenSourceWrapTransport(&source{err: errors.New("no login")})(echo("Authorization"))}
	_, err := tryGet(t, client, "http://api/")
	require.ErrorContains(t, err, "no login")

	req, err := http.NewRequest(http.MethodGet, "http://api/", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "mine")
	resp, err := client.Do(req)
	require.NoError(t, err, "the source isn't asked for a request that has its own credential")
	resp.Body.Close()
}
