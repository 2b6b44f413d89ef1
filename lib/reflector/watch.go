package reflector

import (
	"context"
	"math/rand/v2"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// stream is a watch that is running. Whoever holds it stops it.
type stream struct {
	watch.Interface
	started time.Time // before the request: some proxies hold back headers until there is an event
	// inOrder: the versions of its events only grow. It isn't so while a watch tells what there was before it.
	inOrder bool
}

// watch follows the changes, first in s if that isn't nil, and in another watch whenever one ends. It returns nil
// when it is time to list again, or when ctx has ended, and an error if a watch can't be started.
func (r *Reflector) watch(ctx context.Context, s *stream, resyncFailed <-chan error) error {
	internal := patience{limit: r.MaxInternalErrorRetryDuration}
	for {
		if s == nil {
			var err error
			if s, err = r.startWatch(ctx); s == nil {
				return err
			}
		}
		in := intake{reflector: r, store: r.store, failed: resyncFailed, advance: r.advance(s.inOrder)}
		err := in.follow(ctx, s)
		if ctx.Err() != nil || !r.watchesOn(ctx, err, &internal) {
			return nil
		}
		s = nil
	}
}

// startWatch starts a watch where the store is. It tries again while the server is overloaded. A nil stream without
// an error means that ctx has ended.
func (r *Reflector) startWatch(ctx context.Context) (*stream, error) {
	for ctx.Err() == nil {
		options := r.watchOptions()
		options.ResourceVersion = r.progress.last()
		s, err := r.openWatch(ctx, options)
		switch {
		case err == nil:
			// From anywhere else the server first tells what there is, in any order.
			s.inOrder = options.ResourceVersion != "" && options.ResourceVersion != "0"
			return s, nil
		case ctx.Err() != nil:
		case !isOverload(err):
			return nil, err
		default:
			r.logger(ctx).V(4).Info("Watch failed, backing off", "err", err)
			r.backoff.sleep(ctx)
		}
	}
	return nil, nil
}

func (r *Reflector) openWatch(ctx context.Context, options metav1.ListOptions) (*stream, error) {
	started := time.Now()
	w, err := r.listerWatcher.WatchWithContext(ctx, options)
	if err != nil {
		return nil, err
	}
	return &stream{Interface: w, started: started}, nil
}

// watchOptions asks for bookmarks, so that the next watch need not start far back, and for an end after 5 to 10
// minutes, so that neither side waits for ever for one that has gone, and not all clients come back at once.
func (r *Reflector) watchOptions() metav1.ListOptions {
	shortest := r.minWatchTimeout.Seconds()
	timeout := int64(shortest * (1 + rand.Float64()))
	return metav1.ListOptions{TimeoutSeconds: &timeout, AllowWatchBookmarks: true}
}

// advance returns what is to be done with the version of each event.
func (r *Reflector) advance(inOrder bool) func(version string, initial bool) {
	updater, _ := r.store.(ResourceVersionUpdater)
	return func(version string, initial bool) {
		if !inOrder && initial {
			return
		}
		r.progress.reached(version)
		if updater != nil {
			updater.UpdateResourceVersion(version)
		}
	}
}

// watchesOn says whether a watch that ended with err, or regularly, is followed by another one. It backs off first if
// the server asks for that.
func (r *Reflector) watchesOn(ctx context.Context, err error, internal *patience) bool {
	logger := r.logger(ctx)
	switch {
	case err == nil:
		return true
	case isExpired(err):
		// The version stays: a list at least as new as it is right, and comes from the server's cache.
		logger.V(4).Info("Watch closed", "err", err)
		return false
	case apierrors.IsTooManyRequests(err):
		logger.V(2).Info("Watch returned 429, backing off")
		return r.backoff.sleep(ctx)
	case apierrors.IsInternalError(err) && internal.lasts():
		logger.V(2).Info("Watching on after an internal error", "err", err)
		return true
	default:
		logger.Info("Warning: watch ended with error", "err", err)
		return false
	}
}
