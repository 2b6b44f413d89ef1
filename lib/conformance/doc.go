// Package conformance holds the workbook against client-go v0.37.2. It is the only place that imports both.
//
//	          one script, from one seed
//	      ┌──────────────┴──────────────┐
//	      ▼                             ▼
//	apitest.Server                apitest.Server       (or two scripted ListerWatchers)
//	      │ list, watch                 │
//	client-go's informer          our informer
//	      │ calls, store                │
//	      └────────▶ equal? ◀───────────┘              after every step
//
// The same at the lower stations: random operations on Indexer, ThreadSafeStore, DeltaFIFO, RealFIFO in all its modes,
// key functions, the requests of a reflector, and work queues. Everything runs in a synctest bubble: its clock is fake, so backoffs and resyncs
// cost nothing, and between two steps both sides have come to rest.
//
// What the contract leaves open is brought into one order before it is compared (see calls_test.go), and what we do differently on
// purpose is listed, with the reason, in exceptions_test.go.
//
// The folder bench holds the benchmarks: make bench. The folder surface compares generated code: go run ./surface.
//
// Upstream: tools/cache, as a whole, and util/workqueue.
package conformance
