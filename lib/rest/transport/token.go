package transport

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"k8s.io/klog/v2"
)

const (
	// A kubelet renews a service account token at 80% of its life, which is ten minutes or more: with a minute, the new
	// one is in use long before the old one ends.
	tokenFilePeriod = time.Minute
	tokenFileLeeway = 10 * time.Second
)

// Token is a bearer token. It stands in for oauth2.Token, of which it has what is needed here.
type Token struct {
	AccessToken string `datapolicy:"token"`
	// Expiry is when the server stops to accept the token; zero means never.
	Expiry time.Time
}

// String says when the token ends, and not what it is.
func (t Token) String() string { return fmt.Sprintf("token until %s", t.Expiry.Format(time.RFC3339)) }

// GoString is String, because %#v would show the fields.
func (t Token) GoString() string { return t.String() }

// TokenSource gives a token that is valid now. It stands in for oauth2.TokenSource.
type TokenSource interface {
	Token() (*Token, error)
}

// ResettableTokenSource is a TokenSource that can be told that the server refused its token.
type ResettableTokenSource interface {
	TokenSource
	// ResetTokenOlderThan forgets the token if it was fetched before t.
	ResetTokenOlderThan(t time.Time)
}

// NewCachedFileTokenSource gives the token in a file, which it reads again when 50 seconds are over. While the file
// can't be read, or is empty, it gives the token that it read last.
func NewCachedFileTokenSource(path string) ResettableTokenSource {
	return &cachedTokens{base: tokenFile(path), leeway: tokenFileLeeway}
}

// NewCachedTokenSource gives ts's token until it ends. When ts fails then, the old token stays in use: the server may
// still take it, and says so if not.
func NewCachedTokenSource(ts TokenSource) ResettableTokenSource { return &cachedTokens{base: ts} }

type tokenFile string

func (path tokenFile) Token() (*Token, error) {
	content, err := os.ReadFile(string(path))
	if err != nil {
		return nil, fmt.Errorf("read token file: %w", err)
	}
	token := strings.TrimSpace(string(content))
	if token == "" {
		return nil, fmt.Errorf("read token file: %s is empty", string(path))
	}
	return &Token{AccessToken: token, Expiry: time.Now().Add(tokenFilePeriod)}, nil
}

type cachedTokens struct {
	base   TokenSource
	leeway time.Duration

	mu      sync.Mutex // also held while base fetches: one fetch serves all who wait
	token   *Token
	fetched time.Time
	failing bool // the last fetch failed, and that was logged
}

func (c *cachedTokens) Token() (*Token, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token != nil && (c.token.Expiry.IsZero() || time.Until(c.token.Expiry) > c.leeway) {
		return c.token, nil
	}
	token, err := c.base.Token()
	switch {
	case err == nil && token == nil:
		err = errors.New("token source gave no token")
		fallthrough
	case err != nil:
		return c.keepLocked(err)
	}
	c.token, c.fetched, c.failing = token, time.Now(), false
	return token, nil
}

// keepLocked goes on with the old token, if there is one. Only the first failure of a series is logged, as every
// request tries again.
func (c *cachedTokens) keepLocked(err error) (*Token, error) {
	if c.token == nil {
		return nil, err
	}
	if !c.failing {
		klog.Background().Error(err, "Unable to renew token, using the last one")
	}
	c.failing = true
	return c.token, nil
}

func (c *cachedTokens) ResetTokenOlderThan(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fetched.Before(t) {
		c.token = nil
	}
}

// TokenSourceWrapTransport sends ts's token with requests that have no Authorization header.
func TokenSourceWrapTransport(ts TokenSource) func(http.RoundTripper) http.RoundTripper {
	return wrapTokens(ts, func(time.Time) {})
}

// ResettableTokenSourceWrapTransport is TokenSourceWrapTransport, and resets ts when the server answers 401. The answer
// goes to the caller; it is the next request that fetches a new token.
func ResettableTokenSourceWrapTransport(ts ResettableTokenSource) func(http.RoundTripper) http.RoundTripper {
	return wrapTokens(ts, ts.ResetTokenOlderThan)
}

func wrapTokens(ts TokenSource, reset func(time.Time)) func(http.RoundTripper) http.RoundTripper {
	return func(rt http.RoundTripper) http.RoundTripper {
		return &tokens{layer: layer{rt}, source: ts, reset: reset}
	}
}

type tokens struct {
	layer
	source TokenSource
	reset  func(olderThan time.Time)
}

func (t *tokens) RoundTrip(req *http.Request) (*http.Response, error) {
	if !NeedsCredential(req) {
		return t.next.RoundTrip(req)
	}
	// Taken before the token is, so that a token fetched for this very request survives its 401: refused twice in a
	// row, it is the user who is refused, and not an old token.
	start := time.Now()
	token, err := t.source.Token()
	if err != nil {
		closeBody(req)
		return nil, err
	}
	resp, err := t.with(req, func(h http.Header) { h.Set("Authorization", "Bearer "+token.AccessToken) })
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		t.reset(start)
	}
	return resp, err
}
