package informer

import (
	"context"
	"sync"
)

// Group is the informers of a factory, one for each key: a Go type, or a resource. It is what all factories have in common.
// The zero value is an empty group.
//
// Upstream: this is written out in each generated factory and in dynamic/dynamicinformer.
type Group[K comparable] struct {
	mu        sync.Mutex
	informers map[K]SharedIndexInformer
	started   map[K]bool
	shutDown  bool

	running sync.WaitGroup
}

// InformerFor returns the informer for key. The first time it calls newInformer, which must not use the group.
func (g *Group[K]) InformerFor(key K, newInformer func() SharedIndexInformer) SharedIndexInformer {
	g.mu.Lock()
	defer g.mu.Unlock()
	if informer, ok := g.informers[key]; ok {
		return informer
	}
	if g.informers == nil {
		g.informers, g.started = map[K]SharedIndexInformer{}, map[K]bool{}
	}
	informer := newInformer()
	g.informers[key] = informer
	return informer
}

// StartWithContext runs the informers that don't run yet, until the context ends. It doesn't wait.
func (g *Group[K]) StartWithContext(ctx context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shutDown {
		return
	}
	for key, informer := range g.informers {
		if !g.started[key] {
			g.started[key] = true
			g.running.Go(func() { informer.RunWithContext(ctx) })
		}
	}
}

// WaitForCacheSyncWithContext waits until all informers that have been started have synced, or the context ends. It says of
// each whether it has.
func (g *Group[K]) WaitForCacheSyncWithContext(ctx context.Context) map[K]bool {
	informers := g.startedInformers()
	var checkers []DoneChecker
	for _, informer := range informers {
		checkers = append(checkers, informer.HasSyncedChecker())
	}
	WaitFor(ctx, "", checkers...)
	synced := make(map[K]bool, len(informers))
	for key, informer := range informers {
		synced[key] = informer.HasSynced()
	}
	return synced
}

func (g *Group[K]) startedInformers() map[K]SharedIndexInformer {
	g.mu.Lock()
	defer g.mu.Unlock()
	informers := make(map[K]SharedIndexInformer, len(g.started))
	for key := range g.started {
		informers[key] = g.informers[key]
	}
	return informers
}

// Shutdown keeps further informers from being started and waits for those that run; somebody has to end their contexts.
// It can be called more than once.
func (g *Group[K]) Shutdown() {
	g.mu.Lock()
	g.shutDown = true
	g.mu.Unlock()
	g.running.Wait()
}
