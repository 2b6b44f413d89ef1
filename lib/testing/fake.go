package testing

import (
	"fmt"
	"slices"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// FakeClient is what every fake clientset has, whatever its groups.
type FakeClient interface {
	// Tracker holds the objects.
	Tracker() ObjectTracker

	// The reactors that are added are asked after those that are there, the prepended before them.
	AddReactor(verb, resource string, reaction ReactionFunc)
	PrependReactor(verb, resource string, reaction ReactionFunc)
	AddWatchReactor(resource string, reaction WatchReactionFunc)
	PrependWatchReactor(resource string, reaction WatchReactionFunc)
	AddProxyReactor(resource string, reaction ProxyReactionFunc)
	PrependProxyReactor(resource string, reaction ProxyReactionFunc)

	// Invokes, InvokesWatch and InvokesProxy are how a client asks.
	Invokes(action Action, defaultReturnObj runtime.Object) (runtime.Object, error)
	InvokesWatch(action Action) (watch.Interface, error)
	InvokesProxy(action Action) ResponseWrapper

	// Actions is what was asked since the beginning or the last ClearActions.
	Actions() []Action
	ClearActions()
}

// Fake writes down what its clients ask for and lets reactors answer. The zero value is ready, and answers everything
// but watches with what the client would have read into. A fake clientset embeds it.
//
// Reactors are called one at a time, in the order in which the actions are written down, so they need no locks of their own.
type Fake struct {
	sync.RWMutex // guards the fields below, while reactors run too: they may use all of Fake's methods but the Invokes…
	actions      []Action

	// The chains are asked from the first on, until one reactor handles the action.
	ReactionChain      []Reactor
	WatchReactionChain []WatchReactor
	ProxyReactionChain []ProxyReactor

	// Resources is what the fake discovery says that the server has.
	Resources []*metav1.APIResourceList

	reacting sync.Mutex // held from the moment when an action is written down until a reactor has answered it
}

// AddReactor lets reaction answer, after all others, what SimpleReactor says of verb and resource.
func (c *Fake) AddReactor(verb, resource string, reaction ReactionFunc) {
	last[Reactor](c, &c.ReactionChain, &SimpleReactor{verb, resource, reaction})
}

// PrependReactor lets reaction answer, before all others, what SimpleReactor says of verb and resource.
func (c *Fake) PrependReactor(verb, resource string, reaction ReactionFunc) {
	first[Reactor](c, &c.ReactionChain, &SimpleReactor{verb, resource, reaction})
}

// AddWatchReactor is AddReactor for watches.
func (c *Fake) AddWatchReactor(resource string, reaction WatchReactionFunc) {
	last[WatchReactor](c, &c.WatchReactionChain, &SimpleWatchReactor{resource, reaction})
}

// PrependWatchReactor is PrependReactor for watches.
func (c *Fake) PrependWatchReactor(resource string, reaction WatchReactionFunc) {
	first[WatchReactor](c, &c.WatchReactionChain, &SimpleWatchReactor{resource, reaction})
}

// AddProxyReactor is AddReactor for proxy requests.
func (c *Fake) AddProxyReactor(resource string, reaction ProxyReactionFunc) {
	last[ProxyReactor](c, &c.ProxyReactionChain, &SimpleProxyReactor{resource, reaction})
}

// PrependProxyReactor is PrependReactor for proxy requests.
func (c *Fake) PrependProxyReactor(resource string, reaction ProxyReactionFunc) {
	first[ProxyReactor](c, &c.ProxyReactionChain, &SimpleProxyReactor{resource, reaction})
}

func last[R any](c *Fake, chain *[]R, reactor R) {
	c.Lock()
	defer c.Unlock()
	*chain = append(*chain, reactor)
}

// first makes a new chain: the old one may be in use.
func first[R any](c *Fake, chain *[]R, reactor R) {
	c.Lock()
	defer c.Unlock()
	*chain = slices.Concat([]R{reactor}, *chain)
}

// Invokes writes the action down and returns the answer of the first reactor that handles it, or defaultReturnObj,
// which is an empty object of the type that the client returns.
func (c *Fake) Invokes(action Action, defaultReturnObj runtime.Object) (runtime.Object, error) {
	ret, handled, err := invoke(c, &c.ReactionChain, Reactor.React, action)
	if !handled {
		return defaultReturnObj, nil
	}
	return ret, err
}

// InvokesWatch writes the action down and returns the answer of the first reactor that handles it. It fails if there is none.
func (c *Fake) InvokesWatch(action Action) (watch.Interface, error) {
	ret, handled, err := invoke(c, &c.WatchReactionChain, WatchReactor.React, action)
	if !handled {
		return nil, fmt.Errorf("watch %s in %q: no reactor handles it", action.GetResource().Resource, action.GetNamespace())
	}
	return ret, err
}

// InvokesProxy writes the action down and returns the answer of the first reactor that handles it without an error, or nil.
func (c *Fake) InvokesProxy(action Action) ResponseWrapper {
	ret, _, _ := invoke(c, &c.ProxyReactionChain, reactOrPassOn, action)
	return ret
}

func reactOrPassOn(r ProxyReactor, action Action) (bool, ResponseWrapper, error) {
	handled, ret, err := r.React(action)
	return handled && err == nil, ret, err
}

// invoke is the same for all three kinds of reactors.
func invoke[T any, R interface{ Handles(Action) bool }](
	c *Fake, chain *[]R, react func(R, Action) (bool, T, error), action Action,
) (T, bool, error) {
	c.reacting.Lock()
	defer c.reacting.Unlock()

	c.Lock()
	c.actions = append(c.actions, action.DeepCopy())
	reactors := *chain
	c.Unlock()

	action = action.DeepCopy()
	for _, r := range reactors {
		if !r.Handles(action) {
			continue
		}
		if handled, ret, err := react(r, action); handled {
			return ret, true, err
		}
	}
	var none T
	return none, false, nil
}

// Actions returns what was asked since the beginning or the last ClearActions, in order. The slice is the caller's.
func (c *Fake) Actions() []Action {
	c.RLock()
	defer c.RUnlock()
	return append([]Action{}, c.actions...)
}

// ClearActions forgets what was asked.
func (c *Fake) ClearActions() {
	c.Lock()
	defer c.Unlock()
	c.actions = nil
}
