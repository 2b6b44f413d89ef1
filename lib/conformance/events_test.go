package conformance_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	theirscheme "k8s.io/client-go/kubernetes/scheme"
	theirevents "k8s.io/client-go/tools/events"

	ourevents "client-go-workbook/lib/events"
	ourscheme "client-go-workbook/lib/kubernetes/scheme"
)

// TestEventsAgree has both recorders report the same at the same times, and compares what they ask of the API: which creates and
// patches, when, with what in them. In a namespace that is being terminated the API refuses everything.
func TestEventsAgree(t *testing.T) {
	for seed := range seedsFor(t) {
		theirs, ours := playSeries(t, theirEvents, seed, nil), playSeries(t, ourEvents, seed, nil)
		requireSameLines(t, seed, theirs.told(), ours.told())
		requireSameLines(t, seed, theirs.stored(), ours.stored())
	}
}

// With an API that can't be reached now and then, when they try again is a matter of chance, and what happens meanwhile we write
// at once. When all has come to rest, the same is stored.
func TestEventsAgreeWhenTheAPIIsAway(t *testing.T) {
	for seed := range seedsFor(t) {
		away := errors.New("connection refused")
		theirs, ours := playSeries(t, theirEvents, seed, away), playSeries(t, ourEvents, seed, away)
		requireSameLines(t, seed, theirs.stored(), ours.stored())
	}
}

func seedsFor(t *testing.T) uint64 {
	if testing.Short() {
		return 20
	}
	return 50
}

// requireSameLines shows the first difference only: there are hundreds of lines.
func requireSameLines(t *testing.T, seed uint64, theirs, ours []string) {
	t.Helper()
	for i := range min(len(theirs), len(ours)) {
		require.Equal(t, theirs[i], ours[i], "seed %d, line %d", seed, i)
	}
	require.Len(t, ours, len(theirs), "seed %d", seed)
}

// eventsSide is one library's recorder on its way to a sink.
type eventsSide struct {
	record   func(regarding, related runtime.Object, annotations map[string]string, eventtype, reason, action, note string, args ...any)
	shutdown func()
}

func theirEvents(ctx context.Context, sink *eventShelf) (eventsSide, error) {
	b := theirevents.NewBroadcaster(sink)
	recorder := b.NewRecorder(theirscheme.Scheme, "example.com/kubelet").(theirevents.AnnotatedEventRecorder)
	return eventsSide{recorder.AnnotatedEventf, b.Shutdown}, b.StartRecordingToSinkWithContext(ctx)
}

func ourEvents(ctx context.Context, sink *eventShelf) (eventsSide, error) {
	b := ourevents.NewBroadcaster(sink)
	recorder := b.NewRecorder(ourscheme.Scheme, "example.com/kubelet").(ourevents.AnnotatedEventRecorder)
	return eventsSide{recorder.AnnotatedEventf, b.Shutdown}, b.StartRecordingToSinkWithContext(ctx)
}

// playSeries plays a script, waits for an hour, and returns the sink. If away isn't nil, it is what the API answers from time to
// time.
func playSeries(t *testing.T, newSide func(context.Context, *eventShelf) (eventsSide, error), seed uint64, away error) (sink *eventShelf) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(seed, 6))
		sink = newEventShelf()
		ctx, cancel := context.WithCancel(t.Context())
		side, err := newSide(ctx, sink)
		require.NoError(t, err)
		for range 200 {
			switch n := random.IntN(100); {
			case n < 60:
				say(random, side)
			case n < 80:
				time.Sleep(time.Duration(random.IntN(60_000)) * time.Millisecond)
			case n < 95:
				time.Sleep(time.Duration(random.IntN(15*60_000)) * time.Millisecond)
			case away != nil && sink.untilSeriesEnd() > 2*time.Minute:
				sink.answerWith(away)
				say(random, side)
				synctest.Wait()
				time.Sleep(time.Duration(random.IntN(90)) * time.Second)
				sink.answerWith(nil)
				time.Sleep(15 * time.Second)
			case away == nil:
				sink.expire(random)
			}
			time.Sleep(time.Millisecond) // client-go's names are no others at the same time
			synctest.Wait()
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		cancel()
		side.shutdown()
	})
	return sink
}

// say reports something that was perhaps said before.
func say(random *rand.Rand, side eventsSide) {
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	namespace := pick("shop", "shop", "shop", "terminating", "")
	regarding := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: pick("web-0", "web-1", "system:web"), UID: types.UID("u" + namespace), ResourceVersion: "7"}}
	var related runtime.Object
	if random.IntN(4) == 0 {
		related = &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}}
	}
	var annotations map[string]string
	if random.IntN(4) == 0 {
		annotations = map[string]string{"example.com/n": pick("1", "2")}
	}
	side.record(regarding, related, annotations, pick("Normal", "Normal", "Warning", "Alarming"), pick("Pulling", "Pulled"), pick("Pull", "Pull", "Retry"), "%s of %d", pick("one", "two"), 3)
}

// eventShelf is a sink that keeps events, refuses those of one namespace, and remembers what was asked. Names are replaced by numbers:
// they have the time in them, or are random.
type eventShelf struct {
	opened time.Time

	mu     sync.Mutex
	answer error
	events map[string]*eventsv1.Event
	asked  []string
}

func newEventShelf() *eventShelf {
	return &eventShelf{opened: time.Now(), events: map[string]*eventsv1.Event{}}
}

var shelfResource = eventsv1.Resource("events")

func (s *eventShelf) Create(_ context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noteLocked("create", event, nil)
	switch {
	case s.answer != nil:
		return nil, s.answer
	case event.Namespace == "terminating":
		return nil, apierrors.NewForbidden(shelfResource, event.Name, errors.New("it is being terminated"))
	case s.events[event.Name] != nil:
		return nil, apierrors.NewAlreadyExists(shelfResource, event.Name)
	}
	s.events[event.Name] = event.DeepCopy()
	return event.DeepCopy(), nil
}

func (s *eventShelf) Update(context.Context, *eventsv1.Event) (*eventsv1.Event, error) {
	panic("neither library calls it")
}

// Patch doesn't remember what it hasn't found: client-go patches a series before it creates it, we remember that it isn't there.
func (s *eventShelf) Patch(_ context.Context, event *eventsv1.Event, data []byte) (*eventsv1.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	there := s.events[event.Name]
	switch {
	case s.answer != nil:
		return nil, s.answer
	case there == nil:
		return nil, apierrors.NewNotFound(shelfResource, event.Name)
	}
	s.noteLocked("patch", event, data)
	if err := json.Unmarshal(data, there); err != nil {
		return nil, err
	}
	return there.DeepCopy(), nil
}

// noteLocked remembers a request, but not a second one that writes the same at the same time: client-go writes a series twice that
// ends when it is to be refreshed.
func (s *eventShelf) noteLocked(verb string, event *eventsv1.Event, patch []byte) {
	what := fmt.Sprintf("%s %s ", time.Since(s.opened), wholly(event))
	if !slices.ContainsFunc(s.asked, func(line string) bool { return strings.HasPrefix(line, what) }) {
		s.asked = append(s.asked, what+verb+string(patch))
	}
}

func wholly(event *eventsv1.Event) string {
	nameless := event.DeepCopy()
	nameless.Name = ""
	text, err := json.Marshal(nameless)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func (s *eventShelf) answerWith(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = err
}

// expire removes an event, as the API does an hour after it was written.
func (s *eventShelf) expire(random *rand.Rand) {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := slices.SortedFunc(maps.Keys(s.events), func(a, b string) int {
		return strings.Compare(wholly(s.events[a]), wholly(s.events[b]))
	})
	if len(names) > 0 {
		delete(s.events, names[random.IntN(len(names))])
	}
}

// untilSeriesEnd is how long it is until ends of series are looked for.
func (s *eventShelf) untilSeriesEnd() time.Duration {
	return 6*time.Minute - time.Since(s.opened)%(6*time.Minute)
}

// told returns what was asked. What was asked at the same time has no order: it depends on that of a map.
func (s *eventShelf) told() []string {
	slices.Sort(s.asked)
	return s.asked
}

func (s *eventShelf) stored() []string {
	var all []string
	for _, event := range s.events {
		all = append(all, wholly(event))
	}
	slices.Sort(all)
	return all
}

// Where our recorder differs on purpose, with the reason. Each line is what is stored at the end, by client-go and by us.
func TestException_Events(t *testing.T) {
	pod := func(version string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0", ResourceVersion: version}}
	}
	for name, tt := range map[string]struct {
		play         func(eventsSide, *eventShelf)
		theirs, ours []string
	}{
		// Whatever has a status that changes would never get a series.
		"an object that has changed": {func(side eventsSide, _ *eventShelf) {
			side.record(pod("1"), nil, nil, "Normal", "Pulling", "Pull", "")
			pause()
			side.record(pod("2"), nil, nil, "Normal", "Pulling", "Pull", "")
		}, []string{"Pulling ×1", "Pulling ×1"}, []string{"Pulling ×2"}},
		// 503 is a Status too, but no refusal.
		"a server that is starting": {func(side eventsSide, sink *eventShelf) {
			sink.answerWith(apierrors.NewServiceUnavailable("starting"))
			side.record(pod("1"), nil, nil, "Normal", "Pulling", "Pull", "")
			pause()
			sink.answerWith(nil)
			time.Sleep(time.Minute)
		}, nil, []string{"Pulling ×1"}},
		// The name is the time, which is the same for both; one is taken for the other.
		"two events at the same time": {func(side eventsSide, _ *eventShelf) {
			side.record(pod("1"), nil, nil, "Normal", "Pulling", "Pull", "")
			synctest.Wait()
			side.record(pod("1"), nil, nil, "Normal", "Pulled", "Pull", "")
		}, []string{"Pulling ×1"}, []string{"Pulled ×1", "Pulling ×1"}},
		// What happened since the last write.
		"shutdown": {func(side eventsSide, _ *eventShelf) {
			for range 5 {
				side.record(pod("1"), nil, nil, "Normal", "Pulling", "Pull", "")
				pause()
			}
		}, []string{"Pulling ×2"}, []string{"Pulling ×5"}},
	} {
		t.Run(name, func(t *testing.T) {
			for library, newSide := range map[string]func(context.Context, *eventShelf) (eventsSide, error){"theirs": theirEvents, "ours": ourEvents} {
				synctest.Test(t, func(t *testing.T) {
					sink := newEventShelf()
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					side, err := newSide(ctx, sink)
					require.NoError(t, err)
					tt.play(side, sink)
					synctest.Wait()
					side.shutdown()
					synctest.Wait()
					want := map[string][]string{"theirs": tt.theirs, "ours": tt.ours}[library]
					require.Equal(t, want, sink.counts(), library)
				})
			}
		})
	}
}

// pause lets everybody finish, and the clock go on.
func pause() {
	synctest.Wait()
	time.Sleep(time.Second)
}

// counts returns the reason of each event, and how often it happened.
func (s *eventShelf) counts() []string {
	var all []string
	for _, event := range s.events {
		n := int32(1)
		if event.Series != nil {
			n = event.Series.Count
		}
		all = append(all, fmt.Sprintf("%s ×%d", event.Reason, n))
	}
	slices.Sort(all)
	return all
}
