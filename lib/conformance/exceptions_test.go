package conformance_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	theirwork "k8s.io/client-go/util/workqueue"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
	ourwork "client-go-workbook/lib/workqueue"
)

// These are all differences that are meant, with the reason. Each test shows both behaviours: should client-go change
// its mind, the test says so.

func podOf(users string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "a", Annotations: map[string]string{"users": users}}}
}

// An index function that fails: client-go panics after the object is stored, so that no query by that index ever
// finds it. Ours refuses the write, names the key, and leaves the store as it was.
func TestException_IndexFunctionThatFails(t *testing.T) {
	picky := func(obj any) ([]string, error) {
		if users := obj.(*corev1.Pod).Annotations["users"]; users != "nobody" {
			return []string{users}, nil
		}
		return nil, errors.New("nobody uses it")
	}
	theirs := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{byUsers: picky})
	ours := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{byUsers: picky})

	require.Panics(t, func() { _ = theirs.Add(podOf("nobody")) })
	require.ErrorContains(t, ours.Add(podOf("nobody")), "shop/a")

	require.Len(t, theirs.List(), 1)
	require.Empty(t, ours.List())
}

// A transformer that fails in the middle of a Replace: client-go has queued what came before it, ours nothing. The caller
// will try again either way.
func TestException_ReplaceThatFails(t *testing.T) {
	fussy := func(obj any) (any, error) {
		if obj.(*corev1.Pod).Name == "b" {
			return nil, errors.New("not this one")
		}
		return obj, nil
	}
	list := func() []any {
		b := podOf("")
		b.Name = "b"
		return []any{podOf(""), b}
	}
	theirs := cache.NewDeltaFIFOWithOptions(cache.DeltaFIFOOptions{Transformer: fussy})
	ours := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{Transformer: fussy})
	require.Error(t, theirs.Replace(list(), "1"))
	require.Error(t, ours.Replace(list(), "1"))
	theirs.Close()
	ours.Close()

	_, err := theirs.Pop(func(any, bool) error { return nil })
	require.NoError(t, err)
	_, err = ours.Pop(func(any, bool) error { return nil })
	require.ErrorIs(t, err, fifo.ErrFIFOClosed)
}

// An Add that fails before there was a list: client-go counts as synced after it, with nothing queued. Ours does not: an
// informer's HasSynced would be true of a store that never held anything.
func TestException_FirstAddThatFails(t *testing.T) {
	theirs := cache.NewDeltaFIFOWithOptions(cache.DeltaFIFOOptions{})
	ours := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{})
	require.Error(t, theirs.Add("no object"))
	require.Error(t, ours.Add("no object"))
	require.True(t, theirs.HasSynced())
	require.False(t, ours.HasSynced())
}

// The last object of the initial list: client-go's DeltaFIFO counts as synced while it is being processed, ours when it has
// been, as both RealFIFOs do. HasSynced promises that the list has been processed.
func TestException_SyncedWhenProcessed(t *testing.T) {
	var theirs, ours bool
	q1 := cache.NewDeltaFIFOWithOptions(cache.DeltaFIFOOptions{})
	require.NoError(t, q1.Replace([]any{podOf("")}, "1"))
	_, err := q1.Pop(func(any, bool) error { theirs = cache.IsDone(q1); return nil })
	require.NoError(t, err)

	q2 := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{})
	require.NoError(t, q2.Replace([]any{podOf("")}, "1"))
	_, err = q2.Pop(func(any, bool) error { ours = fifo.IsDone(q2); return nil })
	require.NoError(t, err)

	require.True(t, theirs)
	require.False(t, ours)
	require.True(t, q2.HasSynced())
}

// A server that answers 410 to a streamed list of the newest state, which it never should: client-go asks again at
// once, as fast as it can. Ours lists.
func TestException_NewestStateIsGone(t *testing.T) {
	const answers = 50
	streams := func(newSide func(config) (side, error)) (n int) {
		synctest.Test(t, func(t *testing.T) {
			world := newScripted(t).(*scripted)
			for range answers {
				world.watches = append(world.watches, apierrors.NewResourceExpired("gone"))
			}
			s, err := newSide(config{source: world.source(), watchList: true, onError: func(error) {}})
			require.NoError(t, err)
			stop := start(&player{side: s, world: world})
			defer stop()
			synctest.Wait() // no time passes
			n = len(world.requests())
		})
		return n
	}
	require.Equal(t, answers+1, streams(newTheirs))
	require.Equal(t, 3, streams(newOurs), "a stream, a list, and the watch that is told the same")
}

// A Status in place of a list, with code 200, as a proxy on the way may send it: client-go's dynamic client takes it for an
// empty list, and its Reflector empties the store. Ours says that it is no list, and keeps the store.
func TestException_StatusInPlaceOfAList(t *testing.T) {
	source := functions{list: func(context.Context, metav1.ListOptions) (runtime.Object, error) {
		return &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": "v1", "kind": "Status", "status": "Failure", "message": "no disk"}}, nil
	}, watch: func(context.Context, metav1.ListOptions) (watch.Interface, error) {
		return nil, errors.New("no watch today")
	}}
	theirs, ours := cache.NewStore(cache.MetaNamespaceKeyFunc), store.NewStore(store.MetaNamespaceKeyFunc)
	require.NoError(t, theirs.Add(podOf("")))
	require.NoError(t, ours.Add(podOf("")))

	lw1, _ := source.theirs()
	_ = cache.NewReflector(lw1, nil, theirs, 0).ListAndWatchWithContext(t.Context())
	lw2, _ := source.ours()
	err := reflector.NewReflector(lw2, nil, ours, 0).ListAndWatchWithContext(t.Context())

	require.Empty(t, theirs.List())
	require.Len(t, ours.List(), 1)
	require.ErrorContains(t, err, "no disk")
}

// No handler: client-go takes it, and panics at the first event. Ours says so at once.
func TestException_NilHandler(t *testing.T) {
	source := functions{newScripted(t).(*scripted).list, newScripted(t).(*scripted).watch}
	lw1, _ := source.theirs()
	_, err := cache.NewSharedIndexInformer(lw1, &corev1.Pod{}, 0, nil).AddEventHandler(nil)
	require.NoError(t, err)
	lw2, _ := source.ours()
	_, err = informer.NewSharedIndexInformer(lw2, &corev1.Pod{}, 0, nil).AddEventHandler(nil)
	require.Error(t, err)
}

// Done of an item that isn't in work, but queued: client-go queues it a second time, and two workers get it at once. Ours
// does nothing.
func TestException_DoneOfWhatIsNotInWork(t *testing.T) {
	theirs, ours := theirwork.NewTyped[string](), ourwork.NewTyped[string]()
	for _, q := range []workQueue{theirs, ours} {
		q.Add("a")
		q.Done("a")
	}
	require.Equal(t, 2, theirs.Len())
	require.Equal(t, 1, ours.Len())
}

// Several who drain: client-go tells one of them when nothing is in work any more, and the others wait for good. Ours tells
// all.
func TestException_AllDrainsEnd(t *testing.T) {
	drained := func(q workQueue) int {
		var before int
		synctest.Test(t, func(t *testing.T) {
			ended := make(chan struct{}, 3)
			q.Add("a")
			q.Get()
			for range cap(ended) {
				go func() { q.ShutDownWithDrain(); ended <- struct{}{} }()
			}
			synctest.Wait()
			q.Done("a")
			synctest.Wait()
			before = len(ended)
			q.ShutDown() // whoever waits still, ends
		})
		return before
	}
	require.Equal(t, 1, drained(theirwork.NewTyped[string]()))
	require.Equal(t, 3, drained(ourwork.NewTyped[string]()))
}

// ShutDown while somebody drains: the documentation of client-go says that it ends the drain. But its delaying queue passes
// on only the first ShutDown. Ours passes on all.
func TestException_ShutDownEndsDrain(t *testing.T) {
	ends := func(newQueue func() workQueue) (ended bool) {
		synctest.Test(t, func(t *testing.T) {
			q := newQueue()
			q.Add("a")
			q.Get()
			q.ShutDown()
			drained := make(chan struct{})
			go func() { q.ShutDownWithDrain(); close(drained) }()
			synctest.Wait()
			q.ShutDown()
			synctest.Wait()
			select {
			case <-drained:
				ended = true
			default:
				q.Done("a")
			}
		})
		return ended
	}
	require.False(t, ends(func() workQueue { return theirwork.NewTypedDelayingQueue[string]() }))
	require.True(t, ends(func() workQueue { return ourwork.NewTypedDelayingQueue[string]() }))
}

// A limiter that nobody has made: client-go's panics at the first failure. Ours counts.
func TestException_ZeroLimiter(t *testing.T) {
	theirs, ours := &theirwork.TypedItemFastSlowRateLimiter[string]{}, &ourwork.TypedItemFastSlowRateLimiter[string]{}
	require.Panics(t, func() { theirs.When("a") })
	require.Zero(t, ours.When("a"))
	require.Equal(t, 1, ours.NumRequeues("a"))
}

// No workers: client-go's ParallelizeUntil does nothing, and doesn't say so. Ours does the pieces with one.
func TestException_NoWorkers(t *testing.T) {
	var theirs, ours int
	theirwork.ParallelizeUntil(t.Context(), 0, 3, func(int) { theirs++ })
	ourwork.ParallelizeUntil(t.Context(), 0, 3, func(int) { ours++ })
	require.Equal(t, 0, theirs)
	require.Equal(t, 3, ours)
}
