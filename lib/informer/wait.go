package informer

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
)

// InformerSynced says whether something has synced: an informer's HasSynced, or a registration's.
type InformerSynced func() bool

// syncedPollPeriod is how often InformerSynced functions are asked.
const syncedPollPeriod = 100 * time.Millisecond

// WaitForCacheSync asks every 100 ms until all of cacheSyncs say yes, or stopCh is closed; it says whether they did.
// WaitFor does it without asking.
//
// Upstream: tools/cache/shared_informer.go, as all of this file.
func WaitForCacheSync(stopCh <-chan struct{}, cacheSyncs ...InformerSynced) bool {
	ticker := time.NewTicker(syncedPollPeriod)
	defer ticker.Stop()
	for !allSynced(cacheSyncs) {
		select {
		case <-stopCh:
			return false
		case <-ticker.C:
		}
	}
	return true
}

func allSynced(cacheSyncs []InformerSynced) bool {
	for _, synced := range cacheSyncs {
		if !synced() {
			return false
		}
	}
	return true
}

// WaitForNamedCacheSyncWithContext is WaitForCacheSync with a line in the context's log before and after.
func WaitForNamedCacheSyncWithContext(ctx context.Context, cacheSyncs ...InformerSynced) bool {
	logger := klog.FromContext(ctx)
	logger.Info("Waiting for caches to sync")
	synced := WaitForCacheSync(ctx.Done(), cacheSyncs...)
	if synced {
		logger.Info("Caches have synced")
	} else {
		utilruntime.HandleErrorWithContext(ctx, context.Cause(ctx), "Caches have not synced")
	}
	return synced
}

// WaitFor waits until all checkers are done, or the context ends; it says whether they are. If what is not "", it logs
// what it waits for, and each one that is done as soon as it is.
func WaitFor(ctx context.Context, what string, checkers ...DoneChecker) bool {
	logger := klog.Logger{} // which discards what it gets
	if what != "" {
		logger = klog.FromContext(ctx)
	}
	logger.Info("Waiting", "for", what)
	var waiting sync.WaitGroup
	for _, checker := range checkers {
		waiting.Go(func() {
			select {
			case <-checker.Done():
				logger.Info("Done waiting", "for", what, "instance", checker.Name())
			case <-ctx.Done():
			}
		})
	}
	waiting.Wait()
	var missing []string
	for _, checker := range checkers {
		if !fifo.IsDone(checker) {
			missing = append(missing, checker.Name())
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		logger.Info("Gave up waiting", "for", what, "cause", context.Cause(ctx), "instances", missing)
	}
	return len(missing) == 0
}

// SyncResult is what a SharedInformerFactory's WaitForCacheSyncWithContext has seen.
type SyncResult struct {
	// Err is nil if all informers have synced, and otherwise why nobody waited any longer: the context's cause.
	Err error
	// Synced says of each informer that has been started whether it has synced, by the type of its objects.
	Synced map[reflect.Type]bool
}

// AsError returns nil if all informers have synced, and otherwise an error that names those that have not, and wraps Err.
func (r SyncResult) AsError() error {
	if r.Err == nil {
		return nil
	}
	var missing []string
	for objectType, synced := range r.Synced {
		if !synced {
			missing = append(missing, objectType.String())
		}
	}
	slices.Sort(missing)
	return fmt.Errorf("caches have not synced: %s: %w", strings.Join(missing, ", "), r.Err)
}
