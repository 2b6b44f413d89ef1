// Package informer keeps a local copy of a resource's objects and tells any number of handlers what changes in it.
//
//	API server ──▶ reflector ──▶ RealFIFO ──▶ applier ── 1. ──▶ indexer ◀── listers
//	                                             │
//	                                             2.
//	                                             ▼
//	                                          audience
//	                                             ├──▶ buffer [+a +b ~a] ──goroutine──▶ handler
//	                                             └──▶ buffer [~a]       ──goroutine──▶ another, which joined later
//
// The indexer changes first, a whole batch at a time; then each handler's buffer gets the batch. What a handler is told
// has therefore happened in the indexer, which may already be further. One handler is called for one change at a time, in
// the order of the changes; nothing but memory connects it to the speed of others.
//
// Who joins late is given the indexer's content as adds, between two batches, and so misses nothing and hears nothing twice.
// Such adds, and those of the first list, have isInInitialList set. A mark goes into the buffer behind them; the handler is
// synced when it gets there.
//
// Goroutines of a running SharedInformer: the reflector's; one that pops and applies (it is the one that called RunWithContext);
// one that waits for the first list; one for each handler, until it has ended after its removal; the mutation detector's, if
// it is on. RunWithContext returns after all of them have ended. Those of handlers end after the call that they are in;
// what is still in their buffers then is not delivered, as upstream.
//
// The order of the files: apply.go (a batch and the store), audience.go and listener.go (the handlers), shared_index.go (all
// of it together), group.go and factory.go (many informers).
//
// Upstream: tools/cache/controller.go, shared_informer.go, mutation_detector.go, event_handler_name.go, and what is common to
// informers/factory.go and dynamic/dynamicinformer; synctrack is a package of its own beneath this one, as upstream.
//
// Left out: what is deprecated or has a …WithContext form (Run, SetWatchErrorHandler, GetController, NewInformer …); feature
// gates, of which the defaults of 1.37 are built in; metrics and informer identities; the trace of slow handlers.
//
// Different: a nil handler and the registration of another informer are refused; a panicking handler, where panics don't end
// the process, counts as having been told, and can so become synced; a negative resync period of a handler is none, not the
// informer's; a Config's Process that asks for something again gets it after a pause; the mutation detector names fields, not
// their values.
package informer
