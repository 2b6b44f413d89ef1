package informer

import (
	"errors"
	"fmt"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// CheckInvariants says which of the invariants that its types list does not hold for an informer.
func CheckInvariants(informer SharedInformer) error {
	s := informer.(*sharedIndexInformer)
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(
		require(s.started == (s.controller != nil), "started is %v, but not so the controller", s.started),
		require(!s.stopped || s.started, "stopped, but not started"),
		s.audience.checkInvariants(),
	)
}

func (a *audience) checkInvariants() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := require(a.hasSynced == fifo.IsDone(doneChannel{done: a.synced}), "hasSynced is %v, but not so synced", a.hasSynced)
	for l := range a.listeners {
		err = errors.Join(err,
			require(!l.hasLeft(), "a listener has left and is still there"),
			require(l.running == a.open, "open is %v, but a listener's running is not", a.open))
	}
	return err
}

// WhenListed has do called whenever the store is listed for a handler that joins. The informer must be at rest.
func WhenListed(informer SharedInformer, do func()) {
	s := informer.(*sharedIndexInformer)
	s.indexer = &spiedIndexer{s.indexer, do}
}

type spiedIndexer struct {
	store.Indexer
	listed func()
}

func (i *spiedIndexer) List() []any {
	i.listed()
	return i.Indexer.List()
}

// Exclusive says whether somebody keeps others from changing the store and from joining the audience.
func Exclusive(informer SharedInformer) bool {
	a := informer.(*sharedIndexInformer).audience
	if a.mu.TryLock() {
		a.mu.Unlock()
		return false
	}
	return true
}

func require(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, args...)
}
