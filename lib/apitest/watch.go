package apitest

import (
	"context"
	"net/http"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// watch tells the log, from where the client wants to start until its time is up or somebody ends it.
func (s *Server) watch(w http.ResponseWriter, r *Request) error {
	q, err := r.query()
	if err != nil {
		return err
	}
	ctx := r.Context()
	if q.TimeoutSeconds != nil && *q.TimeoutSeconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(*q.TimeoutSeconds)*time.Second)
		defer cancel()
	}
	_, _, ended := s.store.since(firstVersion) // before the client can know of its watch
	out := r.startStream(w)
	rv, err := s.startWatch(q, out)
	if err != nil {
		// As on a real server, the stream has begun by the time that its start turns out to be impossible.
		out.send(watch.Error, statusOf(err))
		return nil
	}
	for {
		log, news, nowEnded := s.store.since(rv)
		for _, c := range log {
			q.tell(out, c)
			rv = c.rv
		}
		if out.flush(); out.err != nil || nowEnded != ended {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil
		}
	}
}

// startWatch sends what comes before the log, and returns the version that the log is to be told after:
//
//	sendInitialEvents=true, or not set and rv is "" or "0"   all objects as ADDED, a bookmark, then the log after now
//	sendInitialEvents=false and rv is "" or "0"              the log after now
//	rv                                                       the log after rv
func (s *Server) startWatch(q *query, out *stream) (rv uint64, err error) {
	initialEvents := q.SendInitialEvents != nil && *q.SendInitialEvents
	if !initialEvents && q.rv > 0 {
		return q.rv, s.store.begin(q.rv)
	}
	state, rv, err := s.store.state(q)
	if err != nil || !initialEvents {
		return rv, err
	}
	for _, row := range state {
		if q.selects(row.obj) {
			out.send(watch.Added, row.obj)
		}
	}
	if q.AllowWatchBookmarks {
		out.send(watch.Bookmark, q.kind.bookmark(rv, map[string]string{metav1.InitialEventsAnnotationKey: "true"}))
	}
	return rv, nil
}

// tell sends what a change means to a client that sees only the selected objects:
//
//	            now seen    now not seen
//	was seen    MODIFIED    DELETED
//	was not     ADDED       nothing
func (q *query) tell(out *stream, c change) {
	if c.kind == nil && q.AllowWatchBookmarks {
		out.send(watch.Bookmark, q.kind.bookmark(c.rv, nil))
	}
	if c.kind != q.kind {
		return
	}
	switch was, is := q.selects(c.old), q.selects(c.new); {
	case was && is:
		out.send(watch.Modified, c.new)
	case is:
		out.send(watch.Added, c.new)
	case was:
		out.send(watch.Deleted, atVersion(c.old, c.rv))
	}
}

// bookmark is an object of the kind with a resourceVersion and nothing else: "you have seen everything up to here".
func (k *kind) bookmark(rv uint64, annotations map[string]string) runtime.Object {
	obj := atVersion(k.empty, rv)
	metaOf(obj).SetAnnotations(annotations)
	return obj
}
