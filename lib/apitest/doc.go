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
// The story is store.go, list.go, watch.go and write.go, in this order. Around it are server.go and fault.go (who answers),
// request.go, resource.go and encode.go (what it looks like on the wire). Each other file is one thing that only some tests need:
// builtin.go, chaos.go, direct.go (writes without HTTP), discovery.go, edit.go (PATCH, and status apart from the rest),
// fields.go, pipe.go (no sockets, for synctest).
//
// Faults stand between the server and its handlers, and happen when a test asks for them:
// 429 with Retry-After, 410 after compaction, a stream cut in mid-frame, a hang, a 500 with an HTML body.
//
// Goroutines: those of net/http's server. Server.Close waits for all of them.
//
// Upstream: none; the behaviour is that of k8s.io/apiserver, and a test plays the same script against both.
// Left out: HTTP/2 and compression; authentication, authorization, admission; defaults, validation and conversion of kinds;
// JSON patch and server-side apply; dry runs (they are refused); generated names, metadata.generation, finalizers;
// options of a delete, garbage collection; Table and PartialObjectMetadata; the count of what remains after a page;
// the wait for a resourceVersion to come; the periodic bookmark (Server.Bookmark sends one when a test wants it).
package apitest
