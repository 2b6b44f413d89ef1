// Package events reports what happens to objects, through events.k8s.io/v1: a first event at once, and what happens again and again
// as a series, whose number is written now and then.
//
//	EventRecorder ──Eventf──▶ broadcaster ──▶ recording          {Pod web-0, Pulling, …} ×3
//	                            │                │                         │ changed
//	                            ├──▶ StartLogging│            workqueue ◀──┘
//	                            └──▶ StartEventWatcher           │ writers
//	                                                             ▼
//	   1st  Create    event                                  EventSink ──▶ events.k8s.io/v1
//	   2nd  Patch     {"series": {"count": 2, …}}
//	   3rd … nothing, until
//	        30 min    {"series": {"count": 451, …}}              so that it doesn't expire
//	        6 min without one: the final count                   the next one begins a new series
//
// Events that differ in nothing but note, annotations and time are of one series; it has the note of its first event. The resourceVersion
// of the objects makes no difference either.
//
// A recorder never waits. Its event goes into the channel of each watcher, and a watcher whose channel is full misses it. The sink's
// watcher only counts, so it doesn't fall back when the API does. A write that fails is tried again after about ten seconds, twelve
// times in all, if the API can't be reached or answers with 429 or 5xx; what it refuses isn't tried again.
//
// Goroutines: each StartEventWatcher has one, each StartRecordingToSinkWithContext nine (it reads, eight write). Shutdown waits for all.
//
// Upstream: tools/events, and the adapter for lib/record's recorders of tools/record.
//
// Different from upstream:
//   - A recorder's events stay in order, and a queue of series takes the place of one goroutine for each event, so that an API server that
//     is slow costs no memory (kubernetes/kubernetes#140393). More than 10,000 series are not kept waiting: further new ones are dropped.
//     Nothing is locked during a request.
//   - An object whose resourceVersion has changed goes on with its series. Upstream begins a new one, so that whatever has a changing
//     status never gets a series.
//   - Shutdown waits, and has the latest counts written. Upstream returns at once, and they are lost.
//   - 429 and 5xx are tried again. Upstream takes every Status for a refusal.
//   - What happens while a write waits or fails is written with it: five events while the API was away are one create.
//   - Notes, reasons, actions and instances are cut to the lengths that the API takes (kubernetes/kubernetes#98175), and no two events of
//     a process have the same name (kubernetes/kubernetes#95903).
//   - Events have no part of the caller's objects: not the annotations, not the references. No log has a whole object.
//
// Left out: what is deprecated (StartRecordingToSink with a channel, StartStructuredLogging, DeprecatedNewLegacyRecorder,
// NewEventBroadcasterAdapter without a context).
package events
