package record

import (
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// counter knows which events happened before, and what the server calls them. It is safe for concurrent use.
type counter struct {
	mu       sync.Mutex
	observed lru[observation]
}

// observation is what is known of an event that may happen again.
type observation struct {
	count           int32 // 0: nothing is known
	name            string
	resourceVersion string
	first           metav1.Time
}

func newCounter(size int) *counter {
	return &counter{observed: newLRU[observation](size)}
}

// observe counts the event. If one with that key has happened before, the event becomes that one, with a higher count;
// its message and last timestamp stay its own.
func (c *counter) observe(event *corev1.Event, key string) (again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.observed.at(key)
	if again = known.count != 0; again {
		event.Name = known.name
		event.ResourceVersion = known.resourceVersion
		event.FirstTimestamp = known.first
		event.Count = known.count + 1
	}
	*known = observationOf(event)
	return again
}

// set takes over what the server says.
func (c *counter) set(key string, event *corev1.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*c.observed.at(key) = observationOf(event)
}

func observationOf(event *corev1.Event) observation {
	return observation{count: event.Count, name: event.Name, resourceVersion: event.ResourceVersion, first: event.FirstTimestamp}
}
