package synctrack_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/informer/synctrack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	_ fifo.DoneChecker = (*synctrack.AsyncTracker[string])(nil)
	_ fifo.DoneChecker = (*synctrack.SingleFileTracker)(nil)
)

func TestAsyncTracker(t *testing.T) {
	for name, tc := range map[string]struct {
		play func(*synctrack.AsyncTracker[string])
		want bool
	}{
		"nothing to do, informer not synced": {func(*synctrack.AsyncTracker[string]) {}, false},
		"nothing to do":                      {func(k *synctrack.AsyncTracker[string]) { k.UpstreamHasSynced() }, true},
		"informer not synced": {func(k *synctrack.AsyncTracker[string]) {
			k.Start("a")
			k.Finished("a")
		}, false},
		"work is left": {func(k *synctrack.AsyncTracker[string]) {
			k.Start("a")
			k.Start("b")
			k.UpstreamHasSynced()
			k.Finished("b")
		}, false},
		"the work ends first": {func(k *synctrack.AsyncTracker[string]) {
			k.Start("a")
			k.Finished("a")
			k.UpstreamHasSynced()
		}, true},
		"the work ends last": {func(k *synctrack.AsyncTracker[string]) {
			k.Start("a")
			k.UpstreamHasSynced()
			k.Finished("a")
		}, true},
		"a key started twice is finished once": {func(k *synctrack.AsyncTracker[string]) {
			k.Start("a")
			k.Start("a")
			k.UpstreamHasSynced()
			k.Finished("a")
		}, true},
		"a key that nobody started": {func(k *synctrack.AsyncTracker[string]) {
			k.Start("a")
			k.UpstreamHasSynced()
			k.Finished("z")
		}, false},
		"what comes later doesn't matter": {func(k *synctrack.AsyncTracker[string]) {
			k.UpstreamHasSynced()
			k.UpstreamHasSynced()
			k.Start("a")
			k.Finished("a")
			k.Start("b")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			k := synctrack.NewAsyncTracker[string]("pods")
			tc.play(k)
			require.Equal(t, tc.want, k.HasSynced())
			require.Equal(t, tc.want, fifo.IsDone(k))
			require.Equal(t, "pods", k.Name())
		})
	}
}

func TestSingleFileTracker(t *testing.T) {
	k := synctrack.NewSingleFileTracker("pods")
	k.Start()
	k.Start()
	k.Finished()
	k.UpstreamHasSynced()
	require.False(t, k.HasSynced())
	k.Finished()
	require.True(t, k.HasSynced())
	require.True(t, fifo.IsDone(k))
	k.Start()
	require.True(t, k.HasSynced(), "once synced, always synced")
	k.Finished()
	require.PanicsWithValue(t, "synctrack: pods: more was finished than was started", k.Finished)
	require.Equal(t, "pods", k.Name())

	empty := synctrack.NewSingleFileTracker("none")
	require.False(t, empty.HasSynced())
	empty.UpstreamHasSynced()
	require.True(t, empty.HasSynced())
}

func TestTrackerOfManyWorkers(t *testing.T) {
	k, single := synctrack.NewAsyncTracker[int]("pods"), synctrack.NewSingleFileTracker("pods")
	for i := range 1000 {
		k.Start(i)
		single.Start()
	}
	var workers sync.WaitGroup
	for w := range 10 {
		workers.Go(func() {
			for i := w; i < 1000; i += 10 {
				k.Finished(i)
				single.Finished()
			}
		})
	}
	k.UpstreamHasSynced()
	single.UpstreamHasSynced()
	<-k.Done()
	<-single.Done()
	workers.Wait()
}

func TestLazyAsksOnceUntilToldOtherwise(t *testing.T) {
	calls := 0
	z := synctrack.Lazy[int]{Evaluate: func() (int, error) { calls++; return calls, nil }}
	for _, want := range []int{1, 1, 1} {
		got, err := z.Get()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	z.Notify()
	z.Notify()
	got, err := z.Get()
	require.NoError(t, err)
	require.Equal(t, 2, got)
}

func TestLazyDoesNotKeepErrors(t *testing.T) {
	no := errors.New("no")
	calls := 0
	z := synctrack.Lazy[string]{Evaluate: func() (string, error) {
		if calls++; calls < 3 {
			return "", no
		}
		return "yes", nil
	}}
	for range 2 {
		_, err := z.Get()
		require.ErrorIs(t, err, no)
	}
	got, err := z.Get()
	require.NoError(t, err)
	require.Equal(t, "yes", got)
}

func TestLazyAskedByMany(t *testing.T) {
	var calls atomic.Int32
	z := synctrack.Lazy[int32]{Evaluate: func() (int32, error) { return calls.Add(1), nil }}
	var asking sync.WaitGroup
	for range 100 {
		asking.Go(func() {
			got, err := z.Get()
			assert.NoError(t, err)
			assert.EqualValues(t, 1, got)
		})
	}
	asking.Wait()
}

// Who asks after Notify doesn't get, or wait for, what somebody began to work out before.
func TestLazyIsToldOfAChangeMeanwhile(t *testing.T) {
	var calls atomic.Int32
	begun, goOn := make(chan struct{}), make(chan struct{})
	z := synctrack.Lazy[int32]{Evaluate: func() (int32, error) {
		n := calls.Add(1)
		if n == 1 {
			close(begun)
			<-goOn
		}
		return n, nil
	}}
	old := make(chan int32)
	go func() {
		got, _ := z.Get()
		old <- got
	}()
	<-begun
	z.Notify()
	got, err := z.Get()
	require.NoError(t, err)
	require.EqualValues(t, 2, got)
	close(goOn)
	require.EqualValues(t, 1, <-old)
	got, err = z.Get()
	require.NoError(t, err)
	require.EqualValues(t, 2, got, "what was known late is not newer")
}
