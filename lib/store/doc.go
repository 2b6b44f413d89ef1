// Package store is the local cache of objects, found by key or by index.
//
//	              Get                        List, ByIndex …              Add, Update, Delete, Replace …
//	               │ no lock                  │ mu, to read                │ writing; mu, for the change
//	               ▼                          ▼                            ▼
//	directory  [ · ● · ● ● · ]     objects [ a    f    k ]            all of it, one at a time
//	               └──▶ entry {key, object, position 1, places}
//	                                               ▲
//	index "app":  value "web" ─▶ bucket [5 1 9] ───┘ positions
//
// Three layers, each of which can be read alone:
//   - A cache (store.go) computes keys, and is what NewStore and NewIndexer return.
//   - A threadSafeMap (threadsafe.go, query.go, write.go) holds the locks.
//   - A table (table.go) holds the objects and indexes, for one goroutine; its directory (directory.go) is a hash table
//     that can be searched while that goroutine writes.
//
// Objects lie side by side, so a List is one copy of memory. A bucket, which is all objects that share a value in an
// index, has their positions and not their keys, so a ByIndex hashes nothing. Each object knows its places in the
// buckets; so the store never asks an index function about an old object, which may have been changed since, and an
// update whose values are the same touches no index.
//
// Index functions run before anything is changed and while all can read. A writer then holds mu for a few writes to
// memory. So every query sees one state of the store, a transaction entirely or not at all, and never an older state
// than a query before it. Only a Get doesn't wait for these few writes: it may find an object's new state a moment
// before the other objects of the transaction have theirs. What it found, every later query finds too, or newer.
//
// Upstream: tools/cache/{store,thread_safe_store,index,object-names}.go; TransformFunc and tombstones are in
// delta_fifo.go there, typed indexers in shared_informer.go, DeletedObject in controller.go.
// Left out: metrics and informer identity, and with them the options of NewThreadSafeStore; ExpirationCache,
// MutationCache, UndeltaStore and the fakes.
package store
