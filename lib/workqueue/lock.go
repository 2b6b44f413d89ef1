package workqueue

import (
	"runtime"
	"sync"
)

// lock is a sync.Mutex for work as short as a queue's. Who finds it taken keeps away for a moment, and tries again. Meanwhile
// the core that has it can take it again and again. Each time that it goes to another core, all memory behind it has
// to follow, which takes longer than what is done there. After some tries one waits as for any Mutex: nobody waits for ever.
type lock struct{ sync.Mutex }

func (l *lock) Lock() {
	if !l.TryLock() {
		l.keepTrying()
	}
}

func (l *lock) keepTrying() {
	for range 8 {
		for range 4000 { // about half a microsecond
		}
		runtime.Gosched() // who has it may be waiting for this core
		if l.TryLock() {
			return
		}
	}
	l.Mutex.Lock()
}
