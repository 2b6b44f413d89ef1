package retryafter_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	retryafter "client-go-workbook/exercises/ch01-clients/ex04-retry-after"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	onTheServersWord = invariant.Invariant{
		Says: "after 429 and 5xx the server says when to come again; where it doesn't, its answer is final",
		Read: "lib/rest/retry.go, askedToRetry",
	}
	onlyReads = invariant.Invariant{
		Says: "after a broken connection only a GET is sent again: all else may have been done already",
		Read: "lib/rest/retry.go, transientForDo",
	}
	counted = invariant.Invariant{
		Says: "there are at most MaxRetries + 1 attempts, and the last one's outcome is returned, whole and at once",
		Read: "lib/rest/retry.go, retries.another; lib/rest/send.go, Request.send",
	}
	sameBody = invariant.Invariant{
		Says: "every attempt sends the same body from its beginning, or there is no other attempt",
		Read: "lib/rest/body.go, body.attach and replayable",
	}
	reused = invariant.Invariant{
		Says: "an answer that isn't returned is read and closed before the next attempt, which then has its connection",
		Read: "lib/rest/send.go, drain",
	}
	interruptible = invariant.Invariant{
		Says: "when the context ends, the wait ends",
		Read: "lib/rest/send.go, Request.waitForTurn; lib/rest/backoff.go, sleep",
	}
)

const pod = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web"}}`

func TestServerSaysWhenToComeAgain(t *testing.T) {
	for _, code := range []int{429, 500, 502, 503, 504, 507} {
		for _, method := range []string{"GET", "DELETE"} {
			t.Run(fmt.Sprint(method, " ", code), func(t *testing.T) {
				s := &server{answers: []answer{{code: code, after: "3"}, {code: code, after: "0"}, {code: code, after: "60"}, ok}}
				expect(t, onTheServersWord, s, method, 200, 0, 3*time.Second, 3*time.Second, 63*time.Second)
			})
		}
	}
}

func TestAnswerIsFinal(t *testing.T) {
	for _, final := range []answer{
		ok, {code: 200, after: "1"}, {code: 201, after: "1"}, {code: 404, after: "1"}, {code: 409, after: "1"}, {code: 422, after: "1"},
		{code: 429}, {code: 500}, {code: 503}, {code: 429, after: "soon"}, {code: 503, after: "-1"},
		{code: 503, after: "Wed, 21 Oct 2026 07:28:00 GMT"},
	} {
		t.Run(final.String(), func(t *testing.T) {
			s := &server{answers: []answer{final}}
			expect(t, onTheServersWord, s, "GET", final.code, 0)
		})
	}
}

func TestBrokenConnections(t *testing.T) {
	for _, c := range []struct {
		method string
		first  answer
		again  bool
	}{
		{"GET", reset, true},
		{"GET", eof, true},
		{"GET", refused, false},
		{"GET", answer{err: errors.New("certificate has expired")}, false},
		{"POST", reset, false},
		{"POST", eof, false},
		{"PUT", reset, false},
		{"PATCH", reset, false},
		{"DELETE", eof, false},
	} {
		t.Run(c.method+", "+c.first.String(), func(t *testing.T) {
			s := &server{answers: []answer{c.first, ok}}
			if c.again {
				expect(t, onlyReads, s, c.method, 200, 0, time.Second)
				return
			}
			expectError(t, onlyReads, s, c.method, c.first.err, 0)
		})
	}
}

func TestAttemptsAreCounted(t *testing.T) {
	busy := answer{code: 429, after: "1"}
	for most, times := range [][]time.Duration{{0}, {0, time.Second}, {0, time.Second, 2 * time.Second}} {
		t.Run(fmt.Sprint("busy, ", most), func(t *testing.T) {
			s := &server{answers: []answer{busy}}
			expectMost(t, counted, s, most, "GET", 429, times...)
		})
		t.Run(fmt.Sprint("broken, ", most), func(t *testing.T) {
			s := &server{answers: []answer{reset}}
			expectErrorMost(t, counted, s, most, "GET", reset.err, times...)
		})
	}
	t.Run("both count", func(t *testing.T) {
		s := &server{answers: []answer{busy, reset, busy, ok}}
		expectMost(t, counted, s, 2, "GET", 429, 0, time.Second, 2*time.Second)
	})
}

func TestEveryAttemptSendsTheWholeBody(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "PATCH"} {
		t.Run(method, func(t *testing.T) {
			s := &server{answers: []answer{{code: 429, after: "1"}, {code: 500, after: "1"}, ok}}
			expect(t, sameBody, s, method, 200, 0, time.Second, 2*time.Second)
			sameBody.Equal(t, []string{pod, pod, pod}, s.bodies, "compare what each attempt sent")
		})
	}
}

// once hides all that a reader can do but read.
type once struct{ io.Reader }

func TestBodyThatFlowsIsSentOnce(t *testing.T) {
	for _, method := range []string{"POST", "GET"} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{answers: []answer{{code: 429, after: "1"}, ok}}
				resp, err := send(t, s, 5, request(t.Context(), method, once{strings.NewReader(pod)}))
				check(t, sameBody, s, method+" of a body that can be read once, answered "+s.String(), 429, resp, err, []time.Duration{0})
				sameBody.Equal(t, []string{pod}, s.bodies, "look at what was sent")
			})
		})
	}
}

func TestOverARealConnection(t *testing.T) {
	var bodies []string
	var connections atomic.Int32
	ts := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		if bodies = append(bodies, string(body)); len(bodies) < 3 {
			w.Header().Set("Retry-After", "0")
			http.Error(w, "later", http.StatusTooManyRequests)
		}
	}))
	ts.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	ts.Start()
	defer ts.Close()
	req, err := http.NewRequestWithContext(t.Context(), "POST", ts.URL, strings.NewReader(pod))
	sameBody.NoError(t, err, "make a request")
	sender := &retryafter.Sender{Client: ts.Client(), MaxRetries: 2}
	resp, err := sender.Send(req)
	sameBody.NoError(t, err, "POST over a real connection, after 429 with Retry-After: 0")
	resp.Body.Close()
	sameBody.Equal(t, []string{pod, pod, pod}, bodies, "what the server read")
	reused.Equal(t, int32(1), connections.Load(), "count the connections of three attempts")
}

func TestContextEndsTheWait(t *testing.T) {
	for _, first := range []answer{{code: 429, after: "3600"}, {code: 503, after: "60"}} {
		t.Run(first.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				s := &server{answers: []answer{first, ok}}
				began := time.Now()
				resp, err := send(t, s, 5, request(ctx, "GET", nil))
				if !errors.Is(err, context.DeadlineExceeded) {
					interruptible.Broken(t, report("GET within 10s, answered "+first.String(), "context deadline exceeded", resp, err))
				}
				interruptible.Equal(t, 10*time.Second, time.Since(began), "measure how long it took")
				interruptible.Equal(t, []time.Duration{0}, s.times, "look at when requests were sent")
			})
		})
	}
}

func expect(t *testing.T, i invariant.Invariant, s *server, method string, code int, times ...time.Duration) {
	t.Helper()
	expectMost(t, i, s, 5, method, code, times...)
}

func expectError(t *testing.T, i invariant.Invariant, s *server, method string, want error, times ...time.Duration) {
	t.Helper()
	expectErrorMost(t, i, s, 5, method, want, times...)
}

// expectMost sends a request with most retries, and demands an answer with this code after attempts at these times.
func expectMost(t *testing.T, i invariant.Invariant, s *server, most int, method string, code int, times ...time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		resp, err := send(t, s, most, request(t.Context(), method, body(method)))
		check(t, i, s, doing(method, most, s), code, resp, err, times)
	})
}

func expectErrorMost(t *testing.T, i invariant.Invariant, s *server, most int, method string, want error, times ...time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		t.Helper()
		resp, err := send(t, s, most, request(t.Context(), method, body(method)))
		if !errors.Is(err, want) {
			i.Broken(t, report(doing(method, most, s), "the error: "+want.Error(), resp, err))
		}
		i.Equal(t, times, s.times, "%s; look at when requests were sent", doing(method, most, s))
	})
}

func doing(method string, most int, s *server) string {
	return fmt.Sprintf("%s with MaxRetries %d, answered %s", method, most, s)
}

// check looks at the answer, at the times of all attempts, and at what was done with the answers before.
func check(t *testing.T, i invariant.Invariant, s *server, doing string, code int, resp *http.Response, err error, times []time.Duration) {
	t.Helper()
	if err != nil || resp == nil || resp.StatusCode != code {
		i.Broken(t, report(doing, fmt.Sprintf("the answer %d", code), resp, err))
	}
	i.Equal(t, times, s.times, "%s; look at when requests were sent", doing)
	if len(s.faults) > 0 {
		reused.Broken(t, invariant.Report{Doing: doing, Expected: "nothing left of an answer", Saw: strings.Join(s.faults, "\n")})
	}
	last, err := io.ReadAll(resp.Body)
	counted.NoError(t, err, "read the answer that Send returned")
	counted.Equal(t, text(code), string(last), "read the answer that Send returned")
	resp.Body.Close()
	i.Equal(t, times[len(times)-1], time.Since(s.began), "%s; measure how long it took", doing)
}

func send(t *testing.T, s *server, most int, req *http.Request) (*http.Response, error) {
	t.Helper()
	sender := &retryafter.Sender{Client: &http.Client{Transport: s}, MaxRetries: most}
	return sender.Send(req)
}

func request(ctx context.Context, method string, body io.Reader) *http.Request {
	req, err := http.NewRequestWithContext(ctx, method, "https://kube.example/api/v1/namespaces/shop/pods", body)
	if err != nil {
		panic(err) // the test's own mistake
	}
	return req
}

func body(method string) io.Reader {
	if method == "GET" || method == "DELETE" {
		return nil
	}
	return strings.NewReader(pod)
}
