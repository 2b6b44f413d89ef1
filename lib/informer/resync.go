package informer

import (
	"time"

	"k8s.io/klog/v2"
)

// resyncSchedule says when a handler's next resync is due.
type resyncSchedule struct {
	period time.Duration // 0 is never
	next   time.Time     // no resync before
}

func newResyncSchedule(period time.Duration, now time.Time) resyncSchedule {
	return resyncSchedule{period: period, next: now.Add(period)}
}

// take says whether a resync is due. If so, the next one is due after another period.
func (s *resyncSchedule) take(now time.Time) bool {
	if s.period == 0 || now.Before(s.next) {
		return false
	}
	s.next = now.Add(s.period)
	return true
}

// minimumResyncPeriod is the shortest that a handler can have.
const minimumResyncPeriod = time.Second

// resyncPeriodLocked returns the period that a handler gets if it wants one, and before the start has the informer look as
// often as that takes.
func (s *sharedIndexInformer) resyncPeriodLocked(logger klog.Logger, wanted time.Duration) time.Duration {
	if wanted <= 0 {
		return 0
	}
	period := max(wanted, minimumResyncPeriod)
	switch {
	case s.resyncCheckPeriod == 0:
		period = 0
	case s.started:
		period = max(period, s.resyncCheckPeriod)
	default:
		s.resyncCheckPeriod = min(period, s.resyncCheckPeriod)
	}
	if period != wanted {
		logger.Info("A handler can't have the resync period that it asked for", "wanted", wanted, "period", period)
	}
	return period
}
