package record_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/record"
)

func TestAnEventSaysWhatHappenedToWhom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := record.NewBroadcaster()
		var got []*corev1.Event
		b.StartEventWatcher(func(e *corev1.Event) { got = append(got, e) })
		recorder := b.NewRecorder(scheme.Scheme, source)

		now := metav1.Now()
		annotations := map[string]string{"a": "b"}
		recorder.AnnotatedEventf(web, annotations, corev1.EventTypeWarning, "Failed", "%d of %d", 1, 2)
		annotations["a"] = "c" // the caller's map stays the caller's
		recorder.Eventf(web, corev1.EventTypeNormal, "Pulled", "%s", "100%")
		recorder.Event(web, corev1.EventTypeNormal, "Pulled", "100%d")
		b.Shutdown()

		require.Len(t, got, 3)
		require.Regexp(t, `^web\.[0-9a-f]+$`, got[0].Name)
		got[0].Name = ""
		require.Equal(t, &corev1.Event{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Annotations: map[string]string{"a": "b"}},
			InvolvedObject: corev1.ObjectReference{
				APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "web", UID: "u-1", ResourceVersion: "7",
			},
			Type: "Warning", Reason: "Failed", Message: "1 of 2",
			Count: 1, FirstTimestamp: now, LastTimestamp: now,
			Source: source, ReportingController: "shopkeeper", ReportingInstance: "node-1",
		}, got[0])
		require.Equal(t, "100%", got[1].Message)
		require.Nil(t, got[1].Annotations)
		require.Equal(t, "100%d", got[2].Message, "the message of Event is no format")
	})
}

func TestWhereAnEventGoes(t *testing.T) {
	for name, tt := range map[string]struct {
		about           runtime.Object
		namespace, name string // the name up to the time
	}{
		"with its object":          {web, "shop", "web"},
		"a node's to default":      {&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}}, "default", "node-1"},
		"a reference's":            {&corev1.ObjectReference{Kind: "Till", Namespace: "shop", Name: "till-1"}, "shop", "till-1"},
		"a reference's without":    {&corev1.ObjectReference{Kind: "Till", Name: "till-1"}, "default", "till-1"},
		"a name no event may have": {&corev1.ObjectReference{Kind: "User", Name: "system:node"}, "default", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := record.NewBroadcaster()
				var got *corev1.Event
				b.StartEventWatcher(func(e *corev1.Event) { got = e })
				b.NewRecorder(scheme.Scheme, source).Event(tt.about, "Normal", "Done", "")
				b.Shutdown()
				require.Equal(t, tt.namespace, got.Namespace)
				if tt.name != "" {
					require.Regexp(t, `^`+tt.name+`\.[0-9a-f]+$`, got.Name)
				} else {
					require.Len(t, got.Name, 26)
				}
			})
		})
	}
}

func TestWhatIsNotRecordedIsLogged(t *testing.T) {
	for name, tt := range map[string]struct {
		about     runtime.Object
		eventtype string
		shutDown  bool
		want      string
	}{
		"no object":            {about: nil, eventtype: "Normal", want: "E Event not recorded: there is no way to refer to its object"},
		"a nil pod":            {about: (*corev1.Pod)(nil), eventtype: "Normal", want: "E Event not recorded: there is no way to refer to its object"},
		"an object of no kind": {about: &unstructured.Unstructured{}, eventtype: "Normal", want: "E Event not recorded: there is no way to refer to its object"},
		"no type":              {about: web, eventtype: "", want: "E Event not recorded: its type is neither Normal nor Warning"},
		"a type of his own":    {about: web, eventtype: "Error", want: "E Event not recorded: its type is neither Normal nor Warning"},
		"after the Shutdown":   {about: web, eventtype: "Normal", shutDown: true, want: "E Event not recorded"},
	} {
		t.Run(name, func(t *testing.T) {
			var mine logbook
			var got reasons
			b := record.NewBroadcaster()
			b.StartEventWatcher(got.handle)
			if tt.shutDown {
				b.Shutdown()
			}
			recorder := b.NewRecorder(scheme.Scheme, source).WithLogger(mine.logger(0))
			recorder.Event(tt.about, tt.eventtype, "Done", "")
			recorder.Eventf(tt.about, tt.eventtype, "Done", "")
			recorder.AnnotatedEventf(tt.about, nil, tt.eventtype, "Done", "")
			b.Shutdown()
			require.Empty(t, got.all())
			require.Equal(t, []string{tt.want, tt.want, tt.want}, mine.lines(), "on the logger of WithLogger")
		})
	}
}

// What the log says is read by many.
func TestTheLogHasNoSecrets(t *testing.T) {
	var log logbook
	b := record.NewBroadcaster()
	defer b.Shutdown()
	secret := &corev1.Secret{StringData: map[string]string{"password": "hunter2"}}
	b.NewRecorder(runtime.NewScheme(), source).WithLogger(log.logger(10)).Event(secret, "Normal", "Rotated", "")
	require.Contains(t, log.String(), "*v1.Secret")
	require.NotContains(t, log.String(), "hunter2")
}

// The clock of a bubble stands still: so does a real one, for a moment. All events go to one server, whoever sends them.
func TestNoTwoEventsShareAName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		broadcasters := make([]record.EventBroadcaster, 4)
		for i := range broadcasters {
			broadcasters[i] = record.NewBroadcaster(record.WithCorrelatorOptions(record.CorrelatorOptions{BurstSize: 1000}))
			broadcasters[i].StartRecordingToSink(s)
		}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() { say(broadcasters[i%4], numbered(50)...) }) // each by a recorder of its own
		}
		wg.Wait()
		names := map[string]bool{}
		for _, b := range broadcasters {
			b.Shutdown()
		}
		for _, c := range s.all() {
			if c.verb == "create" {
				require.False(t, names[c.event.Name], c.event.Name)
				names[c.event.Name] = true
			}
		}
		require.Len(t, names, 4*50, "the same events come five times from each broadcaster")
	})
}

func TestARecorderNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logbook
		b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
		var slow, fast int
		wake := make(chan struct{})
		b.StartEventWatcher(func(*corev1.Event) {
			slow++
			<-wake
		})
		b.StartEventWatcher(func(*corev1.Event) { fast++ })

		say(b, "First")
		synctest.Wait() // the slow one has it
		for range 5_000 {
			say(b, "Next")
			synctest.Wait() // the fast one has it, although the other one hasn't
		}
		close(wake)
		b.Shutdown()

		require.Equal(t, 5_001, fast)
		require.Equal(t, 1_001, slow, "one in its hands, and a queue of 1000")
		require.Equal(t, []string{"E Events were dropped: their handlers were too slow"}, log.lines())
		require.Contains(t, log.String(), "events=4000")
	})
}
