package transport

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
)

// NewBasicAuthRoundTripper sends user name and password with requests that have no Authorization header.
func NewBasicAuthRoundTripper(username, password string, rt http.RoundTripper) http.RoundTripper {
	header := "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
	return &authorization{layer{rt}, func() string { return header }}
}

// NewBearerAuthRoundTripper sends the token with requests that have no Authorization header.
func NewBearerAuthRoundTripper(bearer string, rt http.RoundTripper) http.RoundTripper {
	header := "Bearer " + bearer
	return &authorization{layer{rt}, func() string { return header }}
}

// NewBearerAuthWithRefreshRoundTripper sends the token that tokenFile holds, read again once a minute, with requests
// that have no Authorization header. The bearer stands in until the file can be read; if it is empty, the file must be
// readable at once. Without a tokenFile it is NewBearerAuthRoundTripper.
func NewBearerAuthWithRefreshRoundTripper(bearer, tokenFile string, rt http.RoundTripper) (http.RoundTripper, error) {
	if tokenFile == "" {
		return NewBearerAuthRoundTripper(bearer, rt), nil
	}
	source := NewCachedFileTokenSource(tokenFile)
	if bearer == "" {
		if _, err := source.Token(); err != nil {
			return nil, fmt.Errorf("bearer token: %w", err)
		}
	}
	return &authorization{layer{rt}, func() string {
		if token, err := source.Token(); err == nil {
			return "Bearer " + token.AccessToken
		}
		return "Bearer " + bearer
	}}, nil
}

// NeedsCredential says whether a round tripper may set req's Authorization header: the caller hasn't, and it goes to the
// host that the caller named. When a server redirects to another host, net/http takes the caller's own credential away;
// nobody should bring another one back.
func NeedsCredential(req *http.Request) bool {
	first := req
	for first.Response != nil { // the redirect that led to it
		if first = first.Response.Request; first == nil {
			return false // a transport that doesn't say whom it asked
		}
	}
	return req.Header.Get("Authorization") == "" && strings.EqualFold(first.URL.Hostname(), req.URL.Hostname())
}

// authorization sets the Authorization header of requests that have none. The header is behind a function, so that
// printing the round tripper can't print a credential.
type authorization struct {
	layer
	header func() string
}

func (a *authorization) RoundTrip(req *http.Request) (*http.Response, error) {
	if !NeedsCredential(req) {
		return a.next.RoundTrip(req)
	}
	return a.with(req, func(h http.Header) { h.Set("Authorization", a.header()) })
}
