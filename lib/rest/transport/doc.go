// Package transport turns a Config into an http.RoundTripper that speaks TLS, presents credentials and follows both when
// they rotate on disk.
//
//	request ─▶ impersonation ─▶ user agent ─▶ authorization ─▶ debug ─▶ WrapTransport… ─▶ cached transport ─▶ server
//	           Impersonate-*    User-Agent    Basic, Bearer    masked                     │ one for equal configs,
//	           └──────── each header only where the caller left it free ───────┘          │ until nobody holds it
//	                                                                                      ├ CA, cert and key file
//	                                                                                      └ HTTP/2, health checked
//
// No goroutine runs in the background. Files are looked at by the request that comes when a look is due (a token's minute
// is over, a certificate's second), for a rotation matters only to requests that are still to come. So there is nothing to
// stop: a transport that nobody uses does nothing, and when the last reference to it is gone, its idle connections are
// closed and the cache forgets it.
//
// Upstream: transport.
// Left out: SPDY and websocket, CancelRequest (contexts do that), metrics, feature gates, the dependency on
// golang.org/x/oauth2 (Token and TokenSource stand in for it).
package transport
