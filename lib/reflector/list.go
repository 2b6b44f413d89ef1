package reflector

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// snapshot is all objects of a resource at one version.
type snapshot struct {
	objects []any
	version string
	paged   bool // it came in more than one page
}

// list replaces the store's content by the server's. Nil means that it did, or that ctx has ended.
func (r *Reflector) list(ctx context.Context) error {
	start, from := time.Now(), r.progress.listFrom()
	p := pager{listerWatcher: r.listerWatcher, size: r.pageSize(from)}
	all, err := p.list(ctx, from)
	if isUnavailable(err) {
		// At once: this is no failure of the server, which only can't look so far back, or ahead.
		r.progress.setRefused(true)
		all, err = p.list(ctx, r.progress.listFrom())
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return fmt.Errorf("list %v: %w", r.typeDescription, err)
	}
	if from == "0" && all.paged {
		r.pagesFromCache = true
	}
	r.progress.setRefused(false)
	return r.replace(ctx, all, start)
}

// pageSize keeps to the server's cache: a limit at a version that isn't "0" would make the server read from etcd,
// and all clients do that at once when a server restarts. For "0" the cache ignores the limit. A server that sends
// pages for "0" all the same has no cache, so that limits do no harm there; neither do they for "", which is read
// from etcd anyway.
func (r *Reflector) pageSize(from string) int64 {
	const usual = 500
	switch {
	case r.WatchListPageSize != 0:
		return r.WatchListPageSize
	case r.pagesFromCache || from == "" || from == "0":
		return usual
	default:
		return 0
	}
}

// replace gives the store a snapshot.
func (r *Reflector) replace(ctx context.Context, all snapshot, start time.Time) error {
	fetched := time.Now()
	if err := r.store.Replace(all.objects, all.version); err != nil {
		return fmt.Errorf("replace the store's %v by the server's: %w", r.typeDescription, err)
	}
	r.progress.reached(all.version)
	if took := time.Since(start); took > 10*time.Second {
		r.logger(ctx).Info("It took long to populate the store",
			"objects", len(all.objects), "fetching", fetched.Sub(start), "all", took)
	}
	return nil
}

// pager reads lists in pages.
type pager struct {
	listerWatcher ListerWatcher
	size          int64 // 0: no pages
}

// list reads all objects at least as new as version.
func (p pager) list(ctx context.Context, version string) (snapshot, error) {
	var all snapshot
	options := metav1.ListOptions{ResourceVersion: version, Limit: p.size}
	for {
		page, err := p.read(ctx, options, &all)
		if apierrors.IsResourceExpired(err) && options.Continue != "" {
			// The server forgot the version of the first page before the last one was asked for.
			return p.inOnePiece(ctx, version)
		}
		if err != nil {
			return snapshot{}, err
		}
		if options.Continue == "" {
			all.version = page.GetResourceVersion()
		}
		if page.GetContinue() == "" {
			return all, nil
		}
		// The token has the version in it.
		options.Continue, options.ResourceVersion = page.GetContinue(), ""
		all.paged = true
	}
}

func (p pager) inOnePiece(ctx context.Context, version string) (snapshot, error) {
	all := snapshot{paged: true} // it would have been
	page, err := p.read(ctx, metav1.ListOptions{ResourceVersion: version}, &all)
	if err != nil {
		return snapshot{}, err
	}
	all.version = page.GetResourceVersion()
	return all, nil
}

// read appends the objects of one page to all.
func (p pager) read(ctx context.Context, options metav1.ListOptions, all *snapshot) (metav1.ListInterface, error) {
	each := p.eachItem
	if items, ok := p.listerWatcher.(ItemLister); ok {
		each = items.EachListItemWithContext
	}
	list, err := each(ctx, options, func(obj runtime.Object) error {
		all.objects = append(all.objects, obj)
		return nil
	})
	if err != nil {
		return nil, err
	}
	page, err := meta.ListAccessor(list)
	if err != nil {
		return nil, err
	}
	return page, checkList(list)
}

func (p pager) eachItem(
	ctx context.Context, options metav1.ListOptions, fn func(runtime.Object) error,
) (runtime.Object, error) {
	return eachItem(ctx, p.listerWatcher.ListWithContext, options, fn)
}

// eachItem reads a list as a whole and calls fn for a copy of each item. The items of a typed list are one array, and
// a pointer into it would keep all of them alive: of 20,000 pods that the store once had, because one of them has not
// changed since. The copy is of the struct only, what it points to belongs to nobody else.
func eachItem(
	ctx context.Context, list ListWithContextFunc, options metav1.ListOptions, fn func(runtime.Object) error,
) (runtime.Object, error) {
	whole, err := list(ctx, options)
	if err != nil {
		return nil, err
	}
	if _, err := meta.ListAccessor(whole); err != nil {
		return nil, fmt.Errorf("the answer, %T, isn't a list: %w", whole, err)
	}
	return whole, meta.EachListItemWithAlloc(whole, fn)
}
