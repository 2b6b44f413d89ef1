package fifo_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// bothQueues runs a test with an empty queue of each kind.
func bothQueues(t *testing.T, test func(t *testing.T, q queue)) {
	bothQueuesLogging(t, silent, test)
}

func bothQueuesLogging(t *testing.T, logger klog.Logger, test func(t *testing.T, q queue)) {
	t.Run("DeltaFIFO", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KeyFunction: keyOfThing, Logger: &logger}))
		})
	})
	t.Run("RealFIFO", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{KeyFunction: keyOfThing, Logger: &logger, KnownObjects: newShelf()}))
		})
	})
}

// consumers start n goroutines that pop once each. What they popped, or why they didn't, is sent in the order of events.
func consumers(n int, q queue) <-chan string {
	popped := make(chan string, n)
	for range n {
		go func() {
			_, err := q.Pop(func(obj any, _ bool) error {
				popped <- showAll(obj.(fifo.Deltas))
				return nil
			})
			if err != nil {
				popped <- err.Error()
			}
		}()
	}
	synctest.Wait()
	return popped
}

func TestPopWaitsForAChange(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		popped := consumers(1, q)
		require.Empty(t, popped)
		require.NoError(t, q.Add(&thing{name: "a", version: 1}))
		synctest.Wait()
		require.Equal(t, "Added a@1", <-popped)
	})
}

func TestEachChangeWakesOneConsumer(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		popped := consumers(3, q)
		require.NoError(t, q.Add(&thing{name: "a", version: 1}))
		synctest.Wait()
		require.Len(t, popped, 1)

		require.NoError(t, q.Add(&thing{name: "b", version: 2}))
		require.NoError(t, q.Add(&thing{name: "c", version: 3}))
		synctest.Wait()
		require.Len(t, popped, 3)
	})
}

func TestAListWakesAConsumerForEachObject(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		popped := consumers(3, q)
		require.NoError(t, q.Replace([]any{&thing{name: "a"}, &thing{name: "b"}, &thing{name: "c"}}, "1"))
		synctest.Wait()
		require.Len(t, popped, 3)
	})
}

func TestWhatIsPutBackWakesAConsumer(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		calls := 0 // under the lock of q
		var consumers sync.WaitGroup
		for range 2 {
			consumers.Go(func() {
				q.Pop(func(any, bool) error {
					calls++
					if calls == 1 {
						return fifo.ErrRequeue{}
					}
					return nil
				})
			})
		}
		synctest.Wait()
		require.NoError(t, q.Add(&thing{name: "a", version: 1}))
		consumers.Wait()
		require.Equal(t, 2, calls)
	})
}

func TestCloseWakesEveryConsumer(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		popped := consumers(3, q)
		batchEnded := make(chan error, 1)
		if q, ok := q.(fifo.QueueWithBatch); ok {
			go func() { batchEnded <- q.PopBatch(nil, nil) }()
			synctest.Wait()
		} else {
			batchEnded <- fifo.ErrFIFOClosed
		}
		require.Empty(t, popped)
		q.Close()
		synctest.Wait()
		require.Len(t, popped, 3)
		require.Equal(t, fifo.ErrFIFOClosed.Error(), <-popped)
		require.ErrorIs(t, <-batchEnded, fifo.ErrFIFOClosed)
	})
}

// Who waits for the initial list must not be told while its last object is still in the making.
func TestSyncedOnceTheLastObjectIsProcessed(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		require.NoError(t, q.Replace([]any{&thing{name: "a"}, &thing{name: "b"}}, "1"))
		for range 2 {
			_, err := q.Pop(func(any, bool) error {
				require.False(t, q.HasSynced(), "HasSynced, asked while process runs, neither waits nor says yes")
				return errProcess
			})
			require.ErrorIs(t, err, errProcess)
		}
		require.True(t, q.HasSynced())
		<-q.HasSyncedChecker().Done()
	})
}

func TestSyncedWithoutAList(t *testing.T) {
	obj := &thing{name: "a"}
	for name, first := range map[string]func(q queue) error{
		"an add comes first":    func(q queue) error { return q.Add(obj) },
		"an update comes first": func(q queue) error { return q.Update(obj) },
		"a delete comes first":  func(q queue) error { return q.Delete(obj) },
		"the list is empty":     func(q queue) error { return q.Replace(nil, "1") },
	} {
		t.Run(name, func(t *testing.T) {
			bothQueues(t, func(t *testing.T, q queue) {
				require.False(t, q.HasSynced())
				require.NoError(t, first(q))
				require.True(t, q.HasSynced())
			})
		})
	}
}

// An atomic list is a change to process, also if it is empty: the consumer's store has to learn that there is nothing.
func TestAnEmptyAtomicListIsProcessed(t *testing.T) {
	q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true})
	require.NoError(t, q.Replace(nil, "1"))
	require.False(t, q.HasSynced())
	_, err := q.Pop(func(any, bool) error { return nil })
	require.NoError(t, err)
	require.True(t, q.HasSynced())
}

// A bookmark is in the hands of the consumer when the first list arrives. The bookmark's end isn't the list's.
func TestWhatIsInProcessIsNotPartOfTheFirstList(t *testing.T) {
	q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, UnlockWhileProcessing: true, EmitDeltaTypeBookmark: true})
	require.NoError(t, q.Bookmark("1"))
	_, err := q.Pop(func(any, bool) error { return q.Replace([]any{&thing{name: "a"}}, "2") })
	require.NoError(t, err)
	require.False(t, q.HasSynced())
	require.NoError(t, q.CheckInvariants())
}

// A consumer that can't keep up with two batches keeps the lock, so that producers wait for it.
func TestAFullQueueIsNotUnlocked(t *testing.T) {
	q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{KeyFunction: keyOfThing, AtomicEvents: true, UnlockWhileProcessing: true})
	for i := range 2*fifo.MaxBatch + 2 {
		require.NoError(t, q.Add(&thing{name: fmt.Sprint(i)}))
	}
	var locked []bool
	for range 3 {
		_, err := q.Pop(func(any, bool) error {
			locked = append(locked, q.IsLocked())
			return nil
		})
		require.NoError(t, err)
	}
	require.Equal(t, []bool{true, true, false}, locked)
}

// A process function that panics takes its object with it, and leaves the queue in order.
func TestProcessPanics(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) { popsInPanic(t, q) })
	t.Run("unlocked", func(t *testing.T) {
		popsInPanic(t, fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, UnlockWhileProcessing: true}))
	})
}

func popsInPanic(t *testing.T, q queue) {
	require.NoError(t, q.Replace([]any{&thing{name: "a"}}, "1"))
	require.PanicsWithValue(t, "oh", func() { q.Pop(func(any, bool) error { panic("oh") }) })
	require.False(t, q.IsLocked())
	require.NoError(t, q.CheckInvariants())
	require.True(t, q.HasSynced())
	require.Equal(t, "queue []", q.String())
}

func TestASlowConsumerIsReported(t *testing.T) {
	for name, tc := range map[string]struct {
		waiting int
		took    time.Duration
		want    string
	}{
		"slow, and others wait":  {waiting: 11, took: 100 * time.Millisecond, want: `took="100ms" items=1 waiting=11`},
		"slow, and nobody waits": {waiting: 10, took: time.Hour},
		"fast enough":            {waiting: 11, took: 99 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Output(&log)))
			bothQueuesLogging(t, logger, func(t *testing.T, q queue) {
				log.Reset()
				for i := range tc.waiting + 1 {
					require.NoError(t, q.Add(&thing{name: fmt.Sprint(i)}))
				}
				_, err := q.Pop(func(any, bool) error { time.Sleep(tc.took); return nil })
				require.NoError(t, err)
				if tc.want == "" {
					require.Empty(t, log.String())
				} else {
					require.Contains(t, log.String(), tc.want)
				}
			})
		})
	}
}

func TestASlowBatchIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Output(&log)))
		q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{KeyFunction: keyOfThing, Logger: &logger, AtomicEvents: true})
		q.SetBatchSize(5)
		for i := range 100 {
			require.NoError(t, q.Add(&thing{name: fmt.Sprint(i)}))
		}
		for _, took := range []time.Duration{499 * time.Millisecond, 500 * time.Millisecond} {
			require.Empty(t, log.String())
			require.NoError(t, q.PopBatch(func([]fifo.Delta, bool) error { time.Sleep(took); return nil }, nil))
		}
		require.Contains(t, log.String(), `took="500ms" items=5 waiting=90`)

		log.Reset()
		q.SetBatchSize(20)
		require.NoError(t, q.PopBatch(func([]fifo.Delta, bool) error { time.Sleep(time.Second); return nil }, nil))
		require.Contains(t, log.String(), `took="1s" items=20 waiting=70`)
	})
}

// What was popped must not stay in memory because of a slot in the queue, nor must the room for what was once queued.
func TestNothingPoppedIsKeptAlive(t *testing.T) {
	const burst = 100_000
	bothQueues(t, func(t *testing.T, q queue) {
		pop := func(any, bool) error { return nil }
		var refs []weak.Pointer[thing]
		for i := range burst {
			obj := &thing{name: fmt.Sprint(i)}
			require.NoError(t, q.Add(obj))
			refs = append(refs, weak.Make(obj))
		}
		for range burst - 10 {
			q.Pop(pop)
		}
		runtime.GC()
		for i, ref := range refs {
			require.Equal(t, i >= burst-10, ref.Value() != nil, "object %d, popped %v", i, i < burst-10)
		}
		require.LessOrEqual(t, q.(interface{ Capacity() int }).Capacity(), 40)
		runtime.KeepAlive(q)
	})
}

// Adding and popping in turn, as a queue does all day, needs no room: neither more of it nor anew.
func TestSteadyUseDoesNotMoveTheQueue(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		for i := range 10_000 {
			require.NoError(t, q.Add(&thing{name: fmt.Sprint(i)}))
			if i >= 8 {
				_, err := q.Pop(func(any, bool) error { return nil })
				require.NoError(t, err)
			}
			require.Equal(t, 16, q.(interface{ Capacity() int }).Capacity())
		}
	})
}

func TestKeys(t *testing.T) {
	f := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KeyFunction: keyOfThing})
	obj := &thing{name: "a"}
	for name, tc := range map[string]struct {
		obj  any
		want string
		err  error
	}{
		"an object":              {obj: obj, want: "a"},
		"a tombstone":            {obj: tombstone("b", obj), want: "b"},
		"Deltas":                 {obj: fifo.Deltas{{Object: &thing{name: "old"}}, {Object: obj}}, want: "a"},
		"Deltas of a tombstone":  {obj: fifo.Deltas{{Object: tombstone("b", obj)}}, want: "b"},
		"no deltas":              {obj: fifo.Deltas{}, err: fifo.ErrZeroLengthDeltasObject},
		"an object without name": {obj: &thing{}, err: errNameless},
		"no object":              {obj: nil, err: errNameless},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := f.KeyOf(tc.obj)
			require.Equal(t, tc.want, key)
			require.ErrorIs(t, err, tc.err)
			if tc.err != nil {
				keyError, ok := errors.AsType[store.KeyError](err)
				require.True(t, ok)
				require.Equal(t, tc.obj, keyError.Obj)
			}
		})
	}
}

func TestOldestAndNewest(t *testing.T) {
	require.Nil(t, fifo.Deltas{}.Oldest())
	require.Nil(t, fifo.Deltas{}.Newest())
	deltas := fifo.Deltas{{Type: fifo.Added}, {Type: fifo.Updated}, {Type: fifo.Deleted}}
	require.Same(t, &deltas[0], deltas.Oldest())
	require.Same(t, &deltas[2], deltas.Newest())
}

func TestErrRequeue(t *testing.T) {
	require.ErrorIs(t, fifo.ErrRequeue{Err: errProcess}, errProcess)
	require.Equal(t, errProcess.Error(), fifo.ErrRequeue{Err: errProcess}.Error())
	require.NotEmpty(t, fifo.ErrRequeue{}.Error())
	require.NoError(t, errors.Unwrap(fifo.ErrRequeue{}))
}

func TestDefaults(t *testing.T) {
	delta := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{})
	real := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true})
	require.Equal(t, "DeltaFIFO", delta.HasSyncedChecker().Name())
	require.Equal(t, "RealFIFO", real.HasSyncedChecker().Name())
	require.Nil(t, delta.Transformer())
	require.Nil(t, real.Transformer())

	named := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{Name: "pods", Transformer: mark})
	require.Equal(t, "pods", named.HasSyncedChecker().Name())
	require.NotNil(t, named.Transformer())
	require.False(t, named.IsClosed())
	named.Close()
	named.Close()
	require.True(t, named.IsClosed())
}

func TestContradictoryOptions(t *testing.T) {
	for want, opts := range map[string]fifo.RealFIFOOptions{
		"fifo: a RealFIFO needs either AtomicEvents or KnownObjects": {},
		"fifo: UnlockWhileProcessing needs AtomicEvents":             {KnownObjects: newShelf(), UnlockWhileProcessing: true},
		"fifo: EmitDeltaTypeBookmark needs AtomicEvents":             {KnownObjects: newShelf(), EmitDeltaTypeBookmark: true},
	} {
		require.PanicsWithValue(t, want, func() { fifo.NewRealFIFOWithOptions(opts) })
	}
	require.Panics(t, func() {
		fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, KnownObjects: newShelf()})
	})
}

// Several producers, a slow consumer, resyncs and relists at once: nothing that a producer said last is lost, and of
// each object no state is seen before an older one.
func TestManyProducers(t *testing.T) {
	for name, opts := range map[string]fifo.RealFIFOOptions{
		"locked":   {AtomicEvents: true},
		"unlocked": {AtomicEvents: true, UnlockWhileProcessing: true},
	} {
		t.Run("RealFIFO "+name, func(t *testing.T) {
			opts.KeyFunction = keyOfThing
			q := fifo.NewRealFIFOWithOptions(opts)
			q.SetBatchSize(7)
			produceAndConsume(t, q, func(consume func([]fifo.Delta)) error {
				return q.PopBatch(
					func(deltas []fifo.Delta, _ bool) error { consume(deltas); return nil },
					func(obj any, _ bool) error { consume(obj.(fifo.Deltas)); return nil })
			})
		})
	}
	t.Run("DeltaFIFO", func(t *testing.T) {
		q := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KeyFunction: keyOfThing})
		produceAndConsume(t, q, func(consume func([]fifo.Delta)) error {
			_, err := q.Pop(func(obj any, _ bool) error { consume(obj.(fifo.Deltas)); return nil })
			return err
		})
	})
}

func produceAndConsume(t *testing.T, q queue, pop func(consume func([]fifo.Delta)) error) {
	const producers, versions = 8, 500
	var producing sync.WaitGroup
	for p := range producers {
		producing.Go(func() {
			for version := range versions {
				q.Update(&thing{name: fmt.Sprint("own-", p), version: version})
				if version%50 == 0 {
					q.Resync()
					_ = q.String()
				}
			}
		})
	}
	go func() {
		producing.Wait()
		q.Close()
	}()

	last := map[string]int{}
	for {
		err := pop(func(deltas []fifo.Delta) {
			for _, delta := range deltas {
				if obj, ok := delta.Object.(*thing); ok {
					if before, seen := last[obj.name]; seen {
						require.Equal(t, before+1, obj.version, obj.name)
					}
					last[obj.name] = obj.version
				}
			}
		})
		if errors.Is(err, fifo.ErrFIFOClosed) {
			break
		}
		require.NoError(t, err)
	}
	require.Len(t, last, producers)
	for name, version := range last {
		require.True(t, strings.HasPrefix(name, "own-"))
		require.Equal(t, versions-1, version, name)
	}
	require.NoError(t, q.CheckInvariants())
}
