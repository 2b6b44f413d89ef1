package fifo_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/fifo"
)

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
	q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{
		AtomicEvents: true, UnlockWhileProcessing: true, EmitDeltaTypeBookmark: true,
	})
	require.NoError(t, q.Bookmark("1"))
	_, err := q.Pop(func(any, bool) error { return q.Replace([]any{&thing{name: "a"}}, "2") })
	require.NoError(t, err)
	require.False(t, q.HasSynced())
	require.NoError(t, q.CheckInvariants())
}
