// Package transport turns a Config into an http.RoundTripper that speaks TLS, presents credentials and follows both
// when they rotate on disk.
//
//	request ─▶ impersonation ─▶ user agent ─▶ authorization ─▶ debug ─▶ WrapTransport… ─▶ cached transport ─▶ server
//	           Impersonate-*    User-Agent    Basic, Bearer    masked                     │ one for equal configs,
//	           └──────── each header only where the caller left it free ───────┘          │ until nobody holds it
//	                                                                                      ├ CA, cert and key file
//	                                                                                      └ HTTP/2, health checked
//
// No goroutine runs in the background. Files are looked at by the request that comes when a look is due (a token's
// minute is over, a certificate's second), for a rotation matters only to requests that are still to come: a client
// that does nothing but watch sees it when its watch begins again. So there is nothing to stop: a transport that nobody
// uses does nothing, and when the last reference to it is gone, its idle connections are closed and the cache forgets
// it.
//
// A config that asks for nothing of TLS, dialer, proxy and compression gets http.DefaultTransport, as upstream: shared
// with all of the process, and without health checks. NextProtos (h2, http/1.1) is enough to get another.
//
// Upstream: transport.
// Left out: SPDY and websocket, CancelRequest (contexts do that), metrics, feature gates, CertCallbackRefreshDuration
// (nothing refreshes by itself), the dependency on golang.org/x/oauth2 (Token and TokenSource stand in for it).
// Added: RenewConnections and NeedsCredential, which package exec needs; MaskedHeaders and HoldsCredentials, for whoever
// shows a conversation.
// Stricter than upstream: a client certificate without its key is an error, and so is a key alone; upstream shows no
// certificate then. A redirect to another host gets no credential. Different: upstream looks at a CA file every five
// minutes.
package transport
