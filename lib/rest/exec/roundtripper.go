package exec

import (
	"fmt"
	"net/http"

	"client-go-workbook/lib/rest/transport"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/klog/v2"
)

// roundTripper sends requests with the authenticator's credentials.
type roundTripper struct {
	a    *Authenticator
	base http.RoundTripper
}

var _ utilnet.RoundTripperWrapper = &roundTripper{}

func (a *Authenticator) wrap(rt http.RoundTripper) http.RoundTripper { return &roundTripper{a, rt} }

// WrappedRoundTripper returns the round tripper beneath.
func (r *roundTripper) WrappedRoundTripper() http.RoundTripper { return r.base }

// CloseIdleConnections closes the connections that no request uses.
func (r *roundTripper) CloseIdleConnections() { utilnet.CloseIdleConnectionsFor(r.base) }

// RoundTrip leaves requests alone that need no credential. When the server answers 401, it gets new
// credentials and returns the answer as it is: whether to try again is the caller's to say.
func (r *roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	if !transport.NeedsCredential(req) {
		return r.base.RoundTrip(req)
	}
	creds, err := r.a.get(req.Context())
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, fmt.Errorf("getting credentials: %w", err)
	}
	transport.RenewConnections(r.base, creds.epoch)
	if creds.token != "" {
		req = utilnet.CloneRequest(req)
		req.Header.Set("Authorization", "Bearer "+creds.token)
	}
	resp, err := r.base.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusUnauthorized {
		if err := r.a.refresh(req.Context(), creds); err != nil {
			klog.FromContext(req.Context()).Error(err, "Unable to get new credentials after 401 Unauthorized")
		}
	}
	return resp, err
}
