package reflector

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"
)

// intake moves the events of one stream to a store, until the stream ends. What it can't use it reports and leaves
// out: one strange object is no reason to miss all others.
type intake struct {
	reflector *Reflector
	store     ReflectorStore
	failed    <-chan error // of something else that ends it; nil: nothing
	// advance is told the version of each event, and whether it may be one of those that a watch starts with: only
	// additions so far.
	advance func(version string, initial bool)
	// untilSynced ends it also with the bookmark after the initial events. The stream isn't stopped then.
	untilSynced bool

	events  int
	changed bool // there was an event that is no addition
	synced  bool // the bookmark after the initial events has come
}

// follow stops the stream, unless it returns with synced because of untilSynced. The error is the server's own, one
// from failed, or a *VeryShortWatchError; nil for a stream that ended as it should, or if ctx has ended.
func (in *intake) follow(ctx context.Context, s *stream) error {
	handedOn := false
	defer func() {
		if !handedOn {
			s.Stop()
		}
	}()
	overdue := in.watchForBookmark(s)
	defer overdue.stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-in.failed:
			return err
		case event, open := <-s.ResultChan():
			if !open {
				return in.closed(ctx, s)
			}
			if event.Type == watch.Error {
				return apierrors.FromObject(event.Object)
			}
			in.take(ctx, event)
			if handedOn = in.untilSynced && in.synced; handedOn {
				return nil
			}
			overdue.event()
		case <-overdue.ticks():
			overdue.warn(ctx)
		}
	}
}

func (in *intake) closed(ctx context.Context, s *stream) error {
	if in.events == 0 && time.Since(s.started) < time.Second {
		return &VeryShortWatchError{Name: in.reflector.name}
	}
	in.reflector.logger(ctx).V(4).Info("Watch closed", "events", in.events)
	return nil
}

// take moves one event to the store.
func (in *intake) take(ctx context.Context, event watch.Event) {
	if err := in.reflector.expected.check(event.Object); err != nil {
		in.report(ctx, err, "Unexpected watch event", event)
		return
	}
	object, err := meta.Accessor(event.Object)
	if err != nil {
		in.report(ctx, err, "Unable to understand watch event", event)
		return
	}
	version := object.GetResourceVersion()
	if err := in.put(event, version); err != nil {
		in.report(ctx, err, "Unable to bring watch event to the store", event)
	}
	switch event.Type {
	case watch.Bookmark:
		in.changed = true
		in.synced = in.synced || object.GetAnnotations()[metav1.InitialEventsAnnotationKey] == "true"
	case watch.Modified, watch.Deleted:
		in.changed = true
	}
	in.events++
	in.advance(version, !in.changed)
}

func (in *intake) put(event watch.Event, version string) error {
	switch event.Type {
	case watch.Added:
		return in.store.Add(event.Object)
	case watch.Modified:
		return in.store.Update(event.Object)
	case watch.Deleted:
		return in.store.Delete(event.Object)
	case watch.Bookmark:
		if bookmarks, ok := in.store.(ReflectorBookmarkStore); ok {
			return bookmarks.Bookmark(version)
		}
		return nil
	default:
		return fmt.Errorf("unknown type %q", event.Type)
	}
}

// report logs an event by its object's name: its content may be a Secret's.
func (in *intake) report(ctx context.Context, err error, message string, event watch.Event) {
	utilruntime.HandleErrorWithContext(ctx, err, message, "reflector", in.reflector.name, "type", in.reflector.typeDescription,
		"event", event.Type, "object", nameOf(event.Object))
}

func nameOf(obj runtime.Object) klog.ObjectRef {
	if m, err := meta.Accessor(obj); err == nil {
		return klog.KObj(m)
	}
	return klog.ObjectRef{}
}
