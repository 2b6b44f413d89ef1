package reflector

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/store"
)

// watchList replaces the store's content by a streamed list, and returns the watch that it came by, from which the
// changes follow:
//
//	ADDED a  ADDED b  ADDED c  BOOKMARK 41, initial-events-end=true  │  MODIFIED b  …
//	 └ gathered apart from the store                                 │
//	                                    └ Replace([a b c], "41")     │
//
// The state is at least as new as what the store has seen; the newest, if it hasn't seen anything. A nil stream
// without an error means that ctx has ended. An error means that this way doesn't lead anywhere, but a list may.
func (r *Reflector) watchList(ctx context.Context) (*stream, error) {
	for ctx.Err() == nil {
		start, from := time.Now(), r.progress.streamFrom()
		s, all, err := r.streamState(ctx, from)
		switch {
		case ctx.Err() != nil:
			if s != nil {
				s.Stop()
			}
			return nil, nil
		case isOverload(err):
			r.logger(ctx).V(2).Info("Streaming the list failed, backing off", "err", err)
			r.backoff.sleep(ctx)
		case isUnavailable(err) && from != "":
			r.progress.setRefused(true) // the newest, then
		case err != nil:
			return nil, err
		case s != nil:
			r.progress.setRefused(false)
			if err := r.replace(ctx, all, start); err != nil {
				s.Stop()
				return nil, err
			}
			return s, nil
		}
	}
	return nil, nil
}

// streamState gathers the initial events of a watch. A nil stream without an error means that it ended before they
// did; nothing of it counts then.
func (r *Reflector) streamState(ctx context.Context, from string) (*stream, snapshot, error) {
	initial := true
	options := r.watchOptions()
	options.ResourceVersion = from
	options.ResourceVersionMatch = metav1.ResourceVersionMatchNotOlderThan
	options.SendInitialEvents = &initial
	s, err := r.openWatch(ctx, options)
	if err != nil {
		return nil, snapshot{}, err
	}
	// A store of its own, because an object may come twice, and go, before the state is complete.
	gathered := r.temporaryStore()
	var all snapshot
	in := intake{reflector: r, store: gathered, untilSynced: true, advance: func(version string, initial bool) {
		if !initial {
			all.version = version
		}
	}}
	if err := in.follow(ctx, s); err != nil {
		return nil, snapshot{}, fmt.Errorf("stream the list of %v: %w", r.typeDescription, err)
	}
	if !in.synced {
		return nil, snapshot{}, nil
	}
	all.objects = gathered.List()
	s.inOrder = true
	return s, all, nil
}

// temporaryStore transforms objects as r.store does.
func (r *Reflector) temporaryStore() store.Store {
	var options []store.StoreOption
	if t, ok := r.store.(TransformingStore); ok && t.Transformer() != nil {
		options = append(options, store.WithTransformer(t.Transformer()))
	}
	return store.NewStore(store.DeletionHandlingMetaNamespaceKeyFunc, options...)
}
