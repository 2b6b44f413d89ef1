// Package v1 has the typed clients for core/v1, the group without a name: pods, services, nodes, secrets.
//
//	CoreV1Client ──Pods("shop")──▶ PodInterface ──Get(ctx, "web-0")──▶ GET /api/v1/namespaces/shop/pods/web-0
//
// Each type has a file, TYPE.go, with the methods that all types share. What only one type can do
// stands in TYPE_expansion.go: Bind, EvictV1 and GetLogs of pods, Finalize of namespaces.
//
// Upstream: kubernetes/typed/core/v1.
// Left out: Apply methods; Evict of pods and those of events without a context, which are deprecated.
package v1
