package rest

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"k8s.io/klog/v2"

	"client-go-workbook/lib/flowcontrol"
)

const (
	envBackoffBase     = "KUBE_CLIENT_BACKOFF_BASE"     // first delay, seconds
	envBackoffDuration = "KUBE_CLIENT_BACKOFF_DURATION" // longest delay, seconds
)

// BackoffManagerWithContext decides how long to wait before an attempt, and learns from how it went. Do and the
// others call it around each attempt: Calculate, Sleep, send, Update. It must be safe for concurrent use.
type BackoffManagerWithContext interface {
	// UpdateBackoffWithContext is told the outcome: an error, or the status code of the response.
	UpdateBackoffWithContext(ctx context.Context, actualURL *url.URL, err error, responseCode int)
	// CalculateBackoffWithContext returns the delay for the next attempt.
	CalculateBackoffWithContext(ctx context.Context, actualURL *url.URL) time.Duration
	// SleepWithContext waits for d, or until ctx is done.
	SleepWithContext(ctx context.Context, d time.Duration)
}

var noBackoff = &NoBackoff{}

// NoBackoff never asks for a delay. It still sleeps the delays that the server asks for.
type NoBackoff struct{}

func (*NoBackoff) UpdateBackoffWithContext(context.Context, *url.URL, error, int) {}

func (*NoBackoff) CalculateBackoffWithContext(context.Context, *url.URL) time.Duration { return 0 }

func (*NoBackoff) SleepWithContext(ctx context.Context, d time.Duration) { sleep(ctx, d) }

// URLBackoff delays the requests to a host that answers with 429 or 5xx, longer each time, until it answers
// otherwise. A connection that fails doesn't count: the host isn't overloaded then, but away.
type URLBackoff struct {
	// Backoff holds the delays, by host and port. It must be set.
	Backoff *flowcontrol.Backoff
}

var (
	_ BackoffManagerWithContext = (*NoBackoff)(nil)
	_ BackoffManagerWithContext = (*URLBackoff)(nil)
)

// Disable makes all delays 0, and forgets what was known. Not while requests are under way.
func (b *URLBackoff) Disable() { b.Backoff = flowcontrol.NewBackOff(0, 0) }

func (b *URLBackoff) UpdateBackoffWithContext(ctx context.Context, actualURL *url.URL, err error, responseCode int) {
	if responseCode == http.StatusTooManyRequests || responseCode >= 500 {
		b.Backoff.Next(actualURL.Host, time.Now())
		return
	}
	if err != nil || responseCode >= 300 {
		klog.FromContext(ctx).V(4).Info("Client is returning errors", "code", responseCode, "err", err)
	}
	b.Backoff.Reset(actualURL.Host)
}

func (b *URLBackoff) CalculateBackoffWithContext(_ context.Context, actualURL *url.URL) time.Duration {
	return b.Backoff.Get(actualURL.Host)
}

func (b *URLBackoff) SleepWithContext(ctx context.Context, d time.Duration) { sleep(ctx, d) }

func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// backoffFromEnvironment returns one manager for a whole client: it is by host, and to remember is its purpose.
func backoffFromEnvironment() BackoffManagerWithContext {
	base, errBase := strconv.ParseInt(os.Getenv(envBackoffBase), 10, 32)
	longest, errLongest := strconv.ParseInt(os.Getenv(envBackoffDuration), 10, 32)
	if errBase != nil || errLongest != nil {
		return noBackoff
	}
	b := flowcontrol.NewBackOff(time.Duration(base)*time.Second, time.Duration(longest)*time.Second)
	return &URLBackoff{Backoff: b}
}
