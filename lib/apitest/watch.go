package apitest

import (
	"context"
	"net/http"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// watcher tells one client the log.
type watcher struct {
	kind      *kind
	selection selection
	bookmarks bool
	after     uint64 // where the client wants to start; it may be in the future
	out       *stream
}

// serveWatch tells the log, from where the client wants to start until somebody ends it.
func (s *Server) serveWatch(w http.ResponseWriter, r *Request, e encoding) error {
	opts, sel, err := listOptions(r)
	if err != nil {
		return err
	}
	rv, err := parseResourceVersion(opts.ResourceVersion)
	if err != nil {
		return err
	}
	ctx := r.Context()
	if opts.TimeoutSeconds != nil && *opts.TimeoutSeconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(*opts.TimeoutSeconds)*time.Second)
		defer cancel()
	}
	wt := watcher{kind: r.kind, selection: sel, bookmarks: opts.AllowWatchBookmarks, after: rv, out: newStream(w, e)}
	log, err := s.startWatch(&wt, opts.SendInitialEvents)
	if err != nil {
		// As on a real server, the stream has begun by the time that its start turns out to be impossible.
		wt.out.fail(err)
		return nil
	}
	wt.follow(ctx, log)
	return nil
}

// startWatch finds the place in the log to start at. The three ways, with rv for resourceVersion:
//
//	sendInitialEvents=true, or not set and rv is "" or "0"   all objects as ADDED, a bookmark, then the log after now
//	sendInitialEvents=false and rv is "" or "0"              the log after now
//	rv                                                       the log after rv
func (s *Server) startWatch(w *watcher, initialEvents *bool) (*entry, error) {
	if initialEvents == nil || !*initialEvents && w.after > 0 {
		return s.store.since(w.after)
	}
	state := s.store.now(w.kind)
	if *initialEvents {
		if w.after > state.rv {
			return nil, tooLarge(w.after, state.rv)
		}
		w.initial(state)
	}
	return state.log, nil
}

// initial tells the state as it is, and says where it ends: this is a list without a list.
func (w *watcher) initial(state snapshot) {
	for _, r := range state.objects {
		if w.selection.holds(r) {
			w.out.send(watch.Added, r)
		}
	}
	if w.bookmarks {
		w.out.send(watch.Bookmark, w.kind.bookmark(state.rv, map[string]string{metav1.InitialEventsAnnotationKey: "true"}))
	}
}

// follow tells the log from e on until the context or the stream ends.
func (w *watcher) follow(ctx context.Context, e *entry) {
	for w.out.err == nil && ctx.Err() == nil {
		select {
		case <-e.ready:
		default:
			w.out.flush() // there is nothing to tell at the moment
			select {
			case <-e.ready:
			case <-ctx.Done():
				return
			}
		}
		if e.mark == endMark {
			return
		}
		w.tell(e.change)
		e = e.next
	}
}

// tell sends what a change means to a client that sees only the selected objects:
//
//	            now seen    now not seen
//	was seen    MODIFIED    DELETED
//	was not     ADDED       nothing
func (w *watcher) tell(c change) {
	if c.mark == bookmarkMark && w.bookmarks && c.rv >= w.after {
		w.out.send(watch.Bookmark, w.kind.bookmark(c.rv, nil))
	}
	if c.kind != w.kind || c.rv <= w.after {
		return
	}
	switch was, is := w.selection.holds(c.old), w.selection.holds(c.new); {
	case was && is:
		w.out.send(watch.Modified, c.new)
	case is:
		w.out.send(watch.Added, c.new)
	case was:
		w.out.send(watch.Deleted, c.tombstone())
	}
}

// bookmark is an object of the kind with a resourceVersion and nothing else: "you have seen everything up to here".
func (k *kind) bookmark(rv uint64, annotations map[string]string) *revision {
	obj := k.newObject()
	setResourceVersion(obj, rv)
	accessor(obj).SetAnnotations(annotations)
	return &revision{kind: k, rv: rv, obj: obj}
}

// stream writes events, one Write for each. After the first error it does nothing.
type stream struct {
	w   http.ResponseWriter
	e   encoding
	err error
}

// newStream starts the response, so that the client has its watch before there is an event.
func newStream(w http.ResponseWriter, e encoding) *stream {
	contentType := e.contentType()
	if e == asProtobuf {
		contentType += ";stream=watch"
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(http.StatusOK)
	return &stream{w: w, e: e}
}

func (s *stream) send(event watch.EventType, r *revision) {
	if s.err != nil {
		return
	}
	document, err := r.document(s.e)
	if err != nil {
		s.fail(err)
		return
	}
	s.write(event, document)
}

// fail ends the stream with an ERROR event.
func (s *stream) fail(err error) {
	if document, encodeErr := encode(s.e, statusOf(err)); encodeErr == nil {
		s.write(watch.Error, document)
		s.flush()
	}
	s.err = err
}

func (s *stream) write(event watch.EventType, document []byte) {
	var bytes []byte
	if bytes, s.err = frame(s.e, event, document); s.err == nil {
		_, s.err = s.w.Write(bytes)
	}
}

func (s *stream) flush() {
	if s.err == nil {
		s.err = http.NewResponseController(s.w).Flush()
	}
}
