package transport

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Headers of impersonation, as the API server reads them.
const (
	ImpersonateUserHeader  = "Impersonate-User"
	ImpersonateUIDHeader   = "Impersonate-Uid"
	ImpersonateGroupHeader = "Impersonate-Group" // one for each group
	// ImpersonateUserExtraHeaderPrefix is followed by the escaped key; one header for each value.
	ImpersonateUserExtraHeaderPrefix = "Impersonate-Extra-"
)

// NewUserAgentRoundTripper sends agent with requests that have no user agent.
func NewUserAgentRoundTripper(agent string, rt http.RoundTripper) http.RoundTripper {
	return &userAgent{layer{rt}, agent}
}

type userAgent struct {
	layer
	agent string
}

func (u *userAgent) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("User-Agent") != "" {
		return u.next.RoundTrip(req)
	}
	return u.with(req, func(h http.Header) { h.Set("User-Agent", u.agent) })
}

// NewImpersonatingRoundTripper sends requests as another user, unless they impersonate someone already.
func NewImpersonatingRoundTripper(impersonate ImpersonationConfig, rt http.RoundTripper) http.RoundTripper {
	return &impersonation{layer{rt}, impersonate}
}

type impersonation struct {
	layer
	as ImpersonationConfig
}

func (c ImpersonationConfig) isSet() bool {
	return c.UserName != "" || c.UID != "" || len(c.Groups) > 0 || len(c.Extra) > 0
}

func (i *impersonation) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get(ImpersonateUserHeader) != "" {
		return i.next.RoundTrip(req)
	}
	return i.with(req, func(h http.Header) {
		h.Set(ImpersonateUserHeader, i.as.UserName)
		identity{ImpersonateUIDHeader, ImpersonateGroupHeader, ImpersonateUserExtraHeaderPrefix}.
			add(h, i.as.UID, i.as.Groups, i.as.Extra)
	})
}

// NewAuthProxyRoundTripper is for proxies that authenticate users themselves: it tells the server who the user is, in
// the X-Remote-* headers, and replaces those that the request came with.
func NewAuthProxyRoundTripper(username, uid string, groups []string, extra map[string][]string,
	rt http.RoundTripper) http.RoundTripper {
	return &authProxy{layer{rt}, ImpersonationConfig{username, uid, groups, extra}}
}

type authProxy struct {
	layer
	user ImpersonationConfig
}

func (a *authProxy) RoundTrip(req *http.Request) (*http.Response, error) {
	return a.with(req, func(h http.Header) { setAuthProxyHeaders(h, a.user) })
}

// SetAuthProxyHeaders replaces req's X-Remote-* headers by those of the user.
func SetAuthProxyHeaders(req *http.Request, username, uid string, groups []string, extra map[string][]string) {
	setAuthProxyHeaders(req.Header, ImpersonationConfig{username, uid, groups, extra})
}

func setAuthProxyHeaders(h http.Header, user ImpersonationConfig) {
	for key := range h {
		// A header that gets past this loop would be believed, so case must not matter.
		switch lower := strings.ToLower(key); {
		case lower == "x-remote-user", lower == "x-remote-uid", lower == "x-remote-group",
			strings.HasPrefix(lower, "x-remote-extra-"):
			delete(h, key)
		}
	}
	h.Set("X-Remote-User", user.UserName)
	identity{"X-Remote-Uid", "X-Remote-Group", "X-Remote-Extra-"}.add(h, user.UID, user.Groups, user.Extra)
}

// identity names the headers that describe a user besides his name.
type identity struct {
	uid, group, extra string
}

func (n identity) add(h http.Header, uid string, groups []string, extra map[string][]string) {
	if uid != "" {
		h.Set(n.uid, uid)
	}
	for _, group := range groups {
		h.Add(n.group, group)
	}
	for key, values := range extra {
		name := http.CanonicalHeaderKey(n.extra + headerKeyEscape(key))
		h[name] = slices.Concat(h[name], values)
	}
}

// headerKeyEscape percent-encodes what may not stand in a header's name, and the percent sign itself.
func headerKeyEscape(key string) string {
	var b strings.Builder
	for i := range len(key) {
		if c := key[i]; isTokenByte(c) && c != '%' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// isTokenByte says whether c may stand in a header's name: RFC 9110, section 5.6.2.
func isTokenByte(c byte) bool {
	isLetter := 'a' <= c|0x20 && c|0x20 <= 'z'
	return isLetter || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}
