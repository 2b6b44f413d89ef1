package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"client-go-workbook/lib/flowcontrol"
	"client-go-workbook/lib/rest"
)

var ok = answer{code: 200, body: podJSON}

// waits are the pauses between the requests that were sent.
func (s *script) waits() []time.Duration {
	var waits []time.Duration
	for i := 1; i < len(s.times); i++ {
		waits = append(waits, s.times[i].Sub(s.times[i-1]))
	}
	return waits
}

func TestTheServerSaysWhenToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, answers: []answer{retryAfter(429, "3"), retryAfter(503, "5"), retryAfter(500, "0"), ok}}
		var pod corev1.Pod
		require.NoError(t, newClient(t, "http://kube.example", s).Get().Resource("pods").Do(t.Context()).Into(&pod))
		require.Equal(t, "web", pod.Name)
		require.Equal(t, []time.Duration{3 * time.Second, 5 * time.Second, 0}, s.waits())
	})
}

func TestAnswersThatAreFinal(t *testing.T) {
	for name, final := range map[string]answer{
		"429 without Retry-After":          {code: 429},
		"500 without Retry-After":          {code: 500},
		"Retry-After on 404":               retryAfter(404, "1"),
		"Retry-After on 409":               retryAfter(409, "1"),
		"Retry-After is a date":            retryAfter(429, "Wed, 21 Oct 2026 07:28:00 GMT"),
		"Retry-After is negative":          retryAfter(503, "-1"),
		"Retry-After is more than a life":  retryAfter(503, "99999999999999999999"),
		"Retry-After doesn't fit a Status": retryAfter(503, "2147483648"),
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{t: t, answers: []answer{final}}
			err := newClient(t, "http://kube.example", s).Get().Do(t.Context()).Error()
			var status apierrors.APIStatus
			require.ErrorAs(t, err, &status)
			require.EqualValues(t, final.code, status.Status().Code)
			require.Len(t, s.urls, 1)
		})
	}
}

func TestRetriesAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*rest.Request) *rest.Request
		want int
	}{
		"ten by default": {func(r *rest.Request) *rest.Request { return r }, 11},
		"two":            {func(r *rest.Request) *rest.Request { return r.MaxRetries(2) }, 3},
		"none":           {func(r *rest.Request) *rest.Request { return r.MaxRetries(0) }, 1},
		"less than none": {func(r *rest.Request) *rest.Request { return r.MaxRetries(-1) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t}
				for range c.want {
					s.answers = append(s.answers, retryAfter(429, "7"))
				}
				err := c.set(newClient(t, "http://kube.example", s).Get()).Do(t.Context()).Error()
				require.True(t, apierrors.IsTooManyRequests(err), "%v", err)
				seconds, ok := apierrors.SuggestsClientDelay(err)
				require.True(t, ok)
				require.Equal(t, 7, seconds)
				require.Len(t, s.urls, c.want)
			})
		})
	}
}

// opErr is what net/http returns when the other side hangs up in the given way.
func opErr(err error) error {
	return &url.Error{Op: "Get", URL: "http://kube.example", Err: os.NewSyscallError("read", err)}
}

func TestBrokenConnections(t *testing.T) {
	reset, eof, refused := opErr(syscall.ECONNRESET), io.EOF, opErr(syscall.ECONNREFUSED)
	timeout := context.DeadlineExceeded // of the dialer, say: the caller's context lives
	stream := func(ctx context.Context, r *rest.Request) error {
		rc, err := r.Stream(ctx)
		if err == nil {
			err = rc.Close()
		}
		return err
	}
	do := func(ctx context.Context, r *rest.Request) error { return r.Do(ctx).Error() }
	for name, c := range map[string]struct {
		verb  string
		err   error
		send  func(context.Context, *rest.Request) error
		again bool
	}{
		"GET, reset":       {"GET", reset, do, true},
		"GET, EOF":         {"GET", eof, do, true},
		"GET, refused":     {"GET", refused, do, false},
		"GET, timeout":     {"GET", timeout, do, false},
		"POST, reset":      {"POST", reset, do, false},
		"PUT, EOF":         {"PUT", eof, do, false},
		"DELETE, reset":    {"DELETE", reset, do, false},
		"a stream, reset":  {"GET", reset, stream, false},
		"a stream, EOF":    {"GET", eof, stream, false},
		"GET, other error": {"GET", errors.New("no idea"), do, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, answers: []answer{{err: c.err}, ok}}
				err := c.send(t.Context(), newClient(t, "http://kube.example", s).Verb(c.verb))
				if !c.again {
					require.ErrorIs(t, err, c.err)
					require.Len(t, s.urls, 1)
					return
				}
				require.NoError(t, err)
				require.Equal(t, []time.Duration{time.Second}, s.waits())
			})
		})
	}
}

func TestTheLastErrorTellsOfTheOneBefore(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		answers []answer
		want    string
	}{
		"another one": {[]answer{{err: io.EOF}, {err: boom}}, "boom - error from a previous attempt: EOF"},
		"the same":    {[]answer{{err: io.EOF}, {err: io.EOF}, {err: io.EOF}}, "EOF"},
		"an answer": {[]answer{retryAfter(503, "1"), {err: boom}},
			"boom - error from a previous attempt: the server answered 503 and asked to try again"},
		"only one": {[]answer{{err: boom}}, "boom"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, answers: c.answers}
				err := newClient(t, "http://kube.example", s).Get().MaxRetries(2).Do(t.Context()).Error()
				require.EqualError(t, err, `Get "http://kube.example/api/v1": `+c.want)
				require.ErrorIs(t, err, c.answers[len(c.answers)-1].err)
			})
		})
	}
}

func TestTheContextEndsTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		s := &script{t: t, answers: []answer{retryAfter(429, "3600")}}
		start := time.Now()
		err := newClient(t, "http://kube.example", s).Get().Resource("pods").Do(ctx).Error()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "get pods: context deadline exceeded - error from a previous attempt: the server answered 429")
		require.Equal(t, 10*time.Second, time.Since(start))
	})
}

func TestTimeoutBoundsAllAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, answers: []answer{retryAfter(429, "4"), retryAfter(429, "4"), retryAfter(429, "4")}}
		start := time.Now()
		_, err := newClient(t, "http://kube.example", s).Get().Timeout(10 * time.Second).DoRaw(t.Context())
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 10*time.Second, time.Since(start))
		require.Contains(t, s.urls[0], "timeout=10s", "the server knows it too")
	})
}

func TestACancelledRequestIsNotSent(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := get(t).Resource("pods").Name("web").Do(ctx).Error()
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, `get pods "web"`)
	_, err = get(t).Watch(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = get(t).Stream(ctx)
	require.ErrorIs(t, err, context.Canceled)
}

// plain hides whatever else a reader can do.
type plain struct{ io.Reader }

func TestEveryAttemptSendsTheSameBody(t *testing.T) {
	const text = "the quick brown fox"
	file := filepath.Join(t.TempDir(), "body")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	open := func() *os.File {
		f, err := os.Open(file)
		require.NoError(t, err)
		t.Cleanup(func() { f.Close() })
		return f
	}
	midway := strings.NewReader("skipped " + text)
	_, err := midway.Seek(8, io.SeekStart)
	require.NoError(t, err)

	for name, c := range map[string]struct {
		body any
		want string
	}{
		"bytes":               {[]byte(text), text},
		"no bytes":            {[]byte{}, ""},
		"the name of a file":  {file, text},
		"an open file":        {open(), text},
		"a reader that seeks": {bytes.NewReader([]byte(text)), text},
		"a reader, midway":    {midway, text},
		"a buffer":            {bytes.NewBufferString(text), text},
		"an empty buffer":     {&bytes.Buffer{}, ""},
		"an empty reader":     {strings.NewReader(""), ""},
		"an object":           {newPod(), string(encode(t, jsonType, newPod()))},
		"a nil object":        {(*corev1.Pod)(nil), ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, answers: []answer{retryAfter(429, "1"), retryAfter(500, "1"), ok, ok}}
				r := newClient(t, "http://kube.example", s).Post().Body(c.body)
				require.NoError(t, r.Do(t.Context()).Error())
				require.NoError(t, r.Do(t.Context()).Error(), "and a request can be sent again")
				require.Equal(t, []string{c.want, c.want, c.want, c.want}, s.bodies)
				if reader, ok := c.body.(io.Reader); ok {
					rest, err := io.ReadAll(reader)
					require.NoError(t, err)
					require.Equal(t, c.want, string(rest), "the reader stays open, and where it was")
				}
			})
		})
	}
}

func TestABodyThatStreamsIsSentOnce(t *testing.T) {
	r, w, err := os.Pipe() // a file that can't seek
	require.NoError(t, err)
	_, err = w.WriteString("once")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for name, body := range map[string]io.Reader{"plain": plain{strings.NewReader("once")}, "pipe": r} {
		t.Run(name, func(t *testing.T) {
			s := &script{t: t, answers: []answer{retryAfter(429, "1")}}
			err := newClient(t, "http://kube.example", s).Post().Body(body).Do(t.Context()).Error()
			require.True(t, apierrors.IsTooManyRequests(err), "%v", err)
			require.Equal(t, []string{"once"}, s.bodies)
		})
	}
	require.ErrorIs(t, r.Close(), os.ErrClosed, "it was closed when it was sent")
}

func TestBodiesOverTheWire(t *testing.T) {
	var bodies []string
	var lengths []int64
	c := serve(t, func(w http.ResponseWriter, req *http.Request) {
		data, err := io.ReadAll(req.Body)
		if err != nil {
			t.Error(err)
		}
		bodies, lengths = append(bodies, string(data)), append(lengths, req.ContentLength)
		if len(bodies)%2 == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	})
	large := strings.Repeat("0123456789", 100_000)
	for _, body := range []any{[]byte(large), strings.NewReader(large), bytes.NewBufferString(large)} {
		bodies, lengths = nil, nil
		_, err := c.Post().Body(body).DoRaw(t.Context())
		require.NoError(t, err, "%T", body)
		require.Equal(t, []string{large, large}, bodies, "%T", body)
		require.Equal(t, []int64{1_000_000, 1_000_000}, lengths, "%T", body)
	}
}

// recorder is a BackoffManager that notes what it is asked and told.
type recorder struct {
	rest.NoBackoff
	delay  time.Duration
	codes  []int
	errs   []error
	sleeps []time.Duration
}

func (b *recorder) CalculateBackoffWithContext(context.Context, *url.URL) time.Duration {
	return b.delay
}

func (b *recorder) UpdateBackoffWithContext(_ context.Context, _ *url.URL, err error, code int) {
	b.codes, b.errs = append(b.codes, code), append(b.errs, err)
}

func (b *recorder) SleepWithContext(ctx context.Context, d time.Duration) {
	b.sleeps = append(b.sleeps, d)
	b.NoBackoff.SleepWithContext(ctx, d)
}

func TestTheLongerOfBackoffAndRetryAfterCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &recorder{delay: 5 * time.Second}
		s := &script{t: t, answers: []answer{retryAfter(429, "9"), retryAfter(429, "1"), {err: io.EOF}, ok}}
		c := newClient(t, "http://kube.example", s)
		require.NoError(t, c.Get().BackOffWithContext(b).Do(t.Context()).Error())
		require.Equal(t, []time.Duration{5 * time.Second, 9 * time.Second, 5 * time.Second, 5 * time.Second}, b.sleeps)
		require.Equal(t, []int{429, 429, 0, 200}, b.codes)
		require.NoError(t, b.errs[3])
		require.ErrorIs(t, b.errs[2], io.EOF)
	})
}

func TestBackoffIsByHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &rest.URLBackoff{Backoff: flowcontrol.NewBackOff(time.Second, 4*time.Second)}
		s := &script{t: t, answers: []answer{
			{code: 500}, {code: 429}, {code: 503}, {code: 500}, ok, {code: 404}, ok, ok, {err: io.ErrNoProgress},
		}}
		c, other := newClient(t, "http://kube.example", s), newClient(t, "http://other.example", s)
		for range 5 {
			_ = c.Get().BackOffWithContext(b).Do(t.Context()).Error()
		}
		second := time.Second
		require.Equal(t, []time.Duration{second, 2 * second, 4 * second, 4 * second}, s.waits(), "it grows up to the maximum")

		start := time.Now()
		require.Error(t, c.Get().BackOffWithContext(b).Do(t.Context()).Error(), "a success has ended it, a 404 doesn't begin another")
		require.NoError(t, c.Get().BackOffWithContext(b).Do(t.Context()).Error())
		require.NoError(t, other.Get().BackOffWithContext(b).Do(t.Context()).Error(), "another host has its own")
		require.Error(t, c.Get().BackOffWithContext(b).Do(t.Context()).Error())
		require.Zero(t, b.CalculateBackoffWithContext(t.Context(), c.Get().URL()), "a broken connection isn't overload")
		require.Zero(t, time.Since(start))

		b.UpdateBackoffWithContext(t.Context(), c.Get().URL(), nil, 500)
		require.Equal(t, time.Second, b.CalculateBackoffWithContext(t.Context(), c.Get().URL()))
		b.Disable()
		b.UpdateBackoffWithContext(t.Context(), c.Get().URL(), nil, 500)
		require.Zero(t, b.CalculateBackoffWithContext(t.Context(), c.Get().URL()))
	})
}

func TestBackoffFromTheEnvironmentOutlivesARequest(t *testing.T) {
	t.Setenv("KUBE_CLIENT_BACKOFF_BASE", "2")
	t.Setenv("KUBE_CLIENT_BACKOFF_DURATION", "120")
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, answers: []answer{{code: 500}, ok, ok, ok}}
		c := newClient(t, "http://kube.example", s)
		require.Error(t, c.Get().Do(t.Context()).Error())
		require.NoError(t, c.Get().Do(t.Context()).Error())
		require.NoError(t, c.Get().Do(t.Context()).Error())
		require.NoError(t, c.Get().BackOffWithContext(nil).Do(t.Context()).Error())
		require.Equal(t, []time.Duration{2 * time.Second, 0, 0}, s.waits())
	})
}

// impatient doesn't sleep.
type impatient struct{ rest.NoBackoff }

func (*impatient) SleepWithContext(context.Context, time.Duration) {}
