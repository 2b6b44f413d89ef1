package conformance_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// TestFIFOsAgree does the same random things to client-go's queues and to ours, in each of their modes, and compares
// what is popped, what is returned, and whether they count as synced. One goroutine on each side pops, and may have to wait.
func TestFIFOsAgree(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() {
		seeds = 60
	}
	for name, mode := range map[string]queueMode{
		"DeltaFIFO":                           {theirs: theirDeltaFIFO, ours: ourDeltaFIFO},
		"DeltaFIFO without known objects":     {theirs: theirDeltaFIFO, ours: ourDeltaFIFO, ignorant: true},
		"DeltaFIFO that says Replaced":        {theirs: theirDeltaFIFO, ours: ourDeltaFIFO, replaced: true},
		"RealFIFO":                            {theirs: theirRealFIFO, ours: ourRealFIFO},
		"RealFIFO with atomic events":         {theirs: theirRealFIFO, ours: ourRealFIFO, atomic: true},
		"RealFIFO with bookmarks":             {theirs: theirRealFIFO, ours: ourRealFIFO, atomic: true, bookmarks: true},
		"RealFIFO that unlocks, as informers": {theirs: theirRealFIFO, ours: ourRealFIFO, atomic: true, bookmarks: true, unlock: true},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range seeds {
				synctest.Test(t, func(t *testing.T) { mode.play(t, seed) })
			}
		})
	}
}

type queueMode struct {
	theirs, ours func(queueMode, *consumer) queue

	ignorant, replaced        bool // DeltaFIFO
	atomic, bookmarks, unlock bool // RealFIFO
	transform                 func(any) (any, error)
}

// queue is a FIFO of either library.
type queue struct {
	add, update, delete func(obj any) error
	replace             func(objs []any, resourceVersion string) error
	resync              func() error
	bookmark            func(resourceVersion string) error
	pop, popBatch       func() error
	hasSynced           func() bool
	close               func()
	bury                func(key string, obj any) (tombstone any)
}

func theirTombstone(key string, obj any) any {
	return cache.DeletedFinalStateUnknown{Key: key, Obj: obj}
}
func ourTombstone(key string, obj any) any { return store.DeletedFinalStateUnknown{Key: key, Obj: obj} }

// consumer is who pops from a queue: it notes what it gets, and keeps a store by it.
type consumer struct {
	known  map[string]any
	popped []string
}

// ListKeys is sorted, so that nothing here is in random order.
func (c *consumer) ListKeys() []string { return slices.Sorted(maps.Keys(c.known)) }

func (c *consumer) GetByKey(key string) (any, bool, error) {
	obj, ok := c.known[key]
	return obj, ok, nil
}

var errThird = errors.New("each third one fails")

// process notes what was popped. What fails is popped nevertheless.
func (c *consumer) process(deltas []delta, isInInitialList bool) error {
	var texts []string
	for _, d := range deltas {
		texts = append(texts, d.String())
		c.keep(d)
	}
	c.popped = append(c.popped, fmt.Sprintf("%s (initial: %t)", strings.Join(texts, ", "), isInInitialList))
	if len(c.popped)%3 == 0 {
		return errThird
	}
	return nil
}

func (c *consumer) keep(d delta) {
	key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(d.obj)
	switch {
	case err != nil: // about no single object
	case d.kind == "Deleted":
		delete(c.known, key)
	default:
		c.known[key] = d.obj
	}
}

// delta is a Delta of either library. Its object is in terms of client-go.
type delta struct {
	kind string
	obj  any
}

func theirDelta(d cache.Delta) delta { return delta{string(d.Type), d.Object} }

func ourDelta(d fifo.Delta) delta {
	obj := d.Object
	switch info := obj.(type) {
	case store.DeletedFinalStateUnknown:
		obj = cache.DeletedFinalStateUnknown(info)
	case fifo.ReplacedAllInfo:
		obj = cache.ReplacedAllInfo(info)
	case fifo.SyncAllInfo:
		obj = cache.SyncAllInfo(info)
	case fifo.BookmarkInfo:
		obj = cache.BookmarkInfo(info)
	}
	return delta{string(d.Type), obj}
}

func (d delta) String() string {
	switch info := d.obj.(type) {
	case cache.DeletedFinalStateUnknown:
		key, text := describe(info.Obj)
		return fmt.Sprintf("%s: tombstone of %s: %s %s", d.kind, info.Key, key, text)
	case cache.ReplacedAllInfo:
		var objs []string
		for _, obj := range info.Objects {
			objs = append(objs, delta{obj: obj}.String())
		}
		return fmt.Sprintf("%s @%s %s", d.kind, info.ResourceVersion, objs)
	}
	key, text := describe(d.obj)
	return fmt.Sprintf("%s: %s %s", d.kind, key, text)
}

func theirDeltas(ds []cache.Delta) (out []delta) {
	for _, d := range ds {
		out = append(out, theirDelta(d))
	}
	return out
}

func ourDeltas(ds []fifo.Delta) (out []delta) {
	for _, d := range ds {
		out = append(out, ourDelta(d))
	}
	return out
}

func theirDeltaFIFO(m queueMode, c *consumer) queue {
	options := cache.DeltaFIFOOptions{KnownObjects: c, EmitDeltaTypeReplaced: m.replaced, Transformer: m.transform}
	if m.ignorant {
		options.KnownObjects = nil
	}
	q := cache.NewDeltaFIFOWithOptions(options)
	pop := func() error {
		_, err := q.Pop(func(obj any, initial bool) error { return c.process(theirDeltas(obj.(cache.Deltas)), initial) })
		return err
	}
	return queue{q.Add, q.Update, q.Delete, q.Replace, q.Resync, noBookmark, pop, pop, q.HasSynced, q.Close, theirTombstone}
}

func ourDeltaFIFO(m queueMode, c *consumer) queue {
	options := fifo.DeltaFIFOOptions{KnownObjects: c, EmitDeltaTypeReplaced: m.replaced, Transformer: m.transform}
	if m.ignorant {
		options.KnownObjects = nil
	}
	q := fifo.NewDeltaFIFOWithOptions(options)
	pop := func() error {
		_, err := q.Pop(func(obj any, initial bool) error { return c.process(ourDeltas(obj.(fifo.Deltas)), initial) })
		return err
	}
	return queue{q.Add, q.Update, q.Delete, q.Replace, q.Resync, noBookmark, pop, pop, q.HasSynced, q.Close, ourTombstone}
}

func noBookmark(string) error { return nil }

func theirRealFIFO(m queueMode, c *consumer) queue {
	options := cache.RealFIFOOptions{AtomicEvents: m.atomic, EmitDeltaTypeBookmark: m.bookmarks, UnlockWhileProcessing: m.unlock, Transformer: m.transform}
	if !m.atomic {
		options.KnownObjects = c
	}
	q := cache.NewRealFIFOWithOptions(options)
	one := func(obj any, initial bool) error { return c.process(theirDeltas(obj.(cache.Deltas)), initial) }
	many := func(ds []cache.Delta, initial bool) error { return c.process(theirDeltas(ds), initial) }
	pop := func() error { _, err := q.Pop(one); return err }
	popBatch := func() error { return q.PopBatch(many, one) }
	return queue{q.Add, q.Update, q.Delete, q.Replace, q.Resync, q.Bookmark, pop, popBatch, q.HasSynced, q.Close, theirTombstone}
}

func ourRealFIFO(m queueMode, c *consumer) queue {
	options := fifo.RealFIFOOptions{AtomicEvents: m.atomic, EmitDeltaTypeBookmark: m.bookmarks, UnlockWhileProcessing: m.unlock, Transformer: m.transform}
	if !m.atomic {
		options.KnownObjects = c
	}
	q := fifo.NewRealFIFOWithOptions(options)
	one := func(obj any, initial bool) error { return c.process(ourDeltas(obj.(fifo.Deltas)), initial) }
	many := func(ds []fifo.Delta, initial bool) error { return c.process(ourDeltas(ds), initial) }
	pop := func() error { _, err := q.Pop(one); return err }
	popBatch := func() error { return q.PopBatch(many, one) }
	return queue{q.Add, q.Update, q.Delete, q.Replace, q.Resync, q.Bookmark, pop, popBatch, q.HasSynced, q.Close, ourTombstone}
}

// popper pops on a goroutine of its own, each time it is asked to.
type popper struct {
	queue
	consumer *consumer
	asked    chan func() error
	done     chan struct{}
	returned []string
}

func newPopper(m queueMode, newQueue func(queueMode, *consumer) queue) *popper {
	c := &consumer{known: map[string]any{}}
	p := &popper{queue: newQueue(m, c), consumer: c, asked: make(chan func() error, 1_000), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for pop := range p.asked {
			switch err := pop(); {
			case errors.Is(err, cache.ErrFIFOClosed) || errors.Is(err, fifo.ErrFIFOClosed):
				p.returned = append(p.returned, "closed")
			default:
				p.returned = append(p.returned, fmt.Sprint(err))
			}
		}
	}()
	return p
}

func (p *popper) stop() {
	p.close()
	close(p.asked)
	<-p.done
}

// play does 60 things to both, and then lets both pop what is left.
func (m queueMode) play(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	if random.IntN(2) == 0 {
		m.transform = strip
	}
	theirs, ours := newPopper(m, m.theirs), newPopper(m, m.ours)
	defer theirs.stop()
	defer ours.stop()
	var done []string
	for version := 1; version <= 60; version++ {
		name, do := queueOperation(random, strconv.Itoa(version))
		done = append(done, name)
		expected, actual := do(theirs), do(ours)
		synctest.Wait()
		require.Equal(t, expected == nil, actual == nil, "seed %d: client-go returns %v, ours %v, for the last of\n%s", seed, expected, actual, strings.Join(done, "\n"))
		require.Equal(t, theirs.seen(), ours.seen(), "seed %d: expected is client-go; after\n%s", seed, strings.Join(done, "\n"))
	}
	for _, p := range []*popper{theirs, ours} {
		p.close()
		for range 500 {
			p.asked <- p.pop
		}
	}
	synctest.Wait()
	require.Equal(t, theirs.seen(), ours.seen(), "seed %d: what was left after\n%s", seed, strings.Join(done, "\n"))
}

type seenOfQueue struct {
	Popped, Returned, Known []string
	Synced                  bool
}

func (p *popper) seen() seenOfQueue {
	return seenOfQueue{p.consumer.popped, p.returned, p.consumer.ListKeys(), p.hasSynced()}
}

// queueOperation makes up something to do to a queue.
func queueOperation(random *rand.Rand, version string) (name string, do func(*popper) error) {
	pod := newPod(random)
	pod.ResourceVersion = version
	switch n := random.IntN(20); {
	case n < 4:
		return "add " + pod.Name, func(p *popper) error { return p.add(pod.DeepCopy()) }
	case n < 8:
		return "update " + pod.Name, func(p *popper) error { return p.update(pod.DeepCopy()) }
	case n < 10:
		return "delete " + pod.Name, func(p *popper) error { return p.delete(pod.DeepCopy()) }
	case n == 10:
		return "delete " + pod.Name + " by a tombstone", func(p *popper) error {
			return p.delete(p.bury(pod.Namespace+"/"+pod.Name, pod.DeepCopy()))
		}
	case n < 13:
		var pods []*corev1.Pod
		for range random.IntN(5) {
			next := newPod(random)
			next.ResourceVersion = version
			pods = append(pods, next)
		}
		return fmt.Sprintf("replace by %d", len(pods)), func(p *popper) error {
			list := make([]any, len(pods))
			for i := range pods {
				list[i] = pods[i].DeepCopy()
			}
			return p.replace(list, version)
		}
	case n == 13:
		return "resync", func(p *popper) error { return p.resync() }
	case n == 14:
		return "bookmark", func(p *popper) error { return p.bookmark(version) }
	case n < 18:
		return "pop", func(p *popper) error { p.asked <- p.pop; return nil }
	}
	return "pop a batch", func(p *popper) error { p.asked <- p.popBatch; return nil }
}
