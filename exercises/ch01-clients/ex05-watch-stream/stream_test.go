package watchstream_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	watchstream "client-go-workbook/exercises/ch01-clients/ex05-watch-stream"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	inOrder = invariant.Invariant{
		Says: "each whole frame is one event, in the order in which they come",
		Read: "lib/rest/watch.go, stream.receive",
	}
	silent = invariant.Invariant{
		Says: "a connection that ends is no event, wherever it is cut: the events just end",
		Read: "lib/rest/watch.go, stream.reportEnd, and frames.go beside your file",
	}
	told = invariant.Invariant{
		Says: "what makes no sense is the last event: watch.Error, with a Status that says why",
		Read: "lib/rest/watch.go, stream.reportEnd",
	}
	nothingLeft = invariant.Invariant{
		Says: "who stops a watch is asked for nothing more and leaves nothing behind",
		Read: "lib/rest/watch.go, stream.deliver",
	}
)

// frame is one event, as a server sends it.
func frame(event, name string) string {
	return fmt.Sprintf(`{"type":%q,"object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":%q}}}`+"\n", event, name)
}

// expired is what a server says to a client whose resourceVersion is too old.
const expired = `{"type":"ERROR","object":{"apiVersion":"v1","kind":"Status","code":410,"reason":"Expired"}}` + "\n"

// body is an answer: some bytes, then how the connection ends.
type body struct {
	io.Reader
	closed sync.Once
	end    func() // called at the first Close
}

func answer(bytes string, end error) *body {
	return &body{Reader: io.MultiReader(strings.NewReader(bytes), failing{end})}
}

func (b *body) Close() error {
	if b.end != nil {
		b.closed.Do(b.end)
	}
	return nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestWholeFramesAreEvents(t *testing.T) {
	sent := frame("ADDED", "a") + frame("MODIFIED", "a") + frame("BOOKMARK", "") + frame("DELETED", "a") + expired + frame("ADDED", "b")
	want := []string{"ADDED a", "MODIFIED a", "BOOKMARK ", "DELETED a", "ERROR 410", "ADDED b"}
	inOrder.Equal(t, want, events(t, answer(sent, io.EOF)), "watch a connection with these frames")
	inOrder.Equal(t, want, events(t, answer(strings.ReplaceAll(sent, "\n", ""), io.EOF)), "watch them without line ends")
}

// Each way in which a connection ends, as the client sees it.
var ends = []struct {
	how string
	err error
}{
	{"at its end", io.EOF},
	{"within a chunk", io.ErrUnexpectedEOF},
	{"by the other side", &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}},
	{"by a time limit", &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}},
	{"by our side", &net.OpError{Op: "read", Net: "tcp", Err: net.ErrClosed}},
	{"without a sign", errors.New("http2: client connection lost")},
	{"by a server restart", errors.New("http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR")},
}

func TestConnectionMayEndAnywhere(t *testing.T) {
	sent := frame("ADDED", "a") + frame("MODIFIED", "a")
	first, second := strings.Index(sent, "\n"), len(sent)-1 // where the frames are whole
	for _, end := range ends {
		t.Run(end.how, func(t *testing.T) {
			for at := range len(sent) + 1 {
				if end.err != io.EOF && at%7 != 0 { // every byte with one end is enough
					continue
				}
				var want []string
				if at >= first {
					want = append(want, "ADDED a")
				}
				if at >= second {
					want = append(want, "MODIFIED a")
				}
				silent.Equal(t, want, events(t, answer(sent[:at], end.err)), "watch a connection that ends (%v) after %q", end.err, sent[:at])
			}
		})
	}
}

// Each a frame of no sense. Some look as if the connection had ended.
var nonsense = []struct{ what, bytes string }{
	{"no JSON", "ADDED a\n"},
	{"a web page", "<html><body>Bad Gateway</body></html>\n"},
	{"a broken frame", `{"type":"ADDED","object":}` + "\n"},
	{"no event", `{"kind":"Status","apiVersion":"v1","code":500}` + "\n"},
	{"an unknown type", frame("ADDET", "a")},
	{"no object", `{"type":"ADDED"}` + "\n"},
	{"an object without kind", `{"type":"ADDED","object":{"metadata":{"name":"a"}}}` + "\n"},
	{"one that speaks of connections", `{"type":"ADDED","object":{"message":"read tcp: connection reset by peer"}}` + "\n"},
	{"one that its sender cut short", frame("ADDED", "short")},
	{"one that its sender left empty", frame("ADDED", "empty")},
	{"a frame that has no end in time", `{"type":"ADDED","object":{"data":"` + strings.Repeat("x", 2<<20)},
}

func TestNonsenseIsTheLastEvent(t *testing.T) {
	for _, frames := range nonsense {
		t.Run(frames.what, func(t *testing.T) {
			saw := events(t, answer(frame("ADDED", "a")+frames.bytes+frame("ADDED", "b"), io.EOF))
			told.Equal(t, []string{"ADDED a", "ERROR 500"}, saw, "watch a connection with a frame, %s and another frame", frames.what)
		})
	}
}

func TestOtherFailuresAreTold(t *testing.T) {
	saw := events(t, answer(frame("ADDED", "a"), errors.New("local error: tls: bad record MAC")))
	told.Equal(t, []string{"ADDED a", "ERROR 500"}, saw, "watch a connection whose bytes were changed on their way")
}

// The server would go on for 64 MiB; the client must have enough long before.
func TestFramesAreBounded(t *testing.T) {
	endless := &counter{Reader: io.LimitReader(endlessName{}, 64<<20)}
	saw := events(t, &body{Reader: io.MultiReader(strings.NewReader(`{"type":"ADDED","object":"`), endless)})
	told.Equal(t, []string{"ERROR 500"}, saw, "watch a connection with one frame of 64 MiB")
	if endless.n > 4<<20 {
		told.Broken(t, invariant.Report{Doing: "count what was read of it", Expected: "little more than 1 MiB", Saw: fmt.Sprint(endless.n, " bytes")})
	}
}

type endlessName struct{}

var part = strings.Repeat("x", 64<<10)

func (endlessName) Read(p []byte) (int, error) { return copy(p, part), nil }

type counter struct {
	io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}

func TestConnectionIsClosed(t *testing.T) {
	for _, last := range []struct{ what, bytes string }{{"its end", ""}, {"nonsense", "<html>"}} {
		closed := false
		b := answer(last.bytes, io.EOF)
		b.end = func() { closed = true }
		s := newStream(t, b)
		for range s.ResultChan() {
		}
		s.Stop()
		nothingLeft.Equal(t, true, closed, "is the connection closed after %s", last.what)
	}
}

// silence is a connection over which nothing comes after these frames. end breaks it.
func silence(frames string) (b *body, end func(error)) {
	r, w := io.Pipe()
	b = &body{Reader: io.MultiReader(strings.NewReader(frames), r)}
	b.end = func() { r.CloseWithError(errors.New("http: read on closed response body")) }
	return b, func(err error) { w.CloseWithError(err) }
}

func TestStopNeedsNobodyWhoListens(t *testing.T) {
	for _, waiting := range []struct{ what, frames string }{
		{"the server is silent", ""},
		{"an event is waiting", frame("ADDED", "a")},
		{"many events are", strings.Repeat(frame("ADDED", "a"), 5)},
		{"an error is waiting", "<html>"},
		{"the server's error is", expired},
	} {
		for _, end := range []struct {
			how  string
			stop func(s *watchstream.Stream, endContext func())
		}{
			{"by Stop", func(s *watchstream.Stream, _ func()) { s.Stop() }},
			{"by Stop, twice", func(s *watchstream.Stream, _ func()) { s.Stop(); s.Stop() }},
			{"by the context", func(_ *watchstream.Stream, endContext func()) { endContext() }},
		} {
			t.Run(waiting.what+", "+end.how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					stopAlone(t, "end it "+end.how+" while "+waiting.what, waiting.frames, end.stop)
				})
			})
		}
	}
}

// stopAlone ends a stream that nobody listens to, and demands that it ends by that alone.
func stopAlone(t *testing.T, doing, frames string, stop func(*watchstream.Stream, func())) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	b, end := silence(frames)
	s := watchstream.New(ctx, cancel, b, objects{})
	synctest.Wait() // it is as far as it gets alone
	ended := make(chan struct{})
	go func() {
		stop(s, func() { cancel(); end(ctx.Err()) }) // as http does with the answer to a request
		close(ended)
	}()
	synctest.Wait()
	saw := "it is still there"
	select {
	case event, open := <-s.ResultChan():
		if !open {
			<-ended
			s.Stop()
			return
		}
		saw = "it waits for somebody to take " + show(event)
		for range 10 { // lets it go, so that the test can end
			<-s.ResultChan()
		}
	default:
		end(io.EOF)
	}
	nothingLeft.Broken(t, invariant.Report{Doing: doing, Expected: "its goroutine ends", Saw: saw})
}

// A stopped watch's own broken connection must not reach the one who stopped it. Whether it would is chance: hence many.
func TestStopIsNoError(t *testing.T) {
	for range 30 {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			b, end := silence(frame("ADDED", "a"))
			s := watchstream.New(ctx, cancel, b, objects{})
			nothingLeft.Equal(t, "ADDED a", show(<-s.ResultChan()), "take the first event")
			go func() { cancel(); end(ctx.Err()) }()
			for event := range s.ResultChan() {
				nothingLeft.Broken(t, invariant.Report{Doing: "end the context while somebody listens", Expected: "a closed ResultChan", Saw: show(event)})
			}
			s.Stop()
		})
	}
}

func newStream(t *testing.T, b io.ReadCloser) *watchstream.Stream {
	ctx, cancel := context.WithCancel(t.Context())
	return watchstream.New(ctx, cancel, b, objects{})
}

// events watches until the end.
func events(t *testing.T, b io.ReadCloser) []string {
	t.Helper()
	s := newStream(t, b)
	defer s.Stop()
	var saw []string
	for event := range s.ResultChan() {
		if saw = append(saw, show(event)); len(saw) > 20 {
			inOrder.Broken(t, invariant.Report{Doing: "watch a connection of a few frames", Expected: "an end", Saw: strings.Join(saw, ", ") + " …"})
		}
	}
	return saw
}

// show is "ADDED a", or "ERROR" with the Status' code.
func show(event watch.Event) string {
	switch obj := event.Object.(type) {
	case *metav1.Status:
		if obj.Message == "" {
			return fmt.Sprintf("%s %d without a message", event.Type, obj.Code)
		}
		return fmt.Sprintf("%s %d", event.Type, obj.Code)
	case *unstructured.Unstructured:
		if event.Type == watch.Error {
			code, _, _ := unstructured.NestedInt64(obj.Object, "code")
			return fmt.Sprintf("%s %d", event.Type, code)
		}
		return fmt.Sprintf("%s %s", event.Type, obj.GetName())
	}
	return fmt.Sprintf("%s with a %T", event.Type, event.Object)
}

// objects reads maps, and finds some cut short: in formats that say a length first, the bytes end before the object.
type objects struct{}

func (objects) Decode(data []byte, defaults *schema.GroupVersionKind, into runtime.Object) (runtime.Object, *schema.GroupVersionKind, error) {
	obj, gvk, err := unstructured.UnstructuredJSONScheme.Decode(data, defaults, into)
	if u, ok := obj.(*unstructured.Unstructured); err == nil && ok {
		switch u.GetName() {
		case "short":
			return nil, nil, io.ErrUnexpectedEOF
		case "empty":
			return nil, nil, io.EOF
		}
	}
	return obj, gvk, err
}
