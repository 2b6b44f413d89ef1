// Package workqueue stands between those who see that something has to be done and the workers who do it. Items are
// keys, not objects: a worker that gets one looks up how things are by then, and sets right whatever it finds.
//
//	AddRateLimited(a) ──▶ limiter says 40ms ──▶ AddAfter(a, 40ms) ──▶ waiting [a in 40ms] ──▶ Add(a)
//	      rate limited                              delaying                                   queue
//
//	             Add ┌──────── dirty ────────┐
//	   ─────────────▶│ queue [b c]           │ Get   ┌─ processing ─┐ Done
//	   b, c: waiting │                       ├──────▶│ d            │──────▶ forgotten
//	   a: added while│               a ······│·······│ a            │──────▶ back to the end of the queue
//	   it is in work └───────────────────────┘       └──────────────┘
//
// An item that is added and not yet handed out is dirty, however often it is added. An item that is handed out and not
// yet done is processing. It may be both, and isn't queued then: it is queued again when it is done. So nobody ever works
// on an item that somebody else has in work, and no Add is lost.
//
// Each kind of queue contains the one before. None starts a goroutine: what has to happen later, a timer does, and it is
// stopped by ShutDown. Limiters say how long an item waits, and know nothing of queues.
//
// The names without Typed are those from before there were type parameters. They mean the same, for items of any type.
// New code has no use for them, but much that is written about controllers has.
//
// Upstream: util/workqueue.
//
// Left out: of the names without Typed those for which there is a …WithConfig (NewNamed…, …WithCustomQueue,
// …WithCustomClock, NewRateLimitingQueueWithDelayingInterface) and TypedNewDelayingQueue. The Clock fields of the
// configs: time is time.Now, which testing/synctest can fake.
//
// Different: Done of an item that isn't processing does nothing, where upstream may queue it twice. Everyone who drains
// returns, not just one of them. AddAfter never blocks, and what it has accepted doesn't wait for a goroutine to read it.
// A delaying queue forgets what still waits when it is shut down. Items that wait no longer, and failures that are
// forgotten, give their memory back. The zero values of the limiters that count failures can be used. ParallelizeUntil
// has at least one worker.
package workqueue
