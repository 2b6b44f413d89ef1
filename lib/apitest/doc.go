// Package apitest is the other side of the conversation: a small Kubernetes API server in memory, over real HTTP.
//
//	GET /api/v1/pods ──▶ server ──▶ fault? ──▶ list ──┐
//	GET …?watch=1    ──▶ server ──▶ fault? ──▶ watch ─┤
//	POST PUT PATCH … ──▶ server ──▶ fault? ──▶ write ─┤
//	                                                  ▼
//	  store   objects  shop/a@4   shop/b@3            (now)
//	          log      2:+a   3:+b   4:a→a'   …       (how it came about)
//	                     compacted ┘ └ a watch from 3 starts here
//
// Everything rests on one idea: every change gets the next resourceVersion and a place in one log.
// A list is the state at a resourceVersion, a watch is the log after it, and a conflict is a writer that
// was not at the end of it.
//
// The story is server.go, store.go, list.go, watch.go, write.go and fault.go, in this order. request.go and encode.go are
// what it looks like on the wire. Each other file is one thing that only some tests need: discovery.go, edit.go (PATCH, and status apart from the rest),
// fields.go, chaos.go, pipe.go (no sockets, for synctest), and direct.go and resource.go (what a test does without HTTP).
//
// Faults stand between the server and its handlers, and happen when a test asks for them:
// 429 with Retry-After, 410 after compaction, a stream cut in mid-frame, a hang, a 500 with an HTML body.
//
// Goroutines: those of net/http's server. Server.Close waits for all of them.
//
// Upstream: none; the behaviour is that of k8s.io/apiserver, and a test plays the same script against both.
// Left out: authentication, authorization, admission, defaulting and validation of kinds; JSON patch and server-side apply;
// conversion between versions; compression; Table and PartialObjectMetadata; finalizers, options of a delete, graceful deletion,
// garbage collection; dry runs (they are refused); generated names and metadata.generation; the
// count of what remains after a page; the periodic
// bookmark (Server.Bookmark sends one when a test wants it); the server's wait for a resourceVersion to come; HTTP/2.
package apitest
