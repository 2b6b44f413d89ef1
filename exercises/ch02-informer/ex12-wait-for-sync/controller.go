// Package waitforsync starts a controller that must know everything before it does anything.
//
//	informers   list ─────▶ store filled ──────────────────── watch …
//	handlers          ▲ called with each object ──▶ all heard
//	Work                                             ▲ not before this
package waitforsync

import (
	"context"

	"client-go-workbook/lib/informer"
)

// Controller works on what its informers tell.
type Controller struct {
	Informers []informer.SharedIndexInformer // of several resources; not yet running
	Handler   informer.ResourceEventHandler  // of all of them
	Work      func(ctx context.Context)
}

// Run adds Handler to each informer and runs them all. When Handler has heard of everything that was there, it calls Work,
// once, with a context that ends with ctx. If ctx ends before that, Work isn't called, and Run returns ctx's error. When
// Work has returned, so does Run, with nil. However it ends, all informers have ended by then.
func (c *Controller) Run(ctx context.Context) error {
	// TODO: Add the handler to each informer, run the informers, wait for the right thing, and work.
	// informer.WaitForCacheSync says whether it has waited with success.
	// You may need: sync
	panic("TODO ch02/ex12: fill in Controller.Run")
}
