// Package fifo holds each object's changes between the reflector that sees them and the informer that applies them.
// There are two queues. Both keep the order of one object's changes; they differ in the order of different objects:
//
//	the watch says   +a  +b  ~a  -b  +c  ~a       (+ added, ~ updated, - deleted)
//
//	DeltaFIFO        a[+ ~ ~]  b[+ -]  c[+]       an entry for each object: Pop takes it with all that happened to it
//	RealFIFO         +a  +b  ~a  -b  +c  ~a       an entry for each change: Pop takes one,
//	                [+a  +b][~a  -b  +c][~a]      PopBatch as many as are of different objects
//
//	reflector ──Add/Update/Delete/Replace──▶ queue ──Pop──▶ informer
//	                                KnownObjects ◀── the informer's store, for tombstones and resync
//
// Informers once ran on DeltaFIFO. They run on RealFIFO by default since Kubernetes 1.33, and without a way back since
// 1.36 (the feature gate InOrderInformers: on, then locked), because an entry for each object reorders changes of
// different objects: in the picture, the last update of a is delivered before b is known. The store then passes through states that the server never had, and no resource version describes it.
// RealFIFO keeps the order of the watch stream. It also lets a list pass as one entry, ReplacedAll, where DeltaFIFO
// makes an entry for each object, and a reader of the store sees the old list turn into the new one bit by bit. And
// since it then need not look into the informer's store, it can let go of its lock while the informer works.
// What DeltaFIFO has to offer in return: ten changes of one object that nobody has popped yet are one entry.
//
// Neither starts a goroutine.
//
// Upstream: tools/cache/delta_fifo.go, tools/cache/the_real_fifo.go, the interfaces of tools/cache/fifo.go, DoneChecker
// of tools/cache/shared_informer.go.
//
// Left out: FIFO, Heap, ExpirationCache, MutationCache, UndeltaStore and the fakes; deprecated constructors; metrics and
// informer identities; feature gates.
//
// Different: an error leaves a queue as it was, also in the middle of Replace, and a failed first Add doesn't end the
// wait for the initial list. There is ErrRequeue: the contract of Queue speaks of it, upstream's code doesn't. The
// channel of DeltaFIFO's HasSyncedChecker closes when the last object of the initial list has been processed, not when
// it is popped, and HasSynced never waits for a process function. A bookmark that a RealFIFO processes while the first
// Replace arrives isn't counted as a part of the initial list.
//
// Also different, unless a transformer changes names, or KnownObjects has other keys than the queue: Resync takes the
// keys that KnownObjects lists, where upstream makes them of the objects; and in a RealFIFO, what is of one object, in
// the queue and in a batch, is decided by the keys that objects came with, where upstream makes them again of what the
// transformer returned.
package fifo
