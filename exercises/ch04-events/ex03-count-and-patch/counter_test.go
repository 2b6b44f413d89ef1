package countandpatch_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	countandpatch "client-go-workbook/exercises/ch04-events/ex03-count-and-patch"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	created = invariant.Invariant{
		Says: "the first time an event is created, as it is",
		Read: "README.md, Task; lib/record/counter.go, observe",
	}
	again = invariant.Invariant{
		Says: "an event that happens again is the one that the API has, with a count one higher",
		Read: "README.md, Invariant; lib/record/counter.go, observe",
	}
	patched = invariant.Invariant{
		Says: "the patch holds the count, the last timestamp and the message, and nothing else",
		Read: "README.md, third paragraph; lib/record/patch.go, repetition",
	}
	apart = invariant.Invariant{
		Says: "what has another key is another event, and what has the same key is the same",
		Read: "counter.go, Observe; lib/record/key.go, eventKey",
	}
	believed = invariant.Invariant{
		Says: "what the API says of an event is so",
		Read: "counter.go, Written; lib/record/correlator.go, UpdateState",
	}
)

// ten is ten o'clock.
var ten = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// backOff is an event at so many minutes after ten.
func backOff(minute int, message string) *corev1.Event {
	at := metav1.NewTime(ten.Add(time.Duration(minute) * time.Minute))
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("web.%04x", 0x1000+minute)},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web"},
		Type:           corev1.EventTypeWarning, Reason: "BackOff", Message: message,
		Count: 1, FirstTimestamp: at, LastTimestamp: at,
	}
}

// story is an event in a line.
func story(e *corev1.Event) string {
	return fmt.Sprintf("%s ×%d %s–%s %q", e.Name, e.Count, e.FirstTimestamp.UTC().Format("15:04"), e.LastTimestamp.UTC().Format("15:04"), e.Message)
}

// observe counts an event, and returns it in a line, and the patch.
func observe(t *testing.T, rule invariant.Invariant, c *countandpatch.Counter, key string, e *corev1.Event) (string, string) {
	t.Helper()
	patch, err := c.Observe(key, e)
	rule.NoError(t, err, "observe %s", story(e))
	return story(e), string(patch)
}

const restarting = "restarting web"

func TestFirstTimeIsCreated(t *testing.T) {
	var c countandpatch.Counter
	told, patch := observe(t, created, &c, "web", backOff(0, restarting))
	created.Equal(t, `web.1000 ×1 10:00–10:00 "restarting web"`, told, "observe an event for the first time, and look at it")
	created.Equal(t, "", patch, "observe it for the first time: what is to be patched")
}

func TestItHappensAgain(t *testing.T) {
	var c countandpatch.Counter
	observe(t, again, &c, "web", backOff(0, restarting))
	told, _ := observe(t, again, &c, "web", backOff(1, restarting))
	again.Equal(t, `web.1000 ×2 10:00–10:01 "restarting web"`, told, "observe an event at 10:00 and again at 10:01, and look at the second")
	told, _ = observe(t, again, &c, "web", backOff(3, restarting))
	again.Equal(t, `web.1000 ×3 10:00–10:03 "restarting web"`, told, "and once more at 10:03")
	for minute := 4; minute < 51; minute++ {
		told, _ = observe(t, again, &c, "web", backOff(minute, restarting))
	}
	again.Equal(t, `web.1000 ×50 10:00–10:50 "restarting web"`, told, "and each minute until 10:50")
}

func TestPatchSaysWhatIsNew(t *testing.T) {
	var c countandpatch.Counter
	observe(t, patched, &c, "web", backOff(0, restarting))
	_, patch := observe(t, patched, &c, "web", backOff(1, restarting))
	patched.Equal(t, `{"count":2,"lastTimestamp":"2026-05-04T10:01:00Z","message":"restarting web"}`, patch, "observe an event at 10:00 and again at 10:01")
	_, patch = observe(t, patched, &c, "web", backOff(3, "restarting \"web\"\nat last"))
	patched.Equal(t, `{"count":3,"lastTimestamp":"2026-05-04T10:03:00Z","message":"restarting \"web\"\nat last"}`, patch, "then, combined with others, with another message")
	_, patch = observe(t, patched, &c, "web", backOff(4, "\x1b[31mno such file\x1b[0m"))
	patched.Equal(t, `{"count":4,"lastTimestamp":"2026-05-04T10:04:00Z","message":"\u001b[31mno such file\u001b[0m"}`, patch, "then with a message in red, as a container writes it to a terminal")
}

func TestOtherEventsAreCountedApart(t *testing.T) {
	var c countandpatch.Counter
	observe(t, apart, &c, "web", backOff(0, restarting))
	told, patch := observe(t, apart, &c, "api", backOff(1, restarting))
	apart.Equal(t, `web.1001 ×1 10:01–10:01 "restarting web"`, told, `observe a second event that says the same, with another key`)
	apart.Equal(t, "", patch, `observe a second event that says the same, with another key: what is to be patched`)
	told, _ = observe(t, apart, &c, "web", backOff(2, "and again"))
	apart.Equal(t, `web.1000 ×2 10:00–10:02 "and again"`, told, "then the first key again, with another message")
	told, _ = observe(t, apart, &c, "api", backOff(5, restarting))
	apart.Equal(t, `web.1001 ×2 10:01–10:05 "restarting web"`, told, "then the second key again")
}

func TestTheAPIKnowsBetter(t *testing.T) {
	var c countandpatch.Counter
	observe(t, believed, &c, "web", backOff(0, restarting))
	stored := backOff(-30, restarting)
	stored.Name, stored.Count = "web.0abc", 40
	c.Written("web", stored)
	told, patch := observe(t, believed, &c, "web", backOff(1, restarting))
	believed.Equal(t, `web.0abc ×41 09:30–10:01 "restarting web"`, told, "the API says that the event is web.0abc, happened 40 times since 9:30; it happens again")
	believed.Equal(t, `{"count":41,"lastTimestamp":"2026-05-04T10:01:00Z","message":"restarting web"}`, patch, "and the patch")
}

// The API here is a map, and applies patches as the real one does.
func TestTheAPIHasEachEventOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 3))
	var c countandpatch.Counter
	api := map[string][]byte{}
	happened := map[string]int32{}
	for minute := range 300 {
		key := fmt.Sprint("web-", random.IntN(5))
		happened[key]++
		e := backOff(minute, key)
		patch, err := c.Observe(key, e)
		again.NoError(t, err, "observe %s", story(e))
		if patch == nil {
			api[e.Name], err = json.Marshal(e)
			again.NoError(t, err, "store %s", story(e))
			continue
		}
		old, ok := api[e.Name]
		again.Equal(t, true, ok, "patch %s: has the API an event of that name", story(e))
		api[e.Name], err = strategicpatch.StrategicMergePatch(old, patch, &corev1.Event{})
		patched.NoError(t, err, "apply the patch %s", patch)
	}
	again.Equal(t, len(happened), len(api), "%d events happen 300 times in all: how many does the API have", len(happened))
	counts := map[string]int32{}
	for _, stored := range api {
		var e corev1.Event
		patched.NoError(t, json.Unmarshal(stored, &e), "read %s", stored)
		counts[e.Message] = e.Count
	}
	again.Equal(t, happened, counts, "how often did each of them happen")
}
