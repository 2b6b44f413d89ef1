package rest_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"

	"client-go-workbook/lib/flowcontrol"
)

// logged returns a context whose logger writes to the buffer, at the given verbosity.
func logged(ctx context.Context, verbosity int) (context.Context, *bytes.Buffer) {
	var out bytes.Buffer
	logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Verbosity(verbosity), textlogger.Output(&out)))
	return klog.NewContext(ctx, logger), &out
}

// slow makes every request wait.
type slow struct {
	flowcontrol.RateLimiter
	wait time.Duration
	err  error
}

func (s slow) Wait(context.Context) error {
	time.Sleep(s.wait)
	return s.err
}

func TestRequestsWaitForTheirTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, answers: []answer{ok, ok, ok, ok, retryAfter(429, "0"), ok}}
		c := newClient(t, "http://kube.example", s)
		limiter := flowcontrol.NewTokenBucketRateLimiter(2, 2)
		for range 5 {
			require.NoError(t, c.Get().Throttle(limiter).Do(t.Context()).Error())
		}
		half := 500 * time.Millisecond
		require.Equal(t, []time.Duration{0, half, half, half, half}, s.waits(), "a burst of 2, then 2 per second, retries too")
		start := time.Now()
		s.answers = append(s.answers, ok)
		require.NoError(t, c.Get().Throttle(nil).Do(t.Context()).Error())
		require.Zero(t, time.Since(start))
	})
}

func TestAWatchDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, answers: []answer{retryAfter(429, "1"), ok}}
		w, err := newClient(t, "http://kube.example", s).Get().Throttle(slow{wait: time.Hour}).Watch(t.Context())
		require.NoError(t, err)
		w.Stop()
		require.Equal(t, []time.Duration{time.Second + time.Hour}, s.waits(), "only its second attempt does")
	})
}

func TestNoTokenInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limiter := flowcontrol.NewTokenBucketRateLimiter(0.01, 1)
		require.True(t, limiter.TryAccept())
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		err := get(t).Resource("pods").Throttle(limiter).Do(ctx).Error()
		require.ErrorContains(t, err, "get pods: client rate limiter Wait returned an error: rate: Wait(n=1) would exceed context deadline")
		require.Zero(t, time.Since(start), "it doesn't wait for what can't come")

		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		err = get(t).Resource("pods").Throttle(limiter).Do(ctx).Error()
		require.EqualError(t, err, "get pods: context canceled")
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 3*time.Second, time.Since(start))

		boom := errors.New("boom")
		_, err = get(t).Throttle(slow{err: boom}).Stream(t.Context())
		require.ErrorIs(t, err, boom)
	})
}

func TestTheTimeoutStartsAfterTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, answers: []answer{ok}}
		c := newClient(t, "http://kube.example", s)
		require.NoError(t, c.Get().Throttle(slow{wait: time.Minute}).Timeout(time.Second).Do(t.Context()).Error())
	})
}

func TestLongWaitsAreReported(t *testing.T) {
	const said = "Waited before sending request"
	for name, c := range map[string]struct {
		verbosity int
		wait      time.Duration
		requests  int
		want      int // lines
	}{
		"short":                        {4, 50 * time.Millisecond, 1, 0},
		"long, nobody looks":           {2, 51 * time.Millisecond, 1, 0},
		"long":                         {3, 51 * time.Millisecond, 5, 5},
		"very long":                    {0, 1001 * time.Millisecond, 1, 1},
		"very long, again and again":   {0, 4 * time.Second, 7, 3}, // after 4, 16 and 28 s: ten apart at least
		"very long, somebody looks":    {2, 1001 * time.Millisecond, 7, 7},
		"very long, everybody's looks": {3, 1001 * time.Millisecond, 7, 7},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, out := logged(t.Context(), c.verbosity)
				s := &script{t: t}
				client := newClient(t, "http://me:s3cret@kube.example", s)
				for range c.requests {
					s.answers = append(s.answers, ok)
					require.NoError(t, client.Get().Resource("pods").Throttle(slow{wait: c.wait}).Do(ctx).Error())
				}
				require.Equal(t, c.want, strings.Count(out.String(), said), out.String())
				require.NotContains(t, out.String(), "s3cret")
				if c.want > 0 {
					require.Contains(t, out.String(), "client-side throttling, not priority and fairness")
				}
			})
		})
	}
}

func TestARetryThatWaitsSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, out := logged(t.Context(), 4)
		first := retryAfter(429, "2")
		first.header.Set("X-Kubernetes-PF-FlowSchema-UID", "abc")
		s := &script{t: t, answers: []answer{first, ok}}
		require.NoError(t, newClient(t, "http://kube.example", s).Get().Throttle(slow{wait: time.Second}).Do(ctx).Error())
		require.Contains(t, out.String(), `due to server-side throttling, FlowSchema UID: \"abc\"`)
		require.Contains(t, out.String(), "Trying the request again")
	})
}
