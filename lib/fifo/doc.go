// Package fifo holds each object's changes between the reflector that sees them and the informer that applies them.
// There are two queues; both keep the order of one object's changes, and differ in what becomes of the rest:
//
//	the watch says   +a  +b  ~a  -b  +c  ~a        (+ added, ~ updated, - deleted)
//
//	DeltaFIFO        a[+ ~ ~]  b[+ -]  c[+]        one entry per object; Pop takes an object with all that happened to it
//	RealFIFO         +a  +b  ~a  -b  +c  ~a        one entry per change; Pop takes one change
//	                └─ batch ─┘                    PopBatch takes several, as long as no object comes twice
//
//	reflector ──Add/Update/Delete/Replace──▶ queue ──Pop──▶ informer
//	                         KnownObjects ◀── the informer's store, for tombstones and resync
//
// Informers ran on DeltaFIFO for ten years. Since Kubernetes 1.36 they run on RealFIFO, because an entry per object
// reorders changes of different objects: in the picture the last update of a is delivered before b is known. The store
// then passes through states that the server never had, and has no single resource version that describes it. RealFIFO keeps
// the order of the watch stream. It also lets a relist pass as one entry, ReplacedAll, where DeltaFIFO makes an entry for each object
// and a reader of the store sees the old list turn into the new one bit by bit. And since it need not look
// into the informer's store for that, it can let go of its lock while the informer works.
// What DeltaFIFO has to offer in return: ten changes of one object that nobody has popped yet are one entry.
//
// Upstream: tools/cache/delta_fifo.go, tools/cache/the_real_fifo.go, the interfaces of tools/cache/fifo.go, DoneChecker of
// tools/cache/shared_informer.go.
//
// Left out: FIFO, Heap, ExpirationCache, MutationCache, UndeltaStore and the fakes; deprecated constructors; metrics and
// informer identities; feature gates.
//
// Different: an error leaves a queue as it was, also in the middle of Replace, and a failed first Add doesn't count as
// the initial list. ErrRequeue is back: the contract of Queue still speaks of it, upstream's code has lost it. DeltaFIFO
// counts as synced when the last object of the initial list is processed, not when it is popped. A RealFIFO whose
// first Replace arrives while it processes a bookmark doesn't count that bookmark as a part of the initial list.
package fifo
