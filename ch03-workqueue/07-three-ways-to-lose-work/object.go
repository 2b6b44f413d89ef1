package main

import (
	"context"
	"fmt"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/workqueue"
)

// site is an object: so many replicas are wanted of it.
type site struct {
	name     string
	replicas int
}

func (s *site) String() string { return fmt.Sprintf("%s@%d", s.name, s.replicas) }

// objectOrKey does the same with an object in the queue, and with its key.
func objectOrKey(context.Context) (string, error) {
	object := story(func() *controller[*site] {
		return newController(
			func(s *site) *site { return s },
			func(_ map[string]*site, s *site) *site { return s }, // as it was when it was queued
		)
	})
	key := story(func() *controller[string] {
		return newController(
			func(s *site) string { return s.name },
			func(cache map[string]*site, key string) *site { return cache[key] }, // as it is now
		)
	})
	rows := [][]string{{"", "object in the queue", "key in the queue"}}
	for i, what := range []string{
		"web@1 becomes web@2; queued", "two workers write, one is slow", "in the end there is", "100 changes; queued", "deleted while it is queued",
	} {
		rows = append(rows, []string{what, object[i], key[i]})
	}
	return demo.Columns(rows...), nil
}

// controller makes what is wanted, from a queue of T.
type controller[T comparable] struct {
	cache  map[string]*site
	queue  *workqueue.Typed[T]
	item   func(*site) T
	lookUp func(cache map[string]*site, item T) *site

	writes []*site
}

func newController[T comparable](item func(*site) T, lookUp func(map[string]*site, T) *site) *controller[T] {
	return &controller[T]{map[string]*site{}, workqueue.NewTyped[T](), item, lookUp, nil}
}

// changed is what an informer does: first the cache, then the handler, which queues.
func (c *controller[T]) changed(s *site) {
	c.cache[s.name] = s
	c.queue.Add(c.item(s))
}

// work is what a worker does: it looks, and then takes its time until it writes.
func (c *controller[T]) work() (write func()) {
	item, _ := c.queue.Get()
	wanted := c.lookUp(c.cache, item)
	return func() {
		if wanted != nil {
			c.writes = append(c.writes, wanted)
		}
		c.queue.Done(item)
	}
}

// story tells what becomes of the changes, each time with a new controller.
func story[T comparable](start func() *controller[T]) []string {
	c := start()
	c.changed(&site{"web", 1})
	c.changed(&site{"web", 2})
	queued := c.queue.Len()
	slow := c.work()
	if c.queue.Len() > 0 {
		c.work()()
	}
	slow()
	last := c.writes[len(c.writes)-1]
	told := []string{fmt.Sprint(queued), fmt.Sprint(c.writes), fmt.Sprintf("%s %v", verdict(last == c.cache["web"]), last)}

	c = start()
	for n := range 100 {
		c.changed(&site{"web", n})
	}
	told = append(told, fmt.Sprintf("%s %d", verdict(c.queue.Len() == 1), c.queue.Len()))

	c = start()
	c.changed(&site{"web", 1})
	delete(c.cache, "web")
	c.work()()
	if len(c.writes) > 0 {
		return append(told, fmt.Sprintf("%s made again: %v", wrong, c.writes[0]))
	}
	return append(told, right+" nothing to do")
}
