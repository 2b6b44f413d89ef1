package workqueue_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

// TestOrderOfManyItems lets a queue grow to thousands of items and shrink again, several times: items must keep their
// order, and their marks, when they get other numbers. Some are in work meanwhile, and some of those are added again.
func TestOrderOfManyItems(t *testing.T) {
	for name, storage := range map[string]workqueue.Queue[int]{
		"its own": nil, "a Queue": workqueue.DefaultQueue[int](),
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 1))
			q := workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[int]{Queue: storage})
			b := &book{dirty: map[int]bool{}, inWork: map[int]bool{}}
			for range 4 {
				b.play(t, q, random, 80)
				require.Greater(t, q.Len(), 2000)
				b.play(t, q, random, 5)
				require.Less(t, q.Len(), 100)
			}
		})
	}
}

// book is how a queue of numbers should be.
type book struct {
	queue, working []int
	dirty, inWork  map[int]bool
}

// play does 20,000 things, of which so many in a hundred are adds.
func (b *book) play(t *testing.T, q *workqueue.Typed[int], random *rand.Rand, adds int) {
	for step := range 20_000 {
		switch n := random.IntN(100); {
		case n < adds:
			item := random.IntN(10_000)
			q.Add(item)
			b.add(item)
		case n%2 == 0 && len(b.queue) > 0:
			item, _ := q.Get()
			if want := b.queue[0]; item != want {
				t.Fatalf("step %d: got %d, not %d", step, item, want)
			}
			b.handOut()
		case len(b.working) > 0:
			q.Done(b.done(random.IntN(len(b.working))))
		}
		if step%500 == 0 {
			require.NoError(t, q.CheckInvariants())
			require.Equal(t, len(b.queue), q.Len())
		}
	}
}

func (b *book) add(item int) {
	if !b.dirty[item] && !b.inWork[item] {
		b.queue = append(b.queue, item)
	}
	b.dirty[item] = true
}

func (b *book) handOut() {
	item := b.queue[0]
	b.queue, b.working = b.queue[1:], append(b.working, item)
	delete(b.dirty, item)
	b.inWork[item] = true
}

// done ends the work on one of the items in work, and returns it.
func (b *book) done(i int) (item int) {
	last := len(b.working) - 1
	item, b.working[i] = b.working[i], b.working[last]
	b.working = b.working[:last]
	delete(b.inWork, item)
	if b.dirty[item] {
		b.queue = append(b.queue, item)
	}
	return item
}
