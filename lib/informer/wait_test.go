package informer_test

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"

	"client-go-workbook/lib/informer"
)

// after is done when time has passed.
type after struct {
	name string
	done chan struct{}
}

func doneAfter(name string, d time.Duration) after {
	a := after{name, make(chan struct{})}
	time.AfterFunc(d, func() { close(a.done) })
	return a
}

func (a after) Name() string          { return a.name }
func (a after) Done() <-chan struct{} { return a.done }

func TestWaitFor(t *testing.T) {
	for name, tc := range map[string]struct {
		delays  []time.Duration
		patient time.Duration
		want    bool
		after   time.Duration
		log     string
	}{
		"nothing": {nil, time.Hour, true, 0, `
"Waiting" for="caches"
`},
		"two things": {[]time.Duration{2 * time.Minute, time.Minute}, time.Hour, true, 2 * time.Minute, `
"Waiting" for="caches"
"Done waiting" for="caches" instance="1m0s"
"Done waiting" for="caches" instance="2m0s"
`},
		"too long": {[]time.Duration{time.Minute, 3 * time.Hour, 2 * time.Hour}, time.Hour, false, time.Hour, `
"Waiting" for="caches"
"Done waiting" for="caches" instance="1m0s"
"Gave up waiting" for="caches" cause="enough" instances=["2h0m0s","3h0m0s"]
`},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var checkers []informer.DoneChecker
				for _, d := range tc.delays {
					checkers = append(checkers, doneAfter(d.String(), d))
				}
				var log lockedBuffer
				logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Output(&log), textlogger.WithHeader(false)))
				ctx, cancel := context.WithTimeoutCause(klog.NewContext(t.Context(), logger), tc.patient, errors.New("enough"))
				defer cancel()
				start := time.Now()
				require.Equal(t, tc.want, informer.WaitFor(ctx, "caches", checkers...))
				require.Equal(t, tc.after, time.Since(start))
				require.Equal(t, tc.log, "\n"+log.String())

				log.Reset()
				require.Equal(t, tc.want, informer.WaitFor(ctx, "", checkers...))
				require.Empty(t, log.String(), "what has no name is not logged")
				time.Sleep(3 * time.Hour) // for the timers
			})
		})
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func TestWaitForWhatIsDoneWithAContextThatHasEnded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		done := doneAfter("now", 0)
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			require.True(t, informer.WaitFor(ctx, "", done))
		}
	})
}

func TestWaitForCacheSync(t *testing.T) {
	reports := reported(t)
	bubble(t, func(t *testing.T) {
		var synced atomic.Bool
		asked := 0
		ask := func() bool { asked++; return synced.Load() }
		time.AfterFunc(250*time.Millisecond, func() { synced.Store(true) })
		start := time.Now()
		require.True(t, informer.WaitForCacheSync(t.Context().Done(), func() bool { return true }, ask))
		require.Equal(t, 300*time.Millisecond, time.Since(start))
		require.Equal(t, 4, asked)

		require.True(t, informer.WaitForCacheSync(nil))
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errors.New("enough"))
		defer cancel()
		require.False(t, informer.WaitForCacheSync(ctx.Done(), func() bool { return false }))
		require.True(t, informer.WaitForCacheSync(ctx.Done(), ask), "what has synced needs no waiting")

		require.True(t, informer.WaitForNamedCacheSyncWithContext(t.Context(), ask))
		require.Empty(t, reports())
		require.False(t, informer.WaitForNamedCacheSyncWithContext(ctx, func() bool { return false }))
		require.Equal(t, []string{"Caches have not synced: enough"}, reports())
	})
}

func TestSyncResultAsError(t *testing.T) {
	enough := errors.New("enough")
	result := informer.SyncResult{Synced: map[reflect.Type]bool{
		reflect.TypeFor[*corev1.Pod]():       false,
		reflect.TypeFor[*corev1.ConfigMap](): false,
		reflect.TypeFor[*corev1.Secret]():    true,
	}}
	require.NoError(t, result.AsError())
	result.Err = enough
	require.EqualError(t, result.AsError(), "caches have not synced: *v1.ConfigMap, *v1.Pod: enough")
	require.ErrorIs(t, result.AsError(), enough)
}
