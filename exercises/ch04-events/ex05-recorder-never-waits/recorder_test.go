package recorderneverwaits_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	recorderneverwaits "client-go-workbook/exercises/ch04-events/ex05-recorder-never-waits"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/broadcast"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	whole = invariant.Invariant{
		Says: "an event says what has happened to whom, when, and who says so",
		Read: "recorder.go, Event; lib/record/recorder.go, event",
	}
	neverWaits = invariant.Invariant{
		Says: "who records an event doesn't wait, and leaves nobody behind who does",
		Read: "README.md, Invariant; lib/broadcast/broadcaster.go, ActionOrDrop",
	}
	inOrder = invariant.Invariant{
		Says: "events that one goroutine records stand in its order",
		Read: "README.md, What the tests verify; lib/broadcast/doc.go",
	}
	told = invariant.Invariant{
		Says: "each event is sent or lost, and of each that is lost somebody hears once",
		Read: "README.md, Invariant; lib/record/recorder.go, record",
	}
)

// web is what the events are about.
func web() *corev1.ObjectReference {
	return &corev1.ObjectReference{Kind: "Pod", APIVersion: "v1", Namespace: "shop", Name: "web", UID: "42"}
}

// newsroom is a Recorder, and what it could not send.
type newsroom struct {
	recorderneverwaits.Recorder
	mu   sync.Mutex
	lost []string
}

// open returns a newsroom with a watcher, which has room for exactly so many events.
func open(t *testing.T, behavior broadcast.FullChannelBehavior, room int) (*newsroom, watch.Interface) {
	t.Helper()
	b := broadcast.NewBroadcaster(room, behavior)
	if behavior == broadcast.WaitIfChannelFull {
		b = broadcast.NewLongQueueBroadcaster((room-1)/2, behavior) // a queue, as many ahead, and one on its way
	}
	w, err := b.Watch()
	neverWaits.NoError(t, err, "watch")
	n := &newsroom{}
	n.Recorder = recorderneverwaits.Recorder{Source: corev1.EventSource{Component: "shop-controller", Host: "m1"}, To: b, Lost: n.loses}
	return n, w
}

func (n *newsroom) loses(event *corev1.Event, why error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	text := fmt.Sprint(why)
	switch {
	case errors.Is(why, broadcast.ErrShutDown):
		text = "shut down"
	case errors.Is(why, recorderneverwaits.ErrFull):
		text = "full"
	}
	n.lost = append(n.lost, event.Message+" "+text)
}

func (n *newsroom) losses() string {
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.lost, ", ")
}

// records records events, and fails if that takes any time.
func (n *newsroom) records(t *testing.T, rule invariant.Invariant, messages ...string) {
	t.Helper()
	began := time.Now()
	func() {
		defer bubble.Catch(t, rule, "record "+strings.Join(messages, " "))
		for _, message := range messages {
			n.Event(web(), corev1.EventTypeNormal, "Tested", message)
		}
	}()
	neverWaits.Equal(t, time.Duration(0), time.Since(began), "record %s: how long does it take", strings.Join(messages, " "))
}

// read takes out what is there, and returns the messages.
func read(w watch.Interface) string {
	synctest.Wait()
	var got []string
	for {
		select {
		case e, ok := <-w.ResultChan():
			if !ok {
				return strings.Join(got, " ")
			}
			got = append(got, e.Object.(*corev1.Event).Message)
		default:
			return strings.Join(got, " ")
		}
	}
}

func TestEventSaysAll(t *testing.T) {
	bubble.Test(t, whole, func(t *testing.T) {
		n, w := open(t, broadcast.DropIfChannelFull, 10)
		n.Event(web(), corev1.EventTypeWarning, "BackOff", "restarting")
		whole.Equal(t, 1, len(w.ResultChan()), "record an event: how many are sent")
		e := <-w.ResultChan()
		whole.Equal(t, watch.Added, e.Type, "record an event: what kind of change is it")
		event := e.Object.(*corev1.Event)
		name, now := event.Name, metav1.Now()
		event.Name = ""
		whole.Equal(t, &corev1.Event{
			ObjectMeta:     metav1.ObjectMeta{Namespace: "shop"},
			InvolvedObject: *web(),
			Source:         corev1.EventSource{Component: "shop-controller", Host: "m1"},
			Type:           corev1.EventTypeWarning, Reason: "BackOff", Message: "restarting",
			Count: 1, FirstTimestamp: now, LastTimestamp: now,
		}, event, "record that web is restarting, and look at all but the event's name")
		whole.Equal(t, "web.", name[:min(len(name), 4)], "how does its name begin, %q", name)
		n.To.Shutdown()
	})
}

func TestNodesHaveNoNamespace(t *testing.T) {
	bubble.Test(t, whole, func(t *testing.T) {
		n, w := open(t, broadcast.DropIfChannelFull, 10)
		n.Event(&corev1.ObjectReference{Kind: "Node", APIVersion: "v1", Name: "n1"}, corev1.EventTypeNormal, "Ready", "there")
		event := (<-w.ResultChan()).Object.(*corev1.Event)
		whole.Equal(t, "default", event.Namespace, "record something about a node: what is the event's namespace")
		whole.Equal(t, "", event.InvolvedObject.Namespace, "and that of the node")
		n.To.Shutdown()
	})
}

func TestEachEventHasAName(t *testing.T) {
	bubble.Test(t, whole, func(t *testing.T) {
		n, w := open(t, broadcast.DropIfChannelFull, 10)
		n.Event(web(), corev1.EventTypeNormal, "Tested", "a")
		time.Sleep(time.Nanosecond)
		n.Event(web(), corev1.EventTypeNormal, "Tested", "b")
		first, second := (<-w.ResultChan()).Object.(*corev1.Event), (<-w.ResultChan()).Object.(*corev1.Event)
		if first.Name == second.Name {
			whole.Broken(t, invariant.Report{Doing: "record two events about web, a nanosecond apart, and look at their names", Expected: "two names", Saw: first.Name})
		}
		n.To.Shutdown()
	})
}

func TestReferenceIsTheCallers(t *testing.T) {
	bubble.Test(t, whole, func(t *testing.T) {
		n, w := open(t, broadcast.DropIfChannelFull, 10)
		object := web()
		n.Event(object, corev1.EventTypeNormal, "Tested", "a")
		object.Name = "changed"
		whole.Equal(t, "web", (<-w.ResultChan()).Object.(*corev1.Event).InvolvedObject.Name, "record something about web, then change the reference: whom is the event about")
		n.To.Shutdown()
	})
}

func TestWatcherIsFull(t *testing.T) {
	bubble.Test(t, neverWaits, func(t *testing.T) {
		n, w := open(t, broadcast.WaitIfChannelFull, 3)
		returned := false
		go func() {
			defer bubble.Catch(t, neverWaits, "record a b c d e")
			for _, message := range []string{"a", "b", "c", "d", "e"} {
				n.Event(web(), corev1.EventTypeNormal, "Tested", message)
			}
			returned = true
		}()
		synctest.Wait()
		neverWaits.Equal(t, true, returned, "record a b c d e, with a watcher that has room for three, doesn't read and is waited for: have all calls returned")
		told.Equal(t, "d full, e full", n.losses(), "record a b c d e, with room for three: what is lost")
		inOrder.Equal(t, "a b c", read(w), "record a b c d e, with room for three: what is sent")
		n.records(t, told, "f")
		inOrder.Equal(t, "f", read(w), "the watcher has read; record f: what is sent")
		told.Equal(t, "d full, e full", n.losses(), "what is lost in all")
		n.To.Shutdown()
	})
}

func TestSomebodyElseWaits(t *testing.T) {
	bubble.Test(t, neverWaits, func(t *testing.T) {
		n, w := open(t, broadcast.WaitIfChannelFull, 3)
		for range 3 {
			neverWaits.NoError(t, n.To.Action(watch.Added, &corev1.Event{Message: "other"}), "fill the watcher's channel")
		}
		go func() { _ = n.To.Action(watch.Added, &corev1.Event{Message: "waiting"}) }()
		synctest.Wait()
		n.records(t, told, "a")
		told.Equal(t, "a full", n.losses(), "record a while somebody else waits for room: what is lost")
		neverWaits.Equal(t, "other other other waiting", read(w)+strings.TrimRight(" "+read(w), " "), "what is sent, when the watcher reads")
		n.To.Shutdown()
	})
}

// Under drop the broadcaster sends an event to those who have room, and counts it for the others. That is not lost.
func TestFullWatcherUnderDrop(t *testing.T) {
	bubble.Test(t, told, func(t *testing.T) {
		n, w := open(t, broadcast.DropIfChannelFull, 2)
		n.records(t, told, "a", "b", "c")
		told.Equal(t, "", n.losses(), "record a b c, with a watcher that has room for two and is not waited for: what does the recorder say is lost")
		inOrder.Equal(t, "a b", read(w), "record a b c: what has the watcher got")
		told.Equal(t, uint64(1), n.To.Dropped(), "record a b c: how many events has the broadcaster dropped")
		n.To.Shutdown()
	})
}

func TestAfterShutdown(t *testing.T) {
	bubble.Test(t, told, func(t *testing.T) {
		n, w := open(t, broadcast.WaitIfChannelFull, 3)
		n.records(t, told, "a")
		n.To.Shutdown()
		n.records(t, told, "b", "c")
		told.Equal(t, "b shut down, c shut down", n.losses(), "record a, shut the broadcaster down, record b c: what is lost, and why")
		inOrder.Equal(t, "a", read(w), "what is sent")
	})
}

func TestOrder(t *testing.T) {
	bubble.Test(t, inOrder, func(t *testing.T) {
		n, w := open(t, broadcast.DropIfChannelFull, 100)
		var messages []string
		for i := range 50 {
			messages = append(messages, fmt.Sprint(i))
		}
		n.records(t, inOrder, messages...)
		inOrder.Equal(t, strings.Join(messages, " "), read(w), "record fifty events, one after the other")
		n.To.Shutdown()
	})
}

// Many goroutines record more than there is room for: what is sent and what is lost are all that was recorded.
func TestManyRecord(t *testing.T) {
	bubble.Test(t, told, func(t *testing.T) {
		const controllers, each = 10, 20
		n, w := open(t, broadcast.WaitIfChannelFull, 51)
		var running sync.WaitGroup
		for i := range controllers {
			running.Go(func() {
				defer bubble.Catch(t, told, "record events")
				for j := range each {
					n.Event(web(), corev1.EventTypeNormal, "Tested", fmt.Sprint(i, "-", j))
				}
			})
		}
		running.Wait()
		sent := len(strings.Fields(read(w)))
		told.Equal(t, 51, sent, "ten goroutines record twenty events each, with room for 51: how many are sent")
		told.Equal(t, controllers*each-51, len(strings.Split(n.losses(), ", ")), "and how many are lost")
		n.To.Shutdown()
	})
}
