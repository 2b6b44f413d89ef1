// Package shortname finds the resource that somebody means by "po" or "deploy.apps".
//
//	"po" ─▶ a full name? ─no─▶ a short name? ─no─▶ is the cache older than the program? ─no─▶ there is no such resource
//	   ▲        └─ yes: the first ─┘                              └─ yes, and for the first time
//	   └───────────────────────── make the cache ask the server ──────┘
package shortname

import (
	"context"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/restmapper"
)

// Finder finds resources by the names that people type.
type Finder struct {
	// Discovery says what the server has: from memory, or from a file that an earlier run has left.
	Discovery restmapper.CachedDiscoveryInterfaceWithContext
	// Ignored hears of each resource that a short name could have meant as well; nil: nobody does.
	Ignored func(schema.GroupResource)
}

// Find returns the resource that typed means: a plural, a singular, a kind or a short name, in any case of letters, and
// perhaps with a group behind it. Full names go before short ones; of several resources the first in the server's order
// is meant. A resource that isn't there is a *meta.NoResourceMatchError. A server that says nothing at all is its error.
func (f *Finder) Find(ctx context.Context, typed string) (schema.GroupVersionResource, error) {
	return f.find(ctx, schema.ParseGroupResource(strings.ToLower(typed))) // "deploy.apps" is deploy in the group apps
}

func (f *Finder) find(ctx context.Context, wanted schema.GroupResource) (schema.GroupVersionResource, error) {
	// TODO: Find what is wanted among the resources that are served; see resources.go.
	// Where nothing fits, invalidate the cache and look again, unless the cache is fresh: once at most.
	// Tell f.ignored of each resource that a short name could have meant as well.
	// You may need: k8s.io/apimachinery/pkg/api/meta
	panic("TODO ch01/ex06: fill in Finder.find")
}

func (f *Finder) ignored(others resources) {
	for _, other := range others {
		if f.Ignored != nil {
			f.Ignored(other.GroupResource())
		}
	}
}
