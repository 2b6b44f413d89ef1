package conformance_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	theirscheme "k8s.io/client-go/kubernetes/scheme"
	theirrest "k8s.io/client-go/rest"
	theirrecord "k8s.io/client-go/tools/record"
	theirreference "k8s.io/client-go/tools/reference"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"

	ourscheme "client-go-workbook/lib/kubernetes/scheme"
	ourrecord "client-go-workbook/lib/record"
	ourreference "client-go-workbook/lib/reference"
	ourrest "client-go-workbook/lib/rest"
)

// eventRecorder is what records events, in either library.
type eventRecorder interface {
	Event(object runtime.Object, eventtype, reason, message string)
	Eventf(object runtime.Object, eventtype, reason, messageFmt string, args ...any)
	AnnotatedEventf(object runtime.Object, annotations map[string]string, eventtype, reason, messageFmt string, args ...any)
}

// eventBroadcaster is what hands them out.
type eventBroadcaster interface {
	StartLogging(logf func(format string, args ...any)) watch.Interface
	StartStructuredLogging(verbosity klog.Level) watch.Interface
	Shutdown()
}

// newsroom is a recorder of one library, with all that can be seen of it.
type newsroom struct {
	eventRecorder
	eventBroadcaster
	mistake error // a RequestConstructionError of that library

	failures []failure      // by call to the sink
	names    map[string]int // of events, numbered in the order in which the sink heard of them
	calls    []string       // of the sink
	lines    []string       // of StartLogging

	mu  sync.Mutex
	log bytes.Buffer
}

// Write takes what the library logs.
func (n *newsroom) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.log.Write(p)
}

// failure makes what a sink answers.
type failure func(n *newsroom, event *corev1.Event) error

var recordFailures = []failure{
	func(*newsroom, *corev1.Event) error { return errors.New("connection refused") },
	func(*newsroom, *corev1.Event) error { return &apierrors.UnexpectedObjectError{Object: &corev1.Pod{}} },
	func(n *newsroom, _ *corev1.Event) error { return n.mistake },
	func(*newsroom, *corev1.Event) error { return apierrors.NewBadRequest("no") },
	func(_ *newsroom, e *corev1.Event) error {
		return apierrors.NewAlreadyExists(schema.GroupResource{Resource: "events"}, e.Name)
	},
	func(_ *newsroom, e *corev1.Event) error {
		return apierrors.NewNotFound(schema.GroupResource{Resource: "events"}, e.Name)
	},
	func(_ *newsroom, e *corev1.Event) error {
		err := apierrors.NewForbidden(schema.GroupResource{Resource: "events"}, e.Name, nil)
		err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
		return err
	},
	func(*newsroom, *corev1.Event) error { return apierrors.NewTooManyRequests("busy", 1) },
	func(*newsroom, *corev1.Event) error { return apierrors.NewInternalError(errors.New("oops")) },
}

func (n *newsroom) do(verb string, event *corev1.Event, patch []byte) (*corev1.Event, error) {
	numbered := *event
	numbered.Name = n.numbered(event.Name)
	document, err := json.Marshal(numbered)
	must(err)
	n.calls = append(n.calls, fmt.Sprintf("%s %s %s", verb, document, normalized(patch)))
	if i := len(n.calls) - 1; i < len(n.failures) && n.failures[i] != nil {
		if err := n.failures[i](n, event); err != nil {
			return nil, err
		}
	}
	stored := event.DeepCopy()
	stored.ResourceVersion = fmt.Sprint(len(n.calls))
	return stored, nil
}

// numbered puts a number in the place of the time: ours have never two events of one name, also not in two bubbles with one time.
func (n *newsroom) numbered(name string) string {
	if n.names == nil {
		n.names = map[string]int{}
	}
	if _, known := n.names[name]; !known {
		n.names[name] = len(n.names)
	}
	return fmt.Sprint(name[:strings.LastIndex(name, ".")+1], n.names[name])
}

// normalized sorts a patch's fields.
func normalized(patch []byte) string {
	if patch == nil {
		return ""
	}
	var fields map[string]any
	must(json.Unmarshal(patch, &fields))
	sorted, err := json.Marshal(fields)
	must(err)
	return string(sorted)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func (n *newsroom) Create(event *corev1.Event) (*corev1.Event, error) {
	return n.do("create", event, nil)
}
func (n *newsroom) Update(event *corev1.Event) (*corev1.Event, error) {
	return n.do("update", event, nil)
}
func (n *newsroom) Patch(event *corev1.Event, data []byte) (*corev1.Event, error) {
	return n.do("patch", event, data)
}

func (n *newsroom) logf(format string, args ...any) {
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

func (n *newsroom) logger() klog.Logger {
	return textlogger.NewLogger(textlogger.NewConfig(textlogger.Verbosity(5), textlogger.Output(n)))
}

var (
	structured = regexp.MustCompile(`"Event occurred".*`)
	logHead    = regexp.MustCompile(`(?m)^([EI])\d{4} .*?\] "`)
)

// logged is what StartStructuredLogging wrote, word for word, and how severe all other lines are: each library has
// words of its own.
func (n *newsroom) logged() (events, severities []string) {
	for line := range strings.Lines(n.log.String()) {
		if event := structured.FindString(line); event != "" {
			events = append(events, event)
		} else if head := logHead.FindStringSubmatch(line); head != nil {
			severities = append(severities, head[1])
		}
	}
	return events, severities
}

var reporter = corev1.EventSource{Component: "reporter", Host: "node-1"}

func theirNewsroom(t *testing.T, sleep time.Duration, failures []failure) *newsroom {
	n := &newsroom{failures: failures, mistake: &theirrest.RequestConstructionError{Err: errors.New("no body")}}
	b := theirrecord.NewBroadcaster(theirrecord.WithSleepDuration(sleep), theirrecord.WithContext(klog.NewContext(t.Context(), n.logger())))
	n.eventBroadcaster, n.eventRecorder = b, b.NewRecorder(theirscheme.Scheme, reporter).WithLogger(n.logger())
	b.StartRecordingToSink(n)
	return n
}

func ourNewsroom(t *testing.T, sleep time.Duration, failures []failure) *newsroom {
	n := &newsroom{failures: failures, mistake: &ourrest.RequestConstructionError{Err: errors.New("no body")}}
	b := ourrecord.NewBroadcaster(ourrecord.WithSleepDuration(sleep), ourrecord.WithContext(klog.NewContext(t.Context(), n.logger())))
	n.eventBroadcaster, n.eventRecorder = b, b.NewRecorder(ourscheme.Scheme, reporter).WithLogger(n.logger())
	b.StartRecordingToSink(n)
	return n
}

// eventStep is one call of a recorder, and the time that passes before it.
type eventStep struct {
	pause                      time.Duration
	object                     runtime.Object
	annotations                map[string]string
	eventtype, reason, message string
	form                       int
}

func (s eventStep) play(r eventRecorder) {
	switch s.form {
	case 0:
		r.Event(s.object, s.eventtype, s.reason, s.message)
	case 1:
		r.Eventf(s.object, s.eventtype, s.reason, "%s", s.message)
	default:
		r.AnnotatedEventf(s.object, s.annotations, s.eventtype, s.reason, "about %s: %s", s.reason, s.message)
	}
}

var eventObjects = []runtime.Object{
	&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "u-1", ResourceVersion: "7"}},
	&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db", UID: "u-2"}},
	&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}},
	&corev1.ObjectReference{Kind: "Till", Namespace: "shop", Name: "till-1", FieldPath: "spec.drawer"},
	&unstructured.Unstructured{Object: map[string]any{"apiVersion": "shop.example.test/v2", "kind": "Till", "metadata": map[string]any{"namespace": "shop", "name": "till-2"}}},
	&unstructured.Unstructured{},
	nil,
}

func randomEvents(r *rand.Rand, n int) (steps []eventStep, failures []failure) {
	pauses := []time.Duration{time.Nanosecond, time.Second, time.Minute, 11 * time.Minute}
	for range n {
		s := eventStep{
			pause:     pauses[min(r.IntN(20), r.IntN(20))/5],
			object:    eventObjects[min(r.IntN(len(eventObjects)), r.IntN(len(eventObjects)))],
			eventtype: []string{"Normal", "Normal", "Normal", "Warning", "Warning", "Error"}[r.IntN(6)],
			reason:    []string{"Pulled", "Failed"}[r.IntN(2)],
			message:   fmt.Sprint("try ", min(r.IntN(30), r.IntN(30))),
			form:      r.IntN(3),
		}
		if r.IntN(2) == 0 {
			s.annotations = map[string]string{"shift": "late"}
		}
		steps = append(steps, s)
	}
	failures = make([]failure, 2*n)
	for i := 0; i < len(failures); i++ {
		if r.IntN(6) > 0 {
			continue
		}
		fail := recordFailures[r.IntN(len(recordFailures))]
		for last := min(len(failures), i+1+r.IntN(15)*r.IntN(2)); i < last; i++ { // now and then for more than 12 tries
			failures[i] = fail
		}
	}
	return steps, failures
}

// The same calls to both recorders, and the same failures of their sinks.
func TestRecordersDoTheSame(t *testing.T) {
	for seed := range uint64(40) {
		steps, failures := randomEvents(rand.New(rand.NewPCG(seed, 0)), 200)
		play := func(newRoom func(*testing.T, time.Duration, []failure) *newsroom) (n *newsroom) {
			synctest.Test(t, func(t *testing.T) {
				n = newRoom(t, 0, failures) // the random sleep takes no time, so that all times are the same
				n.StartLogging(n.logf)
				for _, s := range steps {
					time.Sleep(s.pause)
					s.play(n)
					synctest.Wait()
				}
				n.StartStructuredLogging(2)
				steps[0].play(n)
				synctest.Wait()
				n.Shutdown()
				synctest.Wait()
			})
			return n
		}
		theirs, ours := play(theirNewsroom), play(ourNewsroom)
		for i := range min(len(theirs.calls), len(ours.calls)) {
			require.Equal(t, theirs.calls[i], ours.calls[i], "seed %d, call %d of the sink", seed, i)
		}
		require.Len(t, ours.calls, len(theirs.calls), "seed %d", seed)
		require.Equal(t, theirs.lines, ours.lines, "seed %d", seed)
		theirEvents, theirSeverities := theirs.logged()
		ourEvents, ourSeverities := ours.logged()
		require.Equal(t, theirEvents, ourEvents, "seed %d", seed)
		require.Equal(t, theirSeverities, ourSeverities, "seed %d", seed)
		require.NotEmpty(t, ours.calls)
	}
}

// When each side tries again: only the first sleep is random.
func TestRecordersSleepTheSame(t *testing.T) {
	away := make([]failure, 20)
	for i := range away {
		away[i] = recordFailures[0]
	}
	tries := func(newRoom func(*testing.T, time.Duration, []failure) *newsroom) (gaps []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			var times []time.Time
			failures := make([]failure, len(away))
			for i := range away {
				failures[i] = func(n *newsroom, e *corev1.Event) error {
					times = append(times, time.Now())
					return away[i](n, e)
				}
			}
			n := newRoom(t, 10*time.Second, failures)
			n.Event(eventObjects[0], "Normal", "Pulled", "")
			time.Sleep(time.Hour)
			n.Shutdown()
			synctest.Wait()
			require.Less(t, times[1].Sub(times[0]), 10*time.Second)
			for i := 2; i < len(times); i++ {
				gaps = append(gaps, times[i].Sub(times[i-1]))
			}
		})
		return gaps
	}
	theirs, ours := tries(theirNewsroom), tries(ourNewsroom)
	require.Equal(t, theirs, ours)
	require.Len(t, ours, 10)
}

func TestFakeRecordersDoTheSame(t *testing.T) {
	theirs, ours := theirrecord.NewFakeRecorder(1000), ourrecord.NewFakeRecorder(1000)
	steps, _ := randomEvents(rand.New(rand.NewPCG(1, 1)), 400)
	for i, s := range steps {
		theirs.IncludeObject, ours.IncludeObject = i%2 == 0 && s.object != nil, i%2 == 0 && s.object != nil
		s.play(theirs)
		s.play(ours)
		require.Equal(t, <-theirs.Events, <-ours.Events)
	}
}

func TestReferencesAreTheSame(t *testing.T) {
	for _, object := range append(eventObjects, &corev1.PodList{}, &metav1.Status{}) {
		for _, pair := range [][2]*runtime.Scheme{{theirscheme.Scheme, ourscheme.Scheme}, {nil, nil}} {
			theirs, theirErr := theirreference.GetReference(pair[0], object)
			ours, ourErr := ourreference.GetReference(pair[1], object)
			require.Equal(t, theirs, ours)
			require.Equal(t, theirErr == nil, ourErr == nil, "%T: %v, %v", object, theirErr, ourErr)
		}
	}
}

// Two events about one object at the same nanosecond: client-go gives them one name, and the server refuses the second,
// which looks like a lost answer. Ours have two names.
func TestException_EventsOfOneMoment(t *testing.T) {
	names := func(newRoom func(*testing.T, time.Duration, []failure) *newsroom) map[string]bool {
		names := map[string]bool{}
		synctest.Test(t, func(t *testing.T) {
			n := newRoom(t, 0, nil)
			n.Event(eventObjects[0], "Normal", "Pulled", "")
			n.Event(eventObjects[0], "Normal", "Started", "")
			synctest.Wait()
			n.Shutdown()
			for _, call := range n.calls {
				var event corev1.Event
				require.NoError(t, json.NewDecoder(strings.NewReader(strings.TrimPrefix(call, "create "))).Decode(&event))
				names[event.Name] = true
			}
		})
		return names
	}
	require.Len(t, names(theirNewsroom), 1)
	require.Len(t, names(ourNewsroom), 2)
}

// Events that wait in the queue when Shutdown is called: client-go's handler leaves them there, more or less by chance. Ours
// are tried once each, before Shutdown returns.
func TestException_EventsBeforeShutdown(t *testing.T) {
	written := func(newRoom func(*testing.T, time.Duration, []failure) *newsroom) (calls int) {
		synctest.Test(t, func(t *testing.T) {
			n := newRoom(t, 0, []failure{func(*newsroom, *corev1.Event) error { time.Sleep(time.Second); return nil }})
			for i := range 100 {
				pod := eventObjects[0].DeepCopyObject().(*corev1.Pod)
				pod.Name = fmt.Sprint("web-", i)
				n.Event(pod, "Normal", "Pulled", "")
			}
			n.Shutdown()
			time.Sleep(time.Minute)
			synctest.Wait()
			calls = len(n.calls)
		})
		return calls
	}
	require.Less(t, written(theirNewsroom), 100)
	require.Equal(t, 100, written(ourNewsroom))
}

// A partial reference made of a reference: client-go writes the field path into the caller's, which meant the whole
// object until then. Ours is a copy.
func TestException_PartialReferenceIsACopy(t *testing.T) {
	theirs, ours := &corev1.ObjectReference{Kind: "Pod"}, &corev1.ObjectReference{Kind: "Pod"}
	_, err := theirreference.GetPartialReference(nil, theirs, "spec")
	require.NoError(t, err)
	_, err = ourreference.GetPartialReference(nil, ours, "spec")
	require.NoError(t, err)
	require.Equal(t, "spec", theirs.FieldPath)
	require.Empty(t, ours.FieldPath)
}
