package informer

import (
	"errors"
	"fmt"

	"client-go-workbook/lib/fifo"
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

func require(holds bool, format string, args ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, args...)
}
