package record_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	typedcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
)

// Twenty goroutines, 500 events each: 60 quiet pods of which five things are said, and a noisy one.
const (
	speakers  = 20
	quietPods = 60
	noise     = 200
	allEvents = speakers * (quietPods*5 + noise)
)

// said is what an event object says in the end.
type said struct {
	about, reason, message string
	count                  int32
}

func whatIsSaid(e *corev1.Event) said {
	return said{e.InvolvedObject.Name, e.Reason, e.Message, e.Count}
}

// ledger is the real sink, and remembers by name what it was asked to store, whatever came of it.
type ledger struct {
	*typedcorev1.EventSinkImpl

	mu      sync.Mutex
	asked   map[string]said
	refused []error // by the server, for another reason than that it has the event already
	unheard int     // calls without an answer
}

func (l *ledger) Create(event *corev1.Event) (*corev1.Event, error) {
	stored, err := l.EventSinkImpl.Create(event)
	l.enter(event, err)
	return stored, err
}

func (l *ledger) Patch(event *corev1.Event, data []byte) (*corev1.Event, error) {
	stored, err := l.EventSinkImpl.Patch(event, data)
	l.enter(event, err)
	return stored, err
}

func (l *ledger) enter(event *corev1.Event, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[event.Name] = whatIsSaid(event)
	switch {
	case err == nil, apierrors.IsAlreadyExists(err):
	case apierrors.ReasonForError(err) != metav1.StatusReasonUnknown:
		l.refused = append(l.refused, err)
	default:
		l.unheard++
	}
}

// turnstile lets no more events into the queue than it has room for, and counts those that the correlator has taken out.
type turnstile struct {
	room    chan struct{}
	taken   atomic.Int64
	third   chan struct{} // closed when a third of all is out
	allOut  chan struct{}
	correct record.EventAggregatorKeyFunc
}

func newTurnstile() *turnstile {
	return &turnstile{room: make(chan struct{}, 1000), third: make(chan struct{}), allOut: make(chan struct{}), correct: record.EventAggregatorByReasonFunc}
}

// leave is a KeyFunc: the correlator calls it once for each event.
func (s *turnstile) leave(e *corev1.Event) (string, string) {
	<-s.room
	switch s.taken.Add(1) {
	case allEvents / 3:
		close(s.third)
	case allEvents:
		close(s.allOut)
	}
	return s.correct(e)
}

// speak records what one goroutine has to say.
func (s *turnstile) speak(recorder record.EventRecorder, namespace string, speaker int) {
	pod := func(i int) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf("pod-%d-%d", speaker, i)}}
	}
	for i := range quietPods {
		for _, reason := range []string{"Pulled", "Started", "Started", "Pulled", "Started"} {
			s.room <- struct{}{}
			recorder.Event(pod(i), corev1.EventTypeNormal, reason, "It happened.")
		}
	}
	for n := range noise {
		s.room <- struct{}{}
		recorder.Eventf(pod(quietPods), corev1.EventTypeWarning, "Unhealthy", "Probe %d failed.", n)
	}
}

// Events go on while the API server is away for some seconds. In the end it has all that the correlator let through, and
// nothing twice.
func TestTenThousandEventsWhileTheServerRestarts(t *testing.T) {
	cfg := cluster.ForDisruption(t)
	cfg.QPS = -1
	namespace := cluster.NamespaceForTest(t, cfg)
	clients, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	var log logbook
	turnstile := newTurnstile()
	b := record.NewBroadcaster(
		record.WithContext(log.context(t, 0)),
		record.WithSleepDuration(3*time.Second),
		record.WithCorrelatorOptions(record.CorrelatorOptions{KeyFunc: turnstile.leave}))
	sink := &ledger{
		EventSinkImpl: &typedcorev1.EventSinkImpl{Interface: clients.CoreV1().Events("")},
		asked:         map[string]said{},
	}
	b.StartRecordingToSink(sink)

	var wg sync.WaitGroup
	for speaker := range speakers {
		wg.Go(func() { turnstile.speak(b.NewRecorder(scheme.Scheme, source), namespace, speaker) })
	}
	<-turnstile.third
	require.NoError(t, cluster.RestartAPIServer(t.Context()))
	wg.Wait()
	<-turnstile.allOut
	b.Shutdown() // one event may be under way still, to a server that is there

	require.NotZero(t, sink.unheard, "the server was away")
	require.Empty(t, sink.refused)
	stored := map[string]said{}
	list, err := clients.CoreV1().Events(namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	for i := range list.Items {
		stored[list.Items[i].Name] = whatIsSaid(&list.Items[i])
	}
	require.Equal(t, sink.asked, stored)
	requireTheWholeStory(t, stored)
	require.NotContains(t, log.String(), "Events were dropped")
}

// requireTheWholeStory knows what the speakers said, and what a correlator makes of it.
func requireTheWholeStory(t *testing.T, stored map[string]said) {
	t.Helper()
	counts := map[[2]string]int32{} // by pod and reason
	objects := map[[2]string]int{}
	for _, s := range stored {
		counts[[2]string{s.about, s.reason}] += s.count
		objects[[2]string{s.about, s.reason}]++
	}
	require.Len(t, counts, speakers*(2*quietPods+1))
	for speaker := range speakers {
		for i := range quietPods {
			pod := fmt.Sprintf("pod-%d-%d", speaker, i)
			require.EqualValues(t, 2, counts[[2]string{pod, "Pulled"}], pod)
			require.EqualValues(t, 3, counts[[2]string{pod, "Started"}], pod)
			require.Equal(t, 1, objects[[2]string{pod, "Pulled"}], pod)
			require.Equal(t, 1, objects[[2]string{pod, "Started"}], pod)
		}
		noisy := [2]string{fmt.Sprintf("pod-%d-%d", speaker, quietPods), "Unhealthy"}
		require.Equal(t, 10, objects[noisy], "nine of their own, one for all others")
		require.EqualValues(t, 25, counts[noisy], "the bucket was empty then")
	}
}

// The real server draws the line between what a recorder has to mind and what it hasn't.
func TestTheServerTakesWhatTheRecorderMakes(t *testing.T) {
	cfg := cluster.ForTest(t)
	namespace := cluster.NamespaceForTest(t, cfg)
	clients, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	var log logbook
	b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
	b.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: clients.CoreV1().Events("")})
	recorder := b.NewRecorder(scheme.Scheme, source)
	about := func(name string) *corev1.ObjectReference {
		return &corev1.ObjectReference{Kind: "Till", APIVersion: "shop.example.test/v1", Namespace: namespace, Name: name}
	}
	long := strings.Repeat("x", 253)
	recorder.Event(about(long), corev1.EventTypeNormal, "LongName", "The name leaves no room for a time.")
	recorder.Event(about("system:till"), corev1.EventTypeNormal, "OddName", "No event may be called that.")
	recorder.Event(about("till"), corev1.EventTypeNormal, "Reason"+long, strings.Repeat("y", 10_000))
	recorder.Event(about("till"), corev1.EventTypeNormal, "", "")
	b.Shutdown()

	require.Empty(t, log.lines())
	list, err := clients.CoreV1().Events(namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	stored := map[string]int{}
	for _, e := range list.Items {
		stored[e.Reason] = len(e.Message)
	}
	require.Equal(t, map[string]int{"LongName": 35, "OddName": 28, "Reason" + long: 10_000, "": 0}, stored)
}
