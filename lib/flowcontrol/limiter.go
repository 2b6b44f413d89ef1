// Package flowcontrol holds a client back before the server has to.
//
//	                   takes a token, or waits for one
//	request ──▶ RateLimiter ──▶ server     bucket ●●●○○  refilled at QPS, never above burst
//	               Backoff   ◀── 429, 5xx  host → 1s → 2s → 4s … max, forgotten after 2×max of silence
//
// RateLimiter counts what the client sends; Backoff remembers how it was received.
//
// Upstream: util/flowcontrol/throttle.go, util/flowcontrol/backoff.go.
// Left out: the …WithClock and NewFakeBackOff constructors and Backoff.Clock. Time is time.Now, which
// testing/synctest can fake.
package flowcontrol

import (
	"context"
	"time"

	"golang.org/x/time/rate"
)

// PassiveRateLimiter says whether there is a token now. It never waits.
type PassiveRateLimiter interface {
	// TryAccept takes a token if there is one, and says whether it did.
	TryAccept() bool
	// Stop releases the callers of a limiter that can be stopped. A token bucket holds nothing to release.
	Stop()
	// QPS is the number of tokens per second that the limiter was made with.
	QPS() float32
}

// RateLimiter can also wait for its tokens.
type RateLimiter interface {
	PassiveRateLimiter
	// Accept takes a token, however long that takes.
	Accept()
	// Wait takes a token, or returns an error if ctx ends, or would end, before there is one.
	Wait(ctx context.Context) error
}

// NewTokenBucketRateLimiter returns a bucket that starts with burst tokens and gets qps new ones per second, up
// to burst. A bucket with a burst of 0 never gives a token: TryAccept is false, Wait fails at once and Accept
// doesn't return.
func NewTokenBucketRateLimiter(qps float32, burst int) RateLimiter {
	return &tokenBucket{limiter: rate.NewLimiter(rate.Limit(qps), burst), qps: qps}
}

// NewTokenBucketPassiveRateLimiter returns the same bucket for callers that must not wait.
func NewTokenBucketPassiveRateLimiter(qps float32, burst int) PassiveRateLimiter {
	return passive{NewTokenBucketRateLimiter(qps, burst)}
}

type tokenBucket struct {
	limiter *rate.Limiter
	qps     float32
}

func (b *tokenBucket) TryAccept() bool                { return b.limiter.Allow() }
func (b *tokenBucket) Stop()                          {}
func (b *tokenBucket) QPS() float32                   { return b.qps }
func (b *tokenBucket) Accept()                        { time.Sleep(b.limiter.Reserve().Delay()) }
func (b *tokenBucket) Wait(ctx context.Context) error { return b.limiter.Wait(ctx) }

// passive hides Accept and Wait, so that no type assertion brings them back.
type passive struct{ PassiveRateLimiter }
