package workqueue_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

// TestWaitingIsInOrder holds the heap against a map that is searched each time, while both grow and shrink. Times are
// few, so that they meet, and many items get an earlier one.
func TestWaitingIsInOrder(t *testing.T) {
	for seed := range seeds(t, 4_000) {
		random := rand.New(rand.NewPCG(uint64(seed), 0))
		items := 1 + random.IntN(1000)
		w := workqueue.NewWaiting[int]()
		model := map[int]time.Duration{}
		for range stepsPerSeed {
			if random.IntN(10) == 0 {
				takeAll(t, w, model, time.Duration(random.IntN(1000)))
			}
			for range random.IntN(40) {
				item, at := random.IntN(items), time.Duration(random.IntN(1000))
				due, waits := model[item]
				require.Equal(t, !waits || at < due, w.Add(item, at))
				if !waits || at < due {
					model[item] = at
				}
			}
			require.NoError(t, w.CheckInvariants())
			require.Equal(t, len(model), w.Len())
		}
		takeAll(t, w, model, 1000)
		require.Zero(t, w.Len())
	}
}

// takeAll takes what is due, and looks whether it was, and whether that was all.
func takeAll(t *testing.T, w interface {
	Take(time.Duration) (int, bool)
	Next() (time.Duration, bool)
}, model map[int]time.Duration, now time.Duration) {
	var before time.Duration
	for {
		next, _ := w.Next()
		item, ok := w.Take(now)
		if !ok {
			break
		}
		due, waits := model[item]
		require.True(t, waits, "item %d", item)
		require.Equal(t, next, due)
		require.GreaterOrEqual(t, due, before)
		require.LessOrEqual(t, due, now)
		before = due
		delete(model, item)
	}
	for item, at := range model {
		require.Greater(t, at, now, "item %d is due", item)
	}
}

// An item that gets earlier and earlier must not leave an alarm behind each time.
func TestEarlierAndEarlierNeedsNoRoom(t *testing.T) {
	w := workqueue.NewWaiting[string]()
	for at := time.Duration(10_000); at > 0; at-- {
		require.True(t, w.Add("a", at))
	}
	require.Less(t, w.Room(), 300)
	item, ok := w.Take(1)
	require.True(t, ok)
	require.Equal(t, "a", item)
	_, ok = w.Next()
	require.False(t, ok)
}
