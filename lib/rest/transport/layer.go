package transport

import (
	"net/http"

	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// layer is what all wrapping round trippers have in common: apimachinery finds the transport beneath them, and
// http.Client.CloseIdleConnections reaches it.
type layer struct {
	next http.RoundTripper
}

var _ utilnet.RoundTripperWrapper = &contextCanceller{}

// WrappedRoundTripper returns the round tripper beneath.
func (l layer) WrappedRoundTripper() http.RoundTripper { return l.next }

// CloseIdleConnections closes the connections that no request uses, for everyone who shares the transport.
func (l layer) CloseIdleConnections() {
	for rt := l.next; ; {
		switch inner := rt.(type) {
		case interface{ CloseIdleConnections() }:
			inner.CloseIdleConnections()
			return
		case utilnet.RoundTripperWrapper:
			rt = inner.WrappedRoundTripper()
		default:
			return
		}
	}
}

// with sends a copy of req with the header that set changed: a round tripper must not change its caller's request.
func (l layer) with(req *http.Request, set func(http.Header)) (*http.Response, error) {
	req = utilnet.CloneRequest(req)
	set(req.Header)
	return l.next.RoundTrip(req)
}

// closeBody does what a round tripper that doesn't send req owes to its caller.
func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}
