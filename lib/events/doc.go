// Package events reports what happens to objects through events.k8s.io/v1: the first time at once, and what happens again
// and again as one series that is counted up now and then.
//
//	recorder ──Eventf──▶ broadcaster ─┬─▶ [■■□□□□] ──▶ log, or your function
//	   never waits                    └─▶ [■□□□□□] ──▶ recording ──▶ EventSink ──▶ API
//
//	happens           recording                     API
//	Pulling web-0     new                           create
//	again             series ×2                     patch {"series": {"count": 2, "lastObservedTime": …}}
//	again … again     ×3 … ×451                     nothing, but
//	                  every 30 minutes              patch ×451, so that it doesn't expire
//	nothing for 6 min the end                       patch ×451, for the last time
//	Pulling web-0     new                           create
//
// Events are of one series if they differ in nothing but note, annotations, time, and the resourceVersions of their objects. The
// series has the note and the annotations of its first event.
//
// Each watcher has room for 1000 events and misses what comes while it is full. Recording only counts what it reads, so it keeps up
// whatever the API does. A queue holds the series that are to be written, each once; eight writers take them from there. A write
// that meets no server, or one in trouble (429, 5xx), is tried again after ten seconds or a little more, twelve times in all. What the
// server refuses is logged, and not tried again.
//
// Goroutines: one for each StartEventWatcher and StartLogging, nine for each StartRecordingToSinkWithContext. Shutdown waits for all.
//
// The parts: recorder.go and event.go make events, broadcaster.go hands them out, recording.go decides what is written and when,
// series.go is what it knows of each, write.go is one write. adapter.go is for servers without events.k8s.io.
//
// Upstream: tools/events; EventRecorderAdapter is in tools/record there.
//
// Different from upstream:
//   - Memory is bounded. Upstream has a goroutine for each event, which waits while a request of any other holds the lock
//     (kubernetes/kubernetes#140393). Here 10,000 series may wait and 50,000 be remembered, and new ones beyond that are dropped.
//   - Events stay in order, and what happens while a write waits or fails is written with it.
//   - The resourceVersion doesn't count. Upstream begins a new series with each, so that an object whose status changes never has one.
//   - Shutdown writes the counts that the API doesn't have yet, and waits for that.
//   - 429 and 5xx are no refusal.
//   - Notes, reasons, actions and instances are cut to what the API takes (kubernetes/kubernetes#98175), and no two events of a process
//     have the same name (kubernetes/kubernetes#95903).
//   - An event shares nothing with its caller, neither annotations nor references. No log shows a whole object.
//   - WithRefreshTime and WithFinishTime set the 30 and the 6 minutes.
//
// Left out: what is deprecated (StartRecordingToSink with a channel, StartStructuredLogging), DeprecatedNewLegacyRecorder, and
// NewEventBroadcasterAdapter without a context.
package events
