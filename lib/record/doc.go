// Package record lets a controller say what it does to an object, as events in the API, without waiting for the API.
//
//	Eventf ──▶ recorder ──event──▶ broadcaster ─┬─▶ [■■□□□□] ──▶ log          StartLogging, StartStructuredLogging
//	 "Pulled"  source,    never     a full queue ├─▶ [■□□□□□] ──▶ your function  StartEventWatcher
//	           reference  waits     drops        └─▶ [■■■■■□] ──▶ correlator ──▶ EventSink ──▶ API server
//	                                                              skip │ count     ▲      │
//	                                                                   │ combine   └──────┘ away: sleep, at most 12 tries
//
// Every Start… has a queue of 1000 events and one goroutine of its own, which Shutdown waits for: a sink that is away
// keeps no log line waiting.
//
// What becomes of an event:
//   - a recorder refuses it if its object can't be referenced, or its type is neither Normal nor Warning, and logs that;
//   - the correlator skips it, counts it on an event that the API has already, or lets it through;
//   - the sink creates it or patches the one that it counts on. If the server says no, that is final: asking again would
//     get the same answer. If nobody answers, it is tried again.
//   - "already exists" is no loss: then an earlier try had arrived, and only its answer was lost.
//   - Shutdown has every function called with what was accepted before, and each event written once: for five seconds,
//     whether the API server is there or not.
//
// The parts: recorder.go makes events, broadcaster.go hands them out, logging.go and sink.go are what they are for.
// Correlator and its three steps have files of their own. What the API server takes for an event, limits knows.
//
// Upstream: tools/record/event.go, tools/record/events_cache.go, tools/record/fake.go.
// Left out: EventRecorderAdapter, which stands in lib/events, with what it adapts to.
package record
