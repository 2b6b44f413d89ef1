package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/broadcast"
	"client-go-workbook/lib/demo"
)

const added = watch.Added

// event is the nth event.
func event(n int) *corev1.Event { return &corev1.Event{Message: strconv.Itoa(n)} }

// watcher is one of the audience.
type watcher struct {
	watch.Interface
	name   string
	got    []string // the events that it has read
	leftAt int      // how many were sent until it left; 0 if it has not
}

// read waits for one event.
func (w *watcher) read() { w.got = append(w.got, (<-w.ResultChan()).Object.(*corev1.Event).Message) }

// readAll reads until the channel is closed.
func (w *watcher) readAll() {
	for e := range w.ResultChan() {
		w.got = append(w.got, e.Object.(*corev1.Event).Message)
	}
}

// audience is a broadcaster and three watchers. Only one goroutine reads, for all of
// them, so that nobody reads earlier or later than the demo says.
type audience struct {
	broadcaster        *broadcast.Broadcaster
	asleep, slow, fast *watcher
	watchers           []*watcher
	sent               int
}

// newAudience has fast begin last. An event goes to who began first, first: when fast has it, so have all who have room.
func newAudience(b *broadcast.Broadcaster) (*audience, error) {
	a := &audience{broadcaster: b}
	for _, who := range []struct {
		name string
		is   **watcher
	}{{"asleep", &a.asleep}, {"slow", &a.slow}, {"fast", &a.fast}} {
		w, err := b.Watch()
		if err != nil {
			return nil, err
		}
		*who.is = &watcher{Interface: w, name: who.name}
		a.watchers = slices.Insert(a.watchers, 0, *who.is)
	}
	return a, nil
}

// leave stops a watcher.
func (a *audience) leave(w *watcher) {
	w.Stop()
	w.leftAt = a.sent
}

// send sends the nth event. The channel that it returns tells when Action has returned.
func (a *audience) send(n int) <-chan error {
	a.sent = n
	done := make(chan error, 1)
	go func() { done <- a.broadcaster.Action(added, event(n)) }()
	return done
}

// everybodyReads after the nth event, at their own speed.
func (a *audience) everybodyReads(n int) {
	a.fast.read()
	if n%3 == 0 {
		a.slow.read()
	}
}

// full returns a watcher without room, if there is one.
func (a *audience) full() *watcher {
	for _, w := range a.watchers {
		if w.leftAt == 0 && len(w.ResultChan()) == room {
			return w
		}
	}
	return nil
}

// table tells of each watcher what has become of the events that were sent.
func (a *audience) table() string {
	rows := [][]string{{"", "sent", "read", "to be read", "", "missing"}}
	for _, w := range a.watchers {
		sent, queued := cmp.Or(w.leftAt, a.sent), len(w.ResultChan())
		missing := sent - len(w.got) - queued
		ink := demo.Gone
		if missing == 0 {
			ink = demo.Come
		}
		rows = append(rows, []string{
			w.name, strconv.Itoa(sent), strconv.Itoa(len(w.got)), strconv.Itoa(queued),
			"[" + strings.Repeat("■", queued) + strings.Repeat("□", room-queued) + "]",
			ink.Paint(strconv.Itoa(missing)),
		})
	}
	return demo.Columns(rows...)
}

// ranges writes 1 2 3 7 as "1–3 7".
func ranges(got []string) string {
	var out []string
	for i := 0; i < len(got); {
		last := i
		for last+1 < len(got) && follows(got[last], got[last+1]) {
			last++
		}
		if last == i {
			out = append(out, got[i])
		} else {
			out = append(out, fmt.Sprintf("%s–%s", got[i], got[last]))
		}
		i = last + 1
	}
	return strings.Join(out, " ")
}

func follows(n, next string) bool {
	number, err := strconv.Atoi(n)
	return err == nil && strconv.Itoa(number+1) == next
}
