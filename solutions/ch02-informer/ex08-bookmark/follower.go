// Package bookmark follows a resource over many watches, none of which lasts.
//
//	watch from 100 ──▶ ADDED a@104      BOOKMARK @5017 ✂
//	                   Store.Add(a)        │ nothing to store, but something to remember
//	watch from 5017 ◀──────────────────────┘
package bookmark

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/reflector"
)

// Follower keeps a store as the server is. It is not safe for use by several goroutines.
type Follower struct {
	Source reflector.WatcherWithContext
	Store  reflector.ReflectorStore

	// Last is the resourceVersion up to which Store has everything: at first, that of the list that filled it.
	Last string
}

// Run follows until ctx ends, which is no error, or until it can't go on from Last: then somebody has to list.
func (f *Follower) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := f.follow(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// follow does one watch from Last, with bookmarks allowed. It takes the objects to Store, and moves Last to the version of
// each event that Store has, or that has nothing for it. It returns nil when the watch or ctx has ended; otherwise why it
// ended: the error with which the watch didn't begin, what an Error event says (apierrors.FromObject), or Store's error.
// However it ends, the watch is stopped.
func (f *Follower) follow(ctx context.Context) error {
	// BEGIN SOLUTION: Start a watch from f.Last, and do what its events say.
	// The version of an event stands in its object's metadata: meta.Accessor.

	events, err := f.Source.WatchWithContext(ctx, metav1.ListOptions{ResourceVersion: f.Last, AllowWatchBookmarks: true})
	if err != nil {
		return err
	}
	defer events.Stop()
	for event := range events.ResultChan() {
		switch event.Type {
		case watch.Added:
			err = f.Store.Add(event.Object)
		case watch.Modified:
			err = f.Store.Update(event.Object)
		case watch.Deleted:
			err = f.Store.Delete(event.Object)
		case watch.Error:
			err = apierrors.FromObject(event.Object)
		}
		if err != nil {
			return err
		}
		obj, err := meta.Accessor(event.Object)
		if err != nil {
			return err
		}
		f.Last = obj.GetResourceVersion()
	}
	return nil
	// END SOLUTION
}
