// Command 03-full-watcher has three watchers of one broadcaster, one of them slow and one
// asleep, and shows who pays for that: under drop those who don't read, under wait
// whoever sends. It needs no cluster. How watchers read is in audience.go.
package main

import (
	"context"
	"fmt"
	"io"

	"client-go-workbook/lib/broadcast"
	"client-go-workbook/lib/demo"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		var d steps
		s.Title("A full watcher misses events, or somebody waits for it")
		return s.Play(ctx,
			demo.Step{Verb: "drop", Do: d.drop},
			demo.Step{Verb: "got", Do: d.got},
			demo.Step{Verb: "wait", Do: d.wait},
			demo.Step{Verb: "meanwhile", Do: d.meanwhile},
			demo.Step{Verb: "stop", Do: d.stop},
			demo.Step{Verb: "shutdown", Do: d.shutdown},
			demo.Step{Verb: "got", Do: d.got},
		)
	})
}

// room is how many events a watcher's channel takes.
const room = 11

// events are sent one after the other. fast reads each at once, slow one while three are
// sent, asleep none.
const events = 30

type steps struct {
	*audience
	waiting <-chan error // the Action that waits
}

// drop sends all events. Nobody waits for anybody, and what doesn't fit in is lost.
func (d *steps) drop(context.Context) (_ string, err error) {
	d.audience, err = newAudience(broadcast.NewBroadcaster(room, broadcast.DropIfChannelFull))
	if err != nil {
		return "", err
	}
	for n := 1; n <= events; n++ {
		if err := <-d.send(n); err != nil {
			return "", err
		}
		d.everybodyReads(n)
	}
	d.broadcaster.Shutdown()
	lost := d.broadcaster.Dropped()
	return fmt.Sprintf("%s\nthe broadcaster counts %d dropped; the sender waited for nobody", d.table(), lost), nil
}

// got tells which events have reached whom in the end.
func (d *steps) got(context.Context) (string, error) {
	var rows [][]string
	for _, w := range d.watchers {
		w.readAll()
		rows = append(rows, []string{w.name, ranges(w.got)})
	}
	return demo.Columns(rows...), nil
}

// wait sends until the sender has to wait. A queue of 5 has room for 11 events here:
// those 5, 5 more that may be sent ahead, and the one on its way.
func (d *steps) wait(context.Context) (_ string, err error) {
	d.audience, err = newAudience(broadcast.NewLongQueueBroadcaster(5, broadcast.WaitIfChannelFull))
	if err != nil {
		return "", err
	}
	for d.full() == nil {
		n := d.sent + 1
		if err := <-d.send(n); err != nil {
			return "", err
		}
		d.everybodyReads(n)
	}
	d.waiting = d.send(d.sent + 1)
	d.fast.read() // who has room has the event before the sender waits for others
	return fmt.Sprintf("%s\nAction(%d) has not returned: it waits for %s, which has no room", d.table(), d.sent, d.full().name), d.stillWaiting()
}

// meanwhile tries what else can be done.
func (d *steps) meanwhile(context.Context) (string, error) {
	accepted, err := d.broadcaster.ActionOrDrop(added, event(99))
	if err != nil {
		return "", err
	}
	late, err := d.broadcaster.Watch()
	if err != nil {
		return "", err
	}
	late.Stop()
	return demo.Columns(
		[]string{"ActionOrDrop(99)", fmt.Sprintf("%t: nobody gets it", accepted)},
		[]string{"Watch, Stop", "return at once"},
		[]string{"fast", fmt.Sprintf("has read %d events, and waits for more", len(d.fast.got))},
	), d.stillWaiting()
}

// stop wakes asleep up, which leaves. Then the sender is as fast as slow.
func (d *steps) stop(context.Context) (string, error) {
	d.leave(d.asleep)
	if err := <-d.waiting; err != nil {
		return "", err
	}
	first, waited := d.sent, 0
	for d.sent < events {
		n := d.sent + 1
		full := d.full()
		done := d.send(n)
		d.fast.read()
		if full != nil {
			waited++
			full.read()
		}
		if err := <-done; err != nil {
			return "", err
		}
		if full == nil && n%3 == 0 {
			d.slow.read()
		}
	}
	return fmt.Sprintf("asleep stops: Action(%d) returns\n%s\nof the next %d Actions %d waited for slow",
		first, d.table(), d.sent-first, waited), nil
}

// shutdown comes while one Action waits for slow, and another one for its turn.
func (d *steps) shutdown(context.Context) (string, error) {
	for d.full() == nil {
		if err := <-d.send(d.sent + 1); err != nil {
			return "", err
		}
		d.fast.read()
	}
	d.waiting = d.send(d.sent + 1)
	d.fast.read()
	behind := make(chan error)
	go func() { behind <- d.broadcaster.Action(added, event(99)) }()
	down := make(chan struct{})
	go func() {
		d.broadcaster.Shutdown()
		close(down)
	}()
	refused := <-behind
	told := fmt.Sprintf("Action(%d) waits for slow, Action(99) and Shutdown for Action(%d)\nAction(99): %v\n", d.sent, d.sent, refused)
	if err := d.stillWaiting(); err != nil {
		return "", err
	}
	d.slow.read()
	<-down
	return told + fmt.Sprintf("slow reads one event: Action(%d) and Shutdown return\n%s", d.sent, d.table()), <-d.waiting
}

// stillWaiting makes sure that the demo tells the truth.
func (d *steps) stillWaiting() error {
	select {
	case err := <-d.waiting:
		return fmt.Errorf("the sender did not wait: %v", err)
	default:
		return nil
	}
}
