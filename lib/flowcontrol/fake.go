package flowcontrol

import (
	"context"
	"errors"
	"sync"
)

// NewFakeAlwaysRateLimiter returns a limiter whose tokens never run out.
func NewFakeAlwaysRateLimiter() RateLimiter { return always{} }

// NewFakeNeverRateLimiter returns a limiter that has no tokens: TryAccept is false, Wait fails, Accept blocks
// until Stop.
func NewFakeNeverRateLimiter() RateLimiter {
	stopped := make(chan struct{})
	return &never{stopped: stopped, stop: sync.OnceFunc(func() { close(stopped) })}
}

type always struct{}

func (always) TryAccept() bool            { return true }
func (always) Stop()                      {}
func (always) QPS() float32               { return 1 }
func (always) Accept()                    {}
func (always) Wait(context.Context) error { return nil }

var errNever = errors.New("this rate limiter never accepts")

type never struct {
	stopped <-chan struct{}
	stop    func()
}

func (*never) TryAccept() bool            { return false }
func (n *never) Stop()                    { n.stop() }
func (*never) QPS() float32               { return 1 }
func (n *never) Accept()                  { <-n.stopped }
func (*never) Wait(context.Context) error { return errNever }
