// Package finalstate counts by what informers tell, and knows what a delete can be.
//
//	OnDelete(pod)                                 seen: this is how it was in the end
//	OnDelete(DeletedFinalStateUnknown{key, pod})  not seen: this is how it was once, or nil
package finalstate

import (
	"sync"

	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/store"
)

// Seats counts the pods on each node. It is a handler of an informer of pods. Whenever mu is free:
//   - node has each pod that is there and has a node;
//   - taken is how often each node stands in node, and has no zeros.
type Seats struct {
	mu    sync.Mutex
	node  map[string]string // key of a pod → its node
	taken map[string]int    // node → pods on it
}

// New returns a Seats that has heard of nothing.
func New() *Seats { return &Seats{node: map[string]string{}, taken: map[string]int{}} }

// Taken returns how many pods are on each node, those without any left out.
func (s *Seats) Taken() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := map[string]int{}
	for node, n := range s.taken {
		taken[node] = n
	}
	return taken
}

func (s *Seats) OnAdd(obj any, _ bool) { s.see(obj) }

func (s *Seats) OnUpdate(_, newObj any) { s.see(newObj) }

// see puts a pod where it is now.
func (s *Seats) see(obj any) {
	key, err := store.MetaNamespaceKeyFunc(obj)
	if pod, ok := obj.(*corev1.Pod); ok && err == nil {
		s.move(key, pod.Spec.NodeName)
	}
}

// move notes that a pod is on this node, and no longer where it was. The empty node is none.
func (s *Seats) move(key, node string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.node[key]; ok {
		delete(s.node, key)
		if s.taken[old]--; s.taken[old] == 0 {
			delete(s.taken, old)
		}
	}
	if node != "" {
		s.node[key] = node
		s.taken[node]++
	}
}

// OnDelete frees the seat that the pod was counted on, whatever is known of its end. What is neither a pod nor a tombstone
// changes nothing.
func (s *Seats) OnDelete(obj any) {
	// BEGIN SOLUTION: Find out which pod is gone, and free its seat.
	// obj is a *corev1.Pod or a store.DeletedFinalStateUnknown. Neither has to be as it was when it was counted.

	key, err := store.DeletionHandlingMetaNamespaceKeyFunc(obj)
	if err != nil {
		return
	}
	s.move(key, "")
	// END SOLUTION
}
