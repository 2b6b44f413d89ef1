package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	"k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	restwatch "client-go-workbook/lib/rest/watch"
)

// Watch sends the request and returns the events of its answer. The caller must call Stop, unless ctx ends; both
// end the connection.
//
// The stream ends, and with it ResultChan, without an event when the server closes it or the connection breaks:
// both happen every few minutes, and the cure is the same, to watch on from the last resource version. A frame
// that can't be read ends it with a watch.Error event whose object is a *metav1.Status.
//
// The first attempt doesn't wait for the rate limiter, and Timeout doesn't apply. A server that can't be reached
// within MaxRetries for reasons that should pass yields an empty watch; anything but a 200 yields an error, a
// *apierrors.StatusError as a rule.
func (r *Request) Watch(ctx context.Context) (watch.Interface, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	w, err := r.openStream(ctx, cancel)
	if err != nil {
		cancel()
	}
	return w, err
}

// openStream hands cancel, which ends the request, to the stream that it returns.
func (r *Request) openStream(ctx context.Context, cancel context.CancelFunc) (watch.Interface, error) {
	resp, err := r.send(ctx, transientForWatch)
	switch {
	case err == nil && resp.StatusCode == http.StatusOK:
		return r.newStream(ctx, cancel, resp)
	case err == nil:
		return nil, r.refused(ctx, resp)
	case ctx.Err() == nil && transientForWatch(r.verb, err):
		cancel()
		return watch.NewEmptyWatch(), nil
	default:
		return nil, err
	}
}

// stream is a watch over one response. It owns one goroutine, receive, which ends when the response does, when
// ctx is done, or by Stop, which waits for it.
type stream struct {
	ctx    context.Context // the request's own: cancel makes net/http close the body, whoever is reading it
	cancel context.CancelFunc

	frames  *frameReader
	decoder *restwatch.Decoder
	onError *apierrors.ErrorReporter

	events   chan watch.Event // unbuffered: a consumer that wants a buffer can add one, but none could take ours away
	finished chan struct{}
}

func (r *Request) newStream(
	ctx context.Context, cancel context.CancelFunc, resp *http.Response) (watch.Interface, error) {
	contentType := resp.Header.Get("Content-Type")
	media, params, err := mediaType(contentType)
	if err != nil {
		klog.FromContext(ctx).V(4).Info("Unexpected content type from the server",
			"contentType", contentType, "err", err)
	}
	objects, envelopes, framer, err := r.content.Negotiator.StreamDecoder(media, params)
	if err != nil {
		resp.Body.Close()
		return nil, fmt.Errorf("%s: %w", r.describe(), err)
	}
	r.handleWarnings(ctx, resp.Header)

	framer, envelopes, objects = watchShortcuts(media, framer, envelopes, objects)
	frames := newFrameReader(resp.Body, framer)
	s := &stream{
		ctx:      ctx,
		cancel:   cancel,
		frames:   frames,
		decoder:  restwatch.NewDecoder(streaming.NewDecoder(frames, envelopes), objects),
		onError:  apierrors.NewClientErrorReporter(http.StatusInternalServerError, r.verb, "ClientWatchDecoding"),
		events:   make(chan watch.Event),
		finished: make(chan struct{}),
	}
	go s.receive()
	return s, nil
}

// ResultChan is closed when the watch has ended.
func (s *stream) ResultChan() <-chan watch.Event { return s.events }

// Stop ends the watch. When it returns, nothing of it is left.
func (s *stream) Stop() {
	s.cancel()
	s.decoder.Close() // for a body that knows nothing of contexts
	<-s.finished
}

func (s *stream) receive() {
	defer close(s.finished)
	defer close(s.events)
	defer s.cancel()
	defer s.decoder.Close()
	for {
		event, obj, err := s.decoder.Decode()
		if err != nil {
			s.reportEnd(err)
			return
		}
		if !s.deliver(watch.Event{Type: event, Object: obj}) {
			return
		}
	}
}

// deliver says whether somebody took the event.
func (s *stream) deliver(event watch.Event) bool {
	select {
	case s.events <- event:
		return true
	case <-s.ctx.Done():
		return false
	}
}

// reportEnd tells a connection that ended from bytes that make no sense. Only the latter are worth an event. The
// frame reader knows the difference, the error alone doesn't: an object cut short by its sender is an
// io.ErrUnexpectedEOF too.
func (s *stream) reportEnd(err error) {
	logger := klog.FromContext(s.ctx)
	switch end := s.frames.err; {
	case s.ctx.Err() != nil, errors.Is(end, io.EOF):
	case errors.Is(end, io.ErrUnexpectedEOF):
		logger.V(1).Info("Unexpected EOF during watch stream event decoding", "err", err)
	case net.IsProbableEOF(end), net.IsTimeout(end), net.IsHTTP2ConnectionLost(end):
		logger.V(5).Info("Unable to decode an event from the watch stream", "err", err)
	default:
		s.deliver(watch.Event{
			Type:   watch.Error,
			Object: s.onError.AsObject(fmt.Errorf("unable to decode an event from the watch stream: %w", err)),
		})
	}
}
