package finalstate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	finalstate "client-go-workbook/exercises/ch02-informer/ex11-final-state"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	undone = invariant.Invariant{
		Says: "a delete undoes what was counted for that key, no more and no less",
		Read: "README.md, Invariant; lib/informer/handler.go, ResourceEventHandler",
	}
	tombstones = invariant.Invariant{
		Says: "a tombstone is a delete as well; of what is in it only the key is sure",
		Read: "README.md, the four lines before Task; lib/store/tombstone.go",
	}
	harmless = invariant.Invariant{
		Says: "whatever OnDelete gets, it doesn't panic",
		Read: "README.md, What the tests verify; lib/store/tombstone.go",
	}
)

// pod reads "web@a": the pod shop/web on node a. Without a node: "web".
func pod(text string) *corev1.Pod {
	name, node, _ := strings.Cut(text, "@")
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Spec: corev1.PodSpec{NodeName: node}}
}

// missed is the tombstone of shop/<name>, with any object in it.
func missed(name string, last any) store.DeletedFinalStateUnknown {
	return store.DeletedFinalStateUnknown{Key: "shop/" + name, Obj: last}
}

// seats have heard of these pods.
func seats(pods string) *finalstate.Seats {
	s := finalstate.New()
	for text := range strings.FieldsSeq(pods) {
		s.OnAdd(pod(text), false)
	}
	return s
}

// gone lets an object go, and demands what is taken then.
func gone(t *testing.T, rule invariant.Invariant, s *finalstate.Seats, obj any, want map[string]int) {
	t.Helper()
	deleted(t, s, obj)
	rule.Equal(t, want, s.Taken(), "OnDelete(%s)", describe(obj))
}

func deleted(t *testing.T, s *finalstate.Seats, obj any) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			harmless.Broken(t, invariant.Report{Doing: "OnDelete(" + describe(obj) + ")", Expected: "no panic", Saw: fmt.Sprint(p)})
		}
	}()
	s.OnDelete(obj)
}

func describe(obj any) string {
	switch o := obj.(type) {
	case *corev1.Pod:
		return fmt.Sprintf("pod %s on node %q", o.Name, o.Spec.NodeName)
	case store.DeletedFinalStateUnknown:
		return fmt.Sprintf("DeletedFinalStateUnknown of %s with %s", o.Key, describe(o.Obj))
	}
	return fmt.Sprintf("%v", obj)
}

func TestPodThatGoesFreesItsSeat(t *testing.T) {
	s := seats("web@a db@a job@b")
	gone(t, undone, s, pod("web@a"), map[string]int{"a": 1, "b": 1})
	gone(t, undone, s, pod("db@a"), map[string]int{"b": 1})
}

func TestNamesakeKeepsItsSeat(t *testing.T) {
	s := seats("web@a")
	other := pod("web@a")
	other.Namespace = "office"
	s.OnAdd(other, false)
	gone(t, undone, s, pod("web@a"), map[string]int{"a": 1})
	gone(t, undone, s, pod("web@a"), map[string]int{"a": 1})
}

func TestTombstoneFreesTheSeat(t *testing.T) {
	gone(t, tombstones, seats("web@a db@a"), missed("web", pod("web@a")), map[string]int{"a": 1})
}

func TestStateInATombstoneMayBeOld(t *testing.T) {
	s := seats("web db@a")
	s.OnUpdate(pod("web"), pod("web@a"))
	gone(t, tombstones, s, missed("web", pod("web")), map[string]int{"a": 1})

	s = seats("web@a db@b")
	gone(t, tombstones, s, missed("web", pod("web@b")), map[string]int{"b": 1})
}

func TestTombstoneMayBeEmpty(t *testing.T) {
	gone(t, tombstones, seats("web@a db@a"), missed("web", nil), map[string]int{"a": 1})
}

// It got its node, and was deleted before anybody looked: the delete is the first that tells of the node.
func TestFinalStateMayBeNews(t *testing.T) {
	gone(t, undone, seats("web db@a"), pod("web@a"), map[string]int{"a": 1})
	gone(t, undone, seats("web@a"), pod("web@b"), map[string]int{})
}

func TestWhatWasNeverThere(t *testing.T) {
	s := seats("web@a")
	gone(t, undone, s, pod("db@a"), map[string]int{"a": 1})
	gone(t, undone, s, missed("db", nil), map[string]int{"a": 1})
	gone(t, undone, s, pod("web@a"), map[string]int{})
	gone(t, undone, s, pod("web@a"), map[string]int{})
	gone(t, undone, s, missed("web", pod("web@a")), map[string]int{})
}

func TestWhatIsNoPod(t *testing.T) {
	for _, test := range []struct {
		name string
		obj  any
	}{{"nil", nil}, {"a string", "shop/db"}, {"a number", 7}, {"no object in a tombstone", missed("db", "?")}} {
		t.Run(test.name, func(t *testing.T) {
			gone(t, harmless, seats("web@a"), test.obj, map[string]int{"a": 1})
		})
	}
}

func TestEachNodeHasThePodsThatAreOnIt(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(11, seed))
		s, there := finalstate.New(), map[string]string{}
		var told []string
		for range 60 {
			name, node := fmt.Sprint("pod-", random.IntN(6)), string('a'+rune(random.IntN(3)))
			_, exists := there[name]
			switch {
			case exists && random.IntN(2) == 0:
				obj := []any{pod(name + "@" + there[name]), pod(name + "@" + node), missed(name, pod(name+"@"+there[name])),
					missed(name, pod(name+"@"+node)), missed(name, nil)}[random.IntN(5)]
				told = append(told, "OnDelete("+describe(obj)+")")
				deleted(t, s, obj)
				delete(there, name)
			case exists:
				told = append(told, "OnUpdate to "+name+"@"+node)
				s.OnUpdate(pod(name+"@"+there[name]), pod(name+"@"+node))
				there[name] = node
			default:
				told = append(told, "OnAdd("+name+"@"+node+")")
				s.OnAdd(pod(name+"@"+node), false)
				there[name] = node
			}
			want := map[string]int{}
			for _, node := range there {
				want[node]++
			}
			undone.Equal(t, want, s.Taken(), "story %d, its last steps:\n%s", seed, strings.Join(told[max(0, len(told)-10):], "\n"))
		}
	}
}

// The watch ends, and when the informer lists again, two of three pods are gone.
func TestInformerThatMissesTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lists := []*corev1.PodList{
			{ListMeta: metav1.ListMeta{ResourceVersion: "1"}, Items: []corev1.Pod{*pod("web@a"), *pod("db@a"), *pod("job@b")}},
			{ListMeta: metav1.ListMeta{ResourceVersion: "9"}, Items: []corev1.Pod{*pod("db@a")}},
		}
		listed, events := 0, watch.NewFakeWithChanSize(1, false)
		i := informer.NewSharedIndexInformerWithOptions(&reflector.ListWatch{
			DisableWatchList: true,
			ListWithContextFunc: func(context.Context, metav1.ListOptions) (runtime.Object, error) {
				list := lists[min(listed, 1)]
				listed++
				return list, nil
			},
			WatchFuncWithContext: func(context.Context, metav1.ListOptions) (watch.Interface, error) {
				if listed > 1 {
					return watch.NewFake(), nil // which is silent for ever
				}
				return events, nil
			},
		}, &corev1.Pod{}, informer.SharedIndexInformerOptions{})
		s := finalstate.New()
		_, err := i.AddEventHandler(s)
		tombstones.NoError(t, err, "add the handler")
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); i.RunWithContext(ctx) }()
		synctest.Wait()
		tombstones.Equal(t, map[string]int{"a": 2, "b": 1}, s.Taken(), "let an informer list three pods")
		events.Error(&metav1.Status{Status: metav1.StatusFailure, Code: 410, Reason: metav1.StatusReasonExpired})
		time.Sleep(10 * time.Minute) // of fake time: it waits before it lists again
		taken := s.Taken()
		cancel()
		<-ended
		tombstones.Equal(t, map[string]int{"a": 1}, taken, "let it list again, when two of them are gone")
	})
}
