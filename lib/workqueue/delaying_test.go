package workqueue_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2/textlogger"

	"client-go-workbook/lib/workqueue"
)

// More items at once than are added in one go, in the order in which they are due.
func TestManyItemsAreDueInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := workqueue.NewTypedDelayingQueue[int]()
		defer q.ShutDown()
		var want, got []int
		for i := range 1000 {
			q.AddAfter(999-i, time.Second+time.Duration(999-i))
			want = append(want, i)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		for range want {
			item, _ := q.Get()
			got = append(got, item)
			q.Done(item)
		}
		require.Equal(t, want, got)
	})
}

// The longest delay there is must not become a time in the past.
func TestTheLongestDelayNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := workqueue.NewTypedDelayingQueue[string]()
		defer q.ShutDown()
		time.Sleep(time.Hour)
		q.AddAfter("a", math.MaxInt64)
		time.Sleep(1000 * time.Hour)
		synctest.Wait()
		require.Zero(t, q.Len())
		q.AddAfter("a", time.Hour)
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Equal(t, 1, q.Len())
	})
}

// A queue that nobody shuts down is forgotten like any other value: it has no goroutine. TestMain looks for one.
func TestNobodyNeedsToShutDown(t *testing.T) {
	q := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]())
	q.AddAfter("a", time.Hour)
	q.Add("b")
	require.Equal(t, 1, q.Len())
}

// recorder is a queue of one's own. It panics when an item is bad.
type recorder struct {
	workqueue.TypedInterface[string]
	added []string
	bad   string
}

func (r *recorder) Add(item string) {
	if item == r.bad {
		panic("bad " + item)
	}
	r.added = append(r.added, item)
}

func TestAQueueOfOnesOwnGetsWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own := &recorder{TypedInterface: workqueue.NewTyped[string]()}
		delaying := workqueue.NewTypedDelayingQueueWithConfig(workqueue.TypedDelayingQueueConfig[string]{Queue: own})
		limiter := workqueue.NewTypedItemFastSlowRateLimiter[string](2*time.Second, 0, 1)
		q := workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[string]{
			DelayingQueue: delaying,
		})
		q.AddRateLimited("later")
		q.AddAfter("soon", time.Second)
		q.Add("now")
		require.Equal(t, "failures [later×1] waiting [soon in 1s, later in 2s] *workqueue_test.recorder", fmt.Sprint(q))
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.Equal(t, []string{"now", "soon", "later"}, own.added)

		own.TypedInterface.ShutDown() // behind the back of the others
		require.True(t, q.ShuttingDown())
		q.AddAfter("too late", 0)
		q.ShutDown()
		q.ShutDown()
		require.Len(t, own.added, 3)
	})
}

// A panic that comes when no caller is there is logged, and costs one item.
func TestAQueueOfOnesOwnPanics(t *testing.T) {
	defer func(before bool) { utilruntime.ReallyCrash = before }(utilruntime.ReallyCrash)
	utilruntime.ReallyCrash = false
	synctest.Test(t, func(t *testing.T) {
		var logged bytes.Buffer
		logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Output(&logged)))
		own := &recorder{TypedInterface: workqueue.NewTyped[string](), bad: "b"}
		q := workqueue.NewTypedDelayingQueueWithConfig(workqueue.TypedDelayingQueueConfig[string]{
			Queue: own, Logger: &logger,
		})
		q.AddAfter("a", 1*time.Second)
		q.AddAfter("b", 2*time.Second)
		q.AddAfter("c", 2*time.Second+1)
		q.AddAfter("d", 3*time.Second)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"a", "c", "d"}, own.added)
		require.Contains(t, logged.String(), "bad b")
	})
}

// Workers of a queue wait for what is due, and each item wakes one of them.
func TestWorkersWakeWhenItemsAreDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := workqueue.NewTypedDelayingQueue[string]()
		start := time.Now()
		var got []string
		events := make(chan string)
		for range 3 {
			go func() {
				item, _ := q.Get()
				events <- fmt.Sprintf("%s after %v", item, time.Since(start))
			}()
		}
		q.AddAfter("c", 3*time.Hour)
		q.AddAfter("a", time.Nanosecond)
		q.AddAfter("b", 2*time.Second)
		for range 3 {
			got = append(got, <-events)
		}
		slices.Sort(got)
		require.Equal(t, []string{"a after 1ns", "b after 2s", "c after 3h0m0s"}, got)
	})
}

// closing is a queue that shows the moment in which the queues are being shut down, one after the other.
type closing struct {
	workqueue.TypedInterface[string]
	meanwhile func()
}

func (c *closing) ShutDown()          { c.meanwhile(); c.TypedInterface.ShutDown() }
func (c *closing) ShutDownWithDrain() { c.meanwhile(); c.TypedInterface.ShutDownWithDrain() }

// Nothing starts to wait after ShutDown has dropped what waited, though the queue behind isn't shut down yet.
func TestNothingWaitsAfterShutDown(t *testing.T) {
	for name, shutDown := range map[string]func(workqueue.TypedDelayingInterface[string]){
		"ShutDown":          workqueue.TypedDelayingInterface[string].ShutDown,
		"ShutDownWithDrain": workqueue.TypedDelayingInterface[string].ShutDownWithDrain,
	} {
		t.Run(name, func(t *testing.T) {
			inner := &closing{TypedInterface: workqueue.NewTyped[string]()}
			q := workqueue.NewTypedDelayingQueueWithConfig(workqueue.TypedDelayingQueueConfig[string]{Queue: inner})
			inner.meanwhile = func() { q.AddAfter("late", time.Hour) }
			q.AddAfter("early", time.Hour)
			shutDown(q)
			require.Equal(t, "waiting [] *workqueue_test.closing", fmt.Sprint(q))
		})
	}
}
