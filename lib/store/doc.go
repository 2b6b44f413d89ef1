// Package store is the local cache of objects, found by key or by index.
//
// Upstream: tools/cache/{store,thread_safe_store,index,object-names}.go.
// Left out: metrics, informer identity, deprecated names.
package store
