// Package exec gets credentials from a program: what kubeconfigs call an exec plugin.
//
//	request ──▶ round tripper ──▶ fresh credentials? ──yes──▶ Authorization: Bearer …, client certificate ──▶ server
//	                 ▲                 │ no                                                                │
//	                 │                 ▼                                                                   │ 401
//	                 │   one plugin run for all who wait ◀─────────────────────────────────────────────────┘
//	                 └── token, certificate, expiry        a new certificate closes the connections made with the old one
//
// An Authenticator owns one goroutine while its plugin runs, which ends with the plugin. A plugin is not stopped when
// the request that needed it gives up: a login in a browser takes longer than most requests may, and the next request
// finds its result. The requests themselves wait no longer than their contexts allow.
//
// Equal configs share an Authenticator, and so its credentials, for as long as the process lives: to ask the user again
// because a client was made anew would be worse than to remember a few plugins.
//
// Upstream: plugin/pkg/client/auth/exec.
// Left out: metrics; golang.org/x/term (see isTerminal).
package exec
