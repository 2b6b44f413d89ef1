package workqueue_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

// TestTableIsAMap holds the table against Go's map, while it grows and shrinks in turn.
func TestTableIsAMap(t *testing.T) {
	for seed := range seeds(t, 10_000) {
		random := rand.New(rand.NewPCG(uint64(seed), 0))
		table := workqueue.NewTable[int, int]()
		model := map[int]int{}
		keys, sets := 1+random.IntN(1000), 50
		for step := range stepsPerSeed {
			if step%40 == 0 {
				sets = random.IntN(101) // in a hundred
			}
			for range random.IntN(60) {
				key := random.IntN(keys)
				if random.IntN(100) < sets {
					value := random.Int()
					table.Set(key, value)
					model[key] = value
				} else {
					table.Delete(key)
					delete(model, key)
				}
				value, ok := table.Get(key)
				want, exists := model[key]
				if value != want || ok != exists {
					t.Fatalf("seed %d: %d is %d %v, not %d %v", seed, key, value, ok, want, exists)
				}
			}
			require.NoError(t, table.CheckInvariants())
		}
		require.Equal(t, model, table.All())
	}
}

func TestTableGivesMemoryBack(t *testing.T) {
	table := workqueue.NewTable[int, int]()
	for i := range 100_000 {
		table.Set(i, i)
	}
	for i := range 99_990 {
		table.Delete(i)
	}
	require.Len(t, table.All(), 10)
	slots, entries := table.Room()
	require.LessOrEqual(t, slots, 160)
	require.LessOrEqual(t, entries, 80)
}
