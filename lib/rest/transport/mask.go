package transport

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const masked = "<masked>"

// maskedURL is u without user and password: the user may be all of the credential.
func maskedURL(u *url.URL) string {
	if u.User == nil {
		return u.String()
	}
	shown := *u
	shown.User = url.User("masked")
	return shown.String()
}

// MaskedHeaders returns a copy of h without credentials.
func MaskedHeaders(h http.Header) http.Header {
	shown := make(http.Header, len(h))
	for key, values := range h {
		shown[key] = slices.Clone(values)
		for i, value := range values {
			shown[key][i] = maskedValue(key, value)
		}
	}
	return shown
}

func maskedValue(key, value string) string {
	switch key = strings.ToLower(key); key {
	case "authorization", "proxy-authorization":
		return maskedAuthorization(value)
	case "cookie", "set-cookie":
		return masked
	case "sec-websocket-protocol":
		return maskedSubprotocols(value)
	}
	// Proxies and tools have headers of their own for credentials, with names that say so.
	for _, word := range []string{"token", "secret", "password", "credential", "api-key", "apikey"} {
		if strings.Contains(key, word) {
			return masked
		}
	}
	return value
}

// maskedAuthorization leaves the scheme, if it is a well known one: of anything else the first word may be the
// credential.
func maskedAuthorization(value string) string {
	scheme, credential, _ := strings.Cut(value, " ")
	switch strings.ToLower(scheme) {
	case "bearer", "basic", "negotiate":
		if credential == "" {
			return scheme
		}
		return scheme + " " + masked
	case "":
		return ""
	}
	return masked
}

// maskedSubprotocols hides the bearer token that a browser, which can't set Authorization, sends among the protocols
// that it offers.
func maskedSubprotocols(value string) string {
	const bearer = "base64url.bearer.authorization.k8s.io."
	protocols := strings.Split(value, ",")
	for i, p := range protocols {
		if before, _, found := strings.Cut(p, bearer); found {
			protocols[i] = before + bearer + masked
		}
	}
	return strings.Join(protocols, ",")
}

// HoldsCredentials says whether the bodies of requests to path are Secrets or tokens: TokenReview, a service account's
// token. It looks at the path as it is, since not every client names its resource, and rather says yes too often.
func HoldsCredentials(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		switch strings.ToLower(segment) {
		case "secrets", "tokenreviews", "token":
			return true
		}
	}
	return false
}
