package latehandler

import (
	"sync"

	"client-go-workbook/lib/informer"
)

// listener is a handler, and the calls that it is still to get: the exercise before. It owns one goroutine, from its first
// call on.
type listener struct {
	handler informer.ResourceEventHandler

	mu      sync.Mutex
	waiting []func(informer.ResourceEventHandler)
	running bool
	idle    sync.WaitGroup
}

func listen(handler informer.ResourceEventHandler) *listener { return &listener{handler: handler} }

// tell adds a call to those that wait.
func (l *listener) tell(call func(informer.ResourceEventHandler)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, call)
	if !l.running {
		l.running = true
		l.idle.Go(l.run)
	}
}

// run makes the calls, and ends when there are none.
func (l *listener) run() {
	for {
		l.mu.Lock()
		if len(l.waiting) == 0 {
			l.running = false
			l.mu.Unlock()
			return
		}
		call := l.waiting[0]
		l.waiting = l.waiting[1:]
		l.mu.Unlock()
		call(l.handler)
	}
}

// stop waits until all calls are made. Nobody may tell it anything after that.
func (l *listener) stop() { l.idle.Wait() }
