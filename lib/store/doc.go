// Package store is the local cache of objects, found by key or by index.
//
//	                         writing: one writer at a time
//	                                    │
//	         gate 0 … gate 31           ▼                   mu
//	Get ────▶ one of them     Add Update Delete Replace ◀── all other queries
//	              │
//	              ▼            part 3: position   0       1       2
//	key ─hash─▶ part 3 ─map─▶ 1          keys    ns/a    ns/f    ns/k
//	                                     objects  ●       ●       ●
//	                                     places   …    app=web#1  …
//	                                                       │
//	index "app": value web ─▶ bucket: slots  [5:0  3:1  9:4] ◀┘
//
// Three layers, each of which can be read alone:
//   - A cache (store.go) computes keys, and is what NewStore and NewIndexer return.
//   - A threadSafeMap (threadsafe.go) holds the locks.
//   - A table (table.go) holds the objects and indexes, for one goroutine.
//
// Objects lie side by side, so a List is a few copies of memory. A bucket, which is all objects that share a value in
// an index, has numbers of objects and not keys, so a ByIndex hashes nothing. Each object knows its places in the
// buckets; so the store never asks an index function about an old object, which may have been changed since, and an
// update whose values are the same writes one pointer.
//
// Index functions run before anything is changed and while all can read. A writer then holds mu and the gates of the
// parts that it changes, for a few writes to memory. So every query sees one state of the store, a transaction
// entirely or not at all, and no state older than one that was seen before. A Get is kept waiting only by a write to
// its own part, not by a List nor by other writes.
//
// Upstream: tools/cache/{store,thread_safe_store,index,object-names}.go; TransformFunc and tombstones are in
// delta_fifo.go there, typed indexers in shared_informer.go, DeletedObject in controller.go.
// Left out: metrics and informer identity, and with them the options of NewThreadSafeStore; ExpirationCache,
// MutationCache, UndeltaStore and the fakes.
package store
