package rest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/rest"
	restwatch "client-go-workbook/lib/rest/watch"
)

// frames writes events as a server does.
func frames(t testing.TB, contentType string, events ...watch.Event) []byte {
	t.Helper()
	negotiator := contentOf("").Negotiator
	objects, err := negotiator.Encoder(contentType, nil)
	require.NoError(t, err)
	_, envelopes, framer, err := negotiator.StreamDecoder(contentType, nil)
	require.NoError(t, err)
	var out bytes.Buffer
	encoder := restwatch.NewEncoder(streaming.NewEncoder(framer.NewFrameWriter(&out), envelopes), objects)
	for _, event := range events {
		require.NoError(t, encoder.Encode(&event))
	}
	return out.Bytes()
}

// lifetime is what happens to a pod, as the server tells it.
func lifetime() []watch.Event {
	pod := func(version string) *corev1.Pod {
		p := newPod()
		p.ResourceVersion = version
		return p
	}
	expired := apierrors.NewResourceExpired("too old").ErrStatus
	expired.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	return []watch.Event{
		{Type: watch.Added, Object: pod("1")}, {Type: watch.Modified, Object: pod("2")}, {Type: watch.Bookmark, Object: pod("3")},
		{Type: watch.Deleted, Object: pod("4")}, {Type: watch.Error, Object: &expired},
	}
}

// story tells events in a line each.
func story(events []watch.Event) string {
	var b strings.Builder
	for _, e := range events {
		switch obj := e.Object.(type) {
		case *corev1.Pod:
			fmt.Fprintf(&b, "%s %s@%s\n", e.Type, obj.Name, obj.ResourceVersion)
		case *metav1.Status:
			fmt.Fprintf(&b, "%s %d %s\n", e.Type, obj.Code, obj.Reason)
		}
	}
	return b.String()
}

const lifetimeStory = "ADDED web@1\nMODIFIED web@2\nBOOKMARK web@3\nDELETED web@4\nERROR 410 Expired\n"

// drainWatch returns the events until the watch ends.
func drainWatch(w watch.Interface) []watch.Event {
	defer w.Stop()
	var events []watch.Event
	for e := range w.ResultChan() {
		events = append(events, e)
	}
	return events
}

// watchStream starts a watch whose answer is stream.
func watchStream(t testing.TB, ctx context.Context, contentType string, stream io.ReadCloser) watch.Interface {
	t.Helper()
	s := &script{t: t, answers: []answer{{code: 200, header: http.Header{"Content-Type": {contentType}}, stream: stream}}}
	w, err := newClient(t, "http://kube.example", s).Get().Resource("pods").Watch(ctx)
	require.NoError(t, err)
	return w
}

func TestWatchReadsBothFormats(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		t.Run(contentType, func(t *testing.T) {
			data := frames(t, contentType, lifetime()...)
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", contentType+";stream=watch")
				w.Header().Set("Warning", `299 - "mind the gap"`)
				_, _ = w.Write(data[:len(data)/2])
				_ = http.NewResponseController(w).Flush()
				_, _ = w.Write(data[len(data)/2:])
			})
			l := &listener{}
			w, err := c.Get().Resource("pods").WarningHandler(l).Watch(t.Context())
			require.NoError(t, err)
			require.Equal(t, lifetimeStory, story(drainWatch(w)))
			require.Equal(t, []string{"299 - mind the gap"}, l.heard)

			byteByByte := io.NopCloser(iotest.OneByteReader(bytes.NewReader(data)))
			require.Equal(t, lifetimeStory, story(drainWatch(watchStream(t, t.Context(), contentType, byteByByte))))
		})
	}
}

// asDecoded reads a stream by apimachinery's own decoders alone, and returns the events before the first failure.
func asDecoded(t testing.TB, contentType string, stream []byte) (events []watch.Event) {
	objects, envelopes, framer, err := contentOf("").Negotiator.StreamDecoder(contentType, nil)
	require.NoError(t, err)
	frames := framer.NewFrameReader(io.NopCloser(bytes.NewReader(stream)))
	decoder := restwatch.NewDecoder(streaming.NewDecoder(frames, envelopes), objects)
	for {
		event, obj, err := decoder.Decode()
		if err != nil {
			return events
		}
		events = append(events, watch.Event{Type: event, Object: obj})
	}
}

// sameByShortcut holds the events of a watch against asDecoded's. A failure may be told or not, as the last event.
func sameByShortcut(t testing.TB, contentType string, stream []byte) {
	t.Helper()
	want := asDecoded(t, contentType, stream)
	got := drainWatch(watchStream(t, t.Context(), contentType, io.NopCloser(bytes.NewReader(stream))))
	if n := len(got); n == len(want)+1 && got[n-1].Type == watch.Error {
		got = got[:n-1]
	}
	require.Equal(t, want, append([]watch.Event(nil), got...), "%q", stream)
}

// Events that are read in a shorter way than apimachinery's are the same events.
func TestShortcutsChangeNothing(t *testing.T) {
	large := newPod()
	large.Annotations = map[string]string{"large": strings.Repeat("x", 100<<10)}
	node := &corev1.Node{TypeMeta: metav1.TypeMeta{Kind: "Node", APIVersion: "v1"}, ObjectMeta: metav1.ObjectMeta{Name: "n"}}
	for _, contentType := range []string{jsonType, protobufType} {
		events := lifetime()
		events = append(events, watch.Event{Type: watch.Added, Object: large}, watch.Event{Type: watch.Added, Object: node})
		events = append(events, lifetime()...)
		data := frames(t, contentType, events...)
		require.Len(t, asDecoded(t, contentType, data), len(events))
		sameByShortcut(t, contentType, data)
	}
	event := func(object string) string { return `{"type":"ADDED","object":` + object + `}` }
	for _, frame := range []string{
		`{"object":` + podJSON + `,"type":"ADDED"}`,
		` { "type" : "ADDED" , "object" : ` + podJSON + ` } `,
		`{"type":"ADD\u0045D","object":` + podJSON + `}`,
		`{"type":"ADDED","object":` + podJSON + `,"more":1}`,
		`{"type":"ADDED","type":"DELETED","object":` + podJSON + `}`,
		`{"type":"ADDED","object":` + podJSON + `,}`,
		`{"type":"ADDED" "object":` + podJSON + `}`,
		`{"TYPE":"ADDED","object":` + podJSON + `}`,
		`{"type":"ADDED","object":null}`,
		event(`{"kind":"Pod","apiVersion":"v1","metadata":{"name":7}}`),
		event(`{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"kind":"Node"}`),
		event(`{"kind":"Pod","apiVersion":"v1"`),
		event(`{"apiVersion":"v1","kind":"Pod","spec":{}}`),
		event(`{"metadata":{"name":"a"},"kind":"Pod","apiVersion":"v1"}`),
		event(`{"kind":"Pod","apiVersion":"v1","spec":{]}`),
		`{"type":"ADDED","object":[` + podJSON + `]}`,
	} {
		sameByShortcut(t, jsonType, []byte(event(podJSON)+frame+event(podJSON)))
	}
}

func TestALargeObjectFitsIntoAFrame(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		t.Run(contentType, func(t *testing.T) {
			pod := newPod()
			pod.Annotations = map[string]string{"large": strings.Repeat("x", 3<<20)}
			stream := io.NopCloser(bytes.NewReader(frames(t, contentType, watch.Event{Type: watch.Added, Object: pod})))
			events := drainWatch(watchStream(t, t.Context(), contentType, stream))
			require.Equal(t, "ADDED web@7\n", story(events))
			require.Equal(t, pod.Annotations, events[0].Object.(*corev1.Pod).Annotations)
		})
	}
}

// There are programs with a thousand watches, most of them silent: a buffer is as large as events are, not as it could be.
func TestAWatchOfSmallObjectsNeedsLittleMemory(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		stream := &widest{Reader: bytes.NewReader(frames(t, contentType, lifetime()...))}
		require.Equal(t, lifetimeStory, story(drainWatch(watchStream(t, t.Context(), contentType, io.NopCloser(stream)))))
		require.LessOrEqual(t, stream.most, 16<<10)
	}
}

// widest knows the largest buffer that it was to fill.
type widest struct {
	io.Reader
	most int
}

func (w *widest) Read(p []byte) (int, error) {
	w.most = max(w.most, len(p))
	return w.Reader.Read(p)
}

func TestTheBoundIsForEachFrame(t *testing.T) {
	frame := append(bytes.Repeat([]byte("\n"), 3<<20), frames(t, jsonType, lifetime()[0])...)
	stream := io.NopCloser(bytes.NewReader(bytes.Repeat(frame, 6))) // 18 MiB in all
	require.Equal(t, strings.Repeat("ADDED web@1\n", 6), story(drainWatch(watchStream(t, t.Context(), jsonType, stream))))
}

func TestAConnectionThatEndsIsNoEvent(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		data := frames(t, contentType, lifetime()[:2]...)
		one := len(frames(t, contentType, lifetime()[:1]...))
		for name, c := range map[string]struct {
			cut  int
			err  error
			want string
		}{
			"between frames":        {one, io.EOF, "ADDED web@1\n"},
			"before the first":      {0, io.EOF, ""},
			"in a frame":            {one + 20, io.EOF, "ADDED web@1\n"},
			"in a frame, chunked":   {one + 20, io.ErrUnexpectedEOF, "ADDED web@1\n"},
			"in a length":           {one + 2, io.ErrUnexpectedEOF, "ADDED web@1\n"},
			"reset":                 {one + 20, errors.New("read tcp: connection reset by peer"), "ADDED web@1\n"},
			"HTTP/2 says goodbye":   {one, errors.New("http2: server sent GOAWAY and closed the connection"), "ADDED web@1\n"},
			"HTTP/2 gets no pong":   {one, errors.New("http2: client connection lost"), "ADDED web@1\n"},
			"a timeout of the dial": {one, context.DeadlineExceeded, "ADDED web@1\n"},
		} {
			t.Run(contentType+" "+name, func(t *testing.T) {
				stream := io.NopCloser(io.MultiReader(bytes.NewReader(data[:c.cut]), iotest.ErrReader(c.err)))
				require.Equal(t, c.want, story(drainWatch(watchStream(t, t.Context(), contentType, stream))))
			})
		}
	}
}

func TestAServerThatDiesInMidFrame(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		t.Run(contentType, func(t *testing.T) {
			data := frames(t, contentType, lifetime()[:2]...)
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", contentType)
				_, _ = w.Write(data[:len(data)-5])
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			})
			ctx, out := logged(t.Context(), 1)
			w, err := c.Get().Resource("pods").Watch(ctx)
			require.NoError(t, err)
			require.Equal(t, "ADDED web@1\n", story(drainWatch(w)))
			require.Contains(t, out.String(), "Unexpected EOF during watch stream event decoding")
		})
	}
}

// endless is a stream that never ends a frame.
type endless struct {
	head []byte
	read atomic.Int64
}

func (e *endless) Close() error { return nil }
func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.head)
	e.head = e.head[n:]
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	e.read.Add(int64(len(p)))
	return len(p), nil
}

func TestAFrameThatMakesNoSenseIsAnEvent(t *testing.T) {
	const prefix = "unable to decode an event from the watch stream: "
	unknownKind := `{"type":"ADDED","object":{"kind":"Unicorn","apiVersion":"v1"}}`
	damaged := frames(t, protobufType, lifetime()[:2]...)
	damaged[len(damaged)-3] ^= 0xff
	for name, c := range map[string]struct {
		contentType, data string
		want              string
	}{
		"HTML":                   {jsonType, "<html>", "invalid character '<'"},
		"not an event":           {jsonType, `{"kind":"Pod","apiVersion":"v1"}`, "expected a watch event, got *v1.Pod"},
		"an unknown event":       {jsonType, `{"type":"RENAMED","object":` + podJSON + `}`, "got invalid watch event type: "},
		"no object":              {jsonType, `{"type":"ADDED"}`, "unable to decode watch event"},
		"an unknown kind":        {jsonType, unknownKind, "Unicorn"},
		"a list":                 {jsonType, `[1,2]`, "invalid character '['"},
		"a number":               {jsonType, `7`, "invalid character '7'"},
		"an empty frame":         {protobufType, "\x00\x00\x00\x00", ""},
		"no magic number":        {protobufType, "\x00\x00\x00\x04abcd", ""},
		"a damaged length":       {protobufType, string(damaged), ""},
		"a frame of four GB":     {protobufType, "\xff\xff\xff\xff" + strings.Repeat("x", 17<<20), "longer than maximum allowed size"},
		"a stream in the middle": {jsonType, podJSON[3:], "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			stream := &body{Reader: strings.NewReader(c.data)}
			events := drainWatch(watchStream(t, t.Context(), c.contentType, stream))
			require.NotEmpty(t, events)
			last := events[len(events)-1]
			require.Equal(t, watch.Error, last.Type)
			err := apierrors.FromObject(last.Object)
			require.ErrorContains(t, err, prefix)
			require.ErrorContains(t, err, c.want)
			require.True(t, apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse))
			require.True(t, apierrors.HasStatusCause(err, "ClientWatchDecoding"))
			require.True(t, stream.closed.Load())
		})
	}
}

// A frame that is damaged so that its end can't be found is told at once. Else the watch would be deaf, while the events
// after it would seem to be part of it.
func TestADamagedFrameDoesNotWaitForItsEnd(t *testing.T) {
	for name, damaged := range map[string]string{
		"a bracket too many":    `{"type":"ADDED","object":{"a":[{}}` + "\n",
		"a string without end":  `{"type":"ADDED","object":{"a":"}}` + "\n",
		"a quote that was lost": `{"type":"ADDED","object":{"a":b"}}` + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := io.Pipe()
				w := watchStream(t, t.Context(), jsonType, server)
				defer w.Stop()
				_, err := io.WriteString(client, damaged)
				require.NoError(t, err)
				synctest.Wait()
				select {
				case event := <-w.ResultChan():
					require.Equal(t, watch.Error, event.Type)
					require.ErrorContains(t, apierrors.FromObject(event.Object), "invalid character")
				default:
					t.Error("the watch waits for more")
				}
			})
		})
	}
}

// body is a response body that knows whether it was closed.
type body struct {
	io.Reader
	closed atomic.Bool
}

func (b *body) Close() error {
	b.closed.Store(true)
	return nil
}

func TestAnEndlessFrameIsNotGathered(t *testing.T) {
	for contentType, head := range map[string]string{jsonType: `{"type":"`, protobufType: "\xff\xff\xff\xff"} {
		stream := &endless{head: []byte(head)}
		events := drainWatch(watchStream(t, t.Context(), contentType, stream))
		require.Len(t, events, 1)
		require.Equal(t, watch.Error, events[0].Type)
		require.ErrorContains(t, apierrors.FromObject(events[0].Object), "longer than maximum allowed size")
		require.LessOrEqual(t, stream.read.Load(), int64(48<<20), contentType)
	}
}

// idle is a server that sends one event and then nothing. Its handlers end with their requests.
func idle(t *testing.T) (c *rest.RESTClient, gone <-chan struct{}) {
	first := frames(t, jsonType, lifetime()[0])
	ended := make(chan struct{}, 8)
	return serve(t, func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Type", jsonType)
		_, _ = w.Write(first)
		_ = http.NewResponseController(w).Flush()
		<-req.Context().Done()
		ended <- struct{}{}
	}), ended
}

func TestStopEndsTheWatch(t *testing.T) {
	t.Run("while the server is silent", func(t *testing.T) {
		c, gone := idle(t)
		w, err := c.Get().Watch(t.Context())
		require.NoError(t, err)
		<-w.ResultChan()
		w.Stop()
		select {
		case _, open := <-w.ResultChan():
			require.False(t, open)
		default:
			t.Error("when Stop returns, the channel should be closed")
		}
		<-gone
		w.Stop()
	})
	t.Run("while an event waits for its consumer", func(t *testing.T) {
		c, gone := idle(t)
		w, err := c.Get().Watch(t.Context())
		require.NoError(t, err)
		w.Stop()
		_, open := <-w.ResultChan()
		require.False(t, open)
		<-gone
	})
	t.Run("from several goroutines", func(t *testing.T) {
		c, _ := idle(t)
		w, err := c.Get().Watch(t.Context())
		require.NoError(t, err)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(w.Stop)
		}
		wg.Wait()
	})
	t.Run("even if the body can't be closed while it is read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w, err := newClient(t, "http://kube.example", jealous{}).Get().Watch(t.Context())
			require.NoError(t, err)
			synctest.Wait() // it reads
			w.Stop()
		})
	})
	t.Run("even if the body knows nothing of contexts", func(t *testing.T) {
		r, out := io.Pipe()
		w := watchStream(t, t.Context(), jsonType, r)
		w.Stop()
		_, err := out.Write([]byte("x"))
		require.ErrorIs(t, err, io.ErrClosedPipe)
	})
}

// jealous answers with bodies that let nobody close them while they are read, as net/http's are while they wait for the
// head of a gzip stream. Only the end of the request ends such a read.
type jealous struct{}

func (jealous) RoundTrip(req *http.Request) (*http.Response, error) {
	body := &jealousBody{ctx: req.Context(), mu: make(chan struct{}, 1)}
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {jsonType}}, Body: body, Request: req}, nil
}

type jealousBody struct {
	ctx context.Context
	mu  chan struct{} // a lock that synctest can see
}

func (b *jealousBody) Read([]byte) (int, error) {
	b.mu <- struct{}{}
	defer func() { <-b.mu }()
	<-b.ctx.Done()
	return 0, b.ctx.Err()
}

func (b *jealousBody) Close() error {
	b.mu <- struct{}{}
	<-b.mu
	return nil
}

func TestTheContextEndsTheWatch(t *testing.T) {
	c, gone := idle(t)
	for range 20 { // an event that shouldn't be there might lose a race, but not twenty
		ctx, cancel := context.WithCancel(t.Context())
		w, err := c.Get().Watch(ctx)
		require.NoError(t, err)
		require.Equal(t, watch.Added, (<-w.ResultChan()).Type)
		cancel()
		_, open := <-w.ResultChan()
		require.False(t, open, "no event: who cancelled knows")
		<-gone
	}
	ctx, cancel := context.WithCancel(t.Context())
	w, err := c.Get().Watch(ctx)
	require.NoError(t, err)
	cancel() // nobody takes the first event, nobody calls Stop: goleak would see a goroutine that stays
	<-gone
	for range w.ResultChan() {
	}
}

func TestAWatchThatIsRefused(t *testing.T) {
	gone := `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","message":"too old resource version","code":410}`
	_, err := getPod(serve(t, reply(410, jsonType, gone))).Watch(t.Context())
	require.True(t, apierrors.IsResourceExpired(err), "%v", err)

	_, err = getPod(serve(t, reply(204, jsonType, ""))).Watch(t.Context())
	require.ErrorContains(t, err, `get pods "web" in "shop": the server answered with status 204`)

	stream := &body{Reader: strings.NewReader("a,b")}
	s := &script{t: t, answers: []answer{{code: 200, header: http.Header{"Content-Type": {"text/csv"}}, stream: stream}}}
	_, err = newClient(t, "http://kube.example", s).Get().Watch(t.Context())
	require.ErrorContains(t, err, "no stream serializers registered for text/csv")
	require.True(t, stream.closed.Load())
}

func TestAWatchIsRetriedUntilItStarts(t *testing.T) {
	stream := answer{code: 200, body: string(frames(t, jsonType, lifetime()...))}
	for name, c := range map[string]struct {
		before []answer
		want   string
		waits  []time.Duration
	}{
		"busy":           {[]answer{retryAfter(429, "2"), stream}, lifetimeStory, []time.Duration{2 * time.Second}},
		"EOF":            {[]answer{{err: io.EOF}, stream}, lifetimeStory, []time.Duration{time.Second}},
		"timeout":        {[]answer{{err: context.DeadlineExceeded}, stream}, lifetimeStory, []time.Duration{time.Second}},
		"EOF to the end": {[]answer{{err: io.EOF}, {err: io.EOF}, {err: io.EOF}}, "", []time.Duration{time.Second, time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, answers: c.before}
				w, err := newClient(t, "http://kube.example", s).Get().MaxRetries(2).Watch(t.Context())
				require.NoError(t, err)
				require.Equal(t, c.want, story(drainWatch(w)))
				require.Equal(t, c.waits, s.waits())
			})
		})
	}
	s := &script{t: t, answers: []answer{{err: io.ErrNoProgress}}}
	_, err := newClient(t, "http://kube.example", s).Get().Watch(t.Context())
	require.ErrorIs(t, err, io.ErrNoProgress)
}

func TestAnExpiredContextIsNotAnEmptyWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		s := &script{t: t, answers: []answer{retryAfter(429, strconv.Itoa(60))}}
		_, err := newClient(t, "http://kube.example", s).Get().Watch(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}
