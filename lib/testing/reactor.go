package testing

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// Reactor answers actions.
type Reactor interface {
	// Handles says whether to call React.
	Handles(action Action) bool
	// React answers, or leaves the action to the next reactor: then handled is false, and the rest counts for nothing.
	React(action Action) (handled bool, ret runtime.Object, err error)
}

// WatchReactor answers watches.
type WatchReactor interface {
	// Handles says whether to call React.
	Handles(action Action) bool
	// React answers, or leaves the action to the next reactor: then handled is false, and the rest counts for nothing.
	React(action Action) (handled bool, ret watch.Interface, err error)
}

// ProxyReactor answers what goes through the API server to a pod or a service.
type ProxyReactor interface {
	// Handles says whether to call React.
	Handles(action Action) bool
	// React answers, or leaves the action to the next reactor by an error or with handled false.
	React(action Action) (handled bool, ret ResponseWrapper, err error)
}

// ReactionFunc is Reactor.React as a function. The action is its own copy. It must not call a client of the same Fake,
// whose reactions come one after the other; the tracker it may call.
type ReactionFunc func(action Action) (handled bool, ret runtime.Object, err error)

// WatchReactionFunc is WatchReactor.React as a function.
type WatchReactionFunc func(action Action) (handled bool, ret watch.Interface, err error)

// ProxyReactionFunc is ProxyReactor.React as a function.
type ProxyReactionFunc func(action Action) (handled bool, ret ResponseWrapper, err error)

// SimpleReactor reacts to one verb on one resource:
//
//	"get"  "pods"          pods, and all their subresources
//	"get"  "pods/status"   this subresource alone
//	"*"    "*"             everything
type SimpleReactor struct {
	Verb     string
	Resource string

	Reaction ReactionFunc
}

func (r *SimpleReactor) Handles(action Action) bool {
	return (r.Verb == "*" || r.Verb == action.GetVerb()) && covers(r.Resource, action)
}

func (r *SimpleReactor) React(action Action) (bool, runtime.Object, error) { return r.Reaction(action) }

// SimpleWatchReactor reacts to watches of one resource, or of all with "*".
type SimpleWatchReactor struct {
	Resource string

	Reaction WatchReactionFunc
}

func (r *SimpleWatchReactor) Handles(action Action) bool { return covers(r.Resource, action) }

func (r *SimpleWatchReactor) React(action Action) (bool, watch.Interface, error) {
	return r.Reaction(action)
}

// SimpleProxyReactor reacts to proxy requests on one resource, or on all with "*".
type SimpleProxyReactor struct {
	Resource string

	Reaction ProxyReactionFunc
}

func (r *SimpleProxyReactor) Handles(action Action) bool { return covers(r.Resource, action) }

func (r *SimpleProxyReactor) React(action Action) (bool, ResponseWrapper, error) {
	return r.Reaction(action)
}

// DefaultWatchReactor answers every watch with the same.
func DefaultWatchReactor(watchInterface watch.Interface, err error) WatchReactionFunc {
	return func(Action) (bool, watch.Interface, error) { return true, watchInterface, err }
}

// covers is stricter than Action.Matches: letters count as they are.
func covers(pattern string, action Action) bool {
	resource, subresource, one := strings.Cut(pattern, "/")
	return pattern == "*" || resource == action.GetResource().Resource && (!one || subresource == action.GetSubresource())
}
