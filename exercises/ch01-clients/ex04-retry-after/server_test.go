package retryafter_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"client-go-workbook/exercises/internal/invariant"
)

// server gives its answers one by one, the last one again and again, and notes what it sees. There is no network and,
// in a bubble of synctest, no real time.
type server struct {
	answers []answer

	began  time.Time
	times  []time.Duration // of each request, since the first
	bodies []string
	faults []string      // what the client did wrong with an answer
	last   *responseBody // of the last answer
}

// enough attempts are made when nobody counts them.
const enough = 20

// answer is a status code with a Retry-After header, or an error.
type answer struct {
	code  int
	after string
	err   error
}

var (
	ok      = answer{code: 200}
	reset   = answer{err: os.NewSyscallError("read", syscall.ECONNRESET)}
	eof     = answer{err: io.EOF}
	refused = answer{err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
)

func (a answer) String() string {
	if a.err != nil {
		return a.err.Error()
	}
	if a.after == "" {
		return fmt.Sprint(a.code)
	}
	return fmt.Sprintf("%d with Retry-After: %s", a.code, a.after)
}

// String prints the answers: "429 with Retry-After: 3, then 200".
func (s *server) String() string {
	var texts []string
	for _, a := range s.answers {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, ", then ")
}

// RoundTrip does as http.Transport does: it reads the request's body, and demands that it is as long as announced.
func (s *server) RoundTrip(req *http.Request) (*http.Response, error) {
	if s.times == nil {
		s.began = time.Now()
	}
	s.times = append(s.times, time.Since(s.began))
	if s.last != nil {
		s.faults = append(s.faults, s.last.faults(len(s.times)-1)...)
		s.last = nil
	}
	if len(s.times) > enough {
		return nil, fmt.Errorf("%d attempts were made, and there is no end to it", enough)
	}
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	s.bodies = append(s.bodies, body)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	a := s.answers[min(len(s.times), len(s.answers))-1]
	if a.err != nil {
		return nil, a.err
	}
	s.last = &responseBody{Reader: strings.NewReader(text(a.code))}
	resp := &http.Response{StatusCode: a.code, Header: http.Header{}, Body: s.last, ContentLength: -1, Request: req}
	if a.after != "" {
		resp.Header.Set("Retry-After", a.after)
	}
	return resp, nil
}

// text is the body of an answer with this code.
func text(code int) string { return fmt.Sprintf("%d %s", code, http.StatusText(code)) }

func readBody(req *http.Request) (string, error) {
	if req.Body == nil {
		return "", nil
	}
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return "", err
	}
	if n := int64(len(data)); req.ContentLength > 0 && n != req.ContentLength {
		return "", fmt.Errorf("http: ContentLength=%d with Body length %d", req.ContentLength, n)
	}
	return string(data), req.Body.Close()
}

// responseBody knows whether the connection below it could be used again.
type responseBody struct {
	*strings.Reader
	ended, closed bool
}

func (b *responseBody) Read(p []byte) (int, error) {
	if b.closed {
		return 0, http.ErrBodyReadAfterClose
	}
	n, err := b.Reader.Read(p)
	b.ended = b.ended || err == io.EOF
	return n, err
}

func (b *responseBody) Close() error {
	b.closed = true
	return nil
}

// faults says what is wrong with the body of answer n, now that the next request is sent.
func (b *responseBody) faults(n int) []string {
	var faults []string
	if !b.ended {
		faults = append(faults, fmt.Sprintf("answer %d wasn't read to its end before the next attempt", n))
	}
	if !b.closed {
		faults = append(faults, fmt.Sprintf("answer %d wasn't closed before the next attempt", n))
	}
	return faults
}

// seen prints what Send returned.
func seen(resp *http.Response, err error) string {
	switch {
	case err != nil:
		return "the error: " + err.Error()
	case resp == nil:
		return "neither an answer nor an error"
	}
	return fmt.Sprintf("the answer %d", resp.StatusCode)
}

func report(doing, expected string, resp *http.Response, err error) invariant.Report {
	return invariant.Report{Doing: doing, Expected: expected, Saw: seen(resp, err)}
}
