package record

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/util/sets"
)

// CheckInvariants says what isn't as the comments of EventAggregator and lru have it. Nobody may use the correlator
// meanwhile.
func CheckInvariants(c *EventCorrelator) error {
	var errs []error
	for key, e := range c.aggregator.groups.entries {
		if n := e.value.localKeys.Len(); n > 0 && uint(n) >= c.aggregator.maxEvents {
			errs = append(errs, fmt.Errorf("group %q remembers %d local keys", key, n))
		}
	}
	return errors.Join(append(errs, c.aggregator.groups.check(), c.counter.observed.check())...)
}

func (l *lru[V]) check() error {
	if l.size != 0 && len(l.entries) > max(l.size, 0) {
		return fmt.Errorf("%d entries, but only %d are allowed", len(l.entries), l.size)
	}
	seen := sets.New[string]()
	for e := l.head.older; e != l.head; e = e.older {
		if e.older.newer != e || l.entries[e.key] != e || seen.Has(e.key) {
			return fmt.Errorf("%q is out of place", e.key)
		}
		seen.Insert(e.key)
	}
	if seen.Len() != len(l.entries) {
		return fmt.Errorf("%d entries, of which %d are in the ring", len(l.entries), seen.Len())
	}
	return nil
}
