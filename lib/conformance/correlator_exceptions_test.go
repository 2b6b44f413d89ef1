package conformance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	theirrecord "k8s.io/client-go/tools/record"

	ourrecord "client-go-workbook/lib/record"
)

// These are the differences between the correlators that are meant, as exceptions_test.go has those of other packages.

// correlators are one of client-go's and one of ours, and say what they would write.
type correlators struct {
	theirs *theirrecord.EventCorrelator
	ours   *ourrecord.EventCorrelator
}

func newCorrelators() correlators {
	return correlators{theirrecord.NewEventCorrelatorWithOptions(theirrecord.CorrelatorOptions{MaxEvents: 2}), ourrecord.NewEventCorrelatorWithOptions(ourrecord.CorrelatorOptions{MaxEvents: 2})}
}

func (c correlators) tell(t *testing.T, event *corev1.Event) (theirPatch, ourPatch string) {
	theirs, err := c.theirs.EventCorrelate(event)
	require.NoError(t, err)
	ours, err := c.ours.EventCorrelate(event)
	require.NoError(t, err)
	return string(theirs.Patch), string(ours.Patch)
}

func eventOn(namespace, name, message string) *corev1.Event {
	return &corev1.Event{
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: namespace, Name: name},
		Reason:         "Pulled", Message: message, Count: 1, ReportingController: "kubelet",
	}
}

// Two pods whose namespace and name are the same text when there is nothing between them: client-go takes an event on
// the second one for another on the first. Ours keeps the fields of its keys apart.
func TestException_KeysThatRunTogether(t *testing.T) {
	c := newCorrelators()
	c.tell(t, eventOn("shop", "web", "pulled"))
	theirs, ours := c.tell(t, eventOn("sho", "pweb", "pulled"))
	require.Contains(t, theirs, `"count":2`)
	require.Empty(t, ours)
}

// Once similar events are combined, client-go forgets one of those that came before, taken at random. So whether an
// event that has come before is combined or counted on its own is a matter of luck. Ours forgets the latest: those that
// have events of their own keep them.
func TestException_WhichSimilarEventIsForgotten(t *testing.T) {
	combined := map[bool]int{}
	for range 200 {
		c := newCorrelators()
		c.tell(t, eventOn("shop", "web", "the first"))
		c.tell(t, eventOn("shop", "web", "the second")) // is combined
		theirs, ours := c.tell(t, eventOn("shop", "web", "the first"))
		require.Equal(t, `{"count":2,"lastTimestamp":null,"message":"the first"}`, ours)
		combined[strings.Contains(theirs, "(combined from similar events): the first")]++
	}
	require.Len(t, combined, 2, "client-go does both")
}

// An object whose name an event can't have: client-go names the combined event after it nevertheless, so that the server
// refuses it and all that are combined are lost. Ours gives it the name that the event would have had: the recorder has
// seen to that.
func TestException_NameOfCombinedEvent(t *testing.T) {
	c := newCorrelators()
	c.tell(t, eventOn("", "system:node", "the first"))
	event := eventOn("", "system:node", "the second")
	event.Name = "2xk4qjz"
	theirs, err := c.theirs.EventCorrelate(event)
	require.NoError(t, err)
	require.NotEmpty(t, validation.IsDNS1123Subdomain(theirs.Event.Name))
	ours, err := c.ours.EventCorrelate(event)
	require.NoError(t, err)
	require.Equal(t, "2xk4qjz", ours.Event.Name)
}

// client-go finds out what a patch must hold by comparing two versions of the event. Ours says what has changed, because
// it knows. The patches differ where the comparison is not about that: in the order of finalizers, which no event has,
// at the second with which Unix time begins, and in how bytes that are no text are written.
func TestException_PatchesOfOddEvents(t *testing.T) {
	for name, tc := range map[string]struct {
		change       func(*corev1.Event)
		theirs, ours string
	}{
		"finalizers": {func(e *corev1.Event) { e.Finalizers = []string{"b", "a"} },
			`{"count":2,"lastTimestamp":null,"message":"pulled","metadata":{"$setElementOrder/finalizers":["b","a"]}}`,
			`{"count":2,"lastTimestamp":null,"message":"pulled"}`},
		"the year 1970": {func(e *corev1.Event) { e.LastTimestamp = metav1.Unix(0, 7) },
			`{"count":2,"message":"pulled"}`,
			`{"count":2,"lastTimestamp":"1970-01-01T00:00:00Z","message":"pulled"}`},
		"no text": {func(e *corev1.Event) { e.Message = "\xff" },
			"{\"count\":2,\"lastTimestamp\":null,\"message\":\"\ufffd\"}",
			`{"count":2,"lastTimestamp":null,"message":"\ufffd"}`},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCorrelators()
			event := eventOn("shop", "web", "pulled")
			tc.change(event)
			c.tell(t, event)
			theirs, ours := c.tell(t, event)
			require.Equal(t, tc.theirs, theirs)
			require.Equal(t, tc.ours, ours)
		})
	}
}
