package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// configMap is an object of which only name and resourceVersion matter.
func configMap(name, version string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, ResourceVersion: version}}
}

// queue is one of the two, and its name.
type queue struct {
	fifo.Queue
	name string
}

// newQueues returns both queues, set up as informers do. DeltaFIFO looks into its
// consumer's store; RealFIFO leaves that to the consumer.
func newQueues(known fifo.KeyListerGetter) []queue {
	return []queue{
		{fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KnownObjects: known, EmitDeltaTypeReplaced: true}), "DeltaFIFO"},
		{fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true}), "RealFIFO"},
	}
}

// onBoth does the same to both queues, and tells what each Pop takes out of them.
func onBoth(known fifo.KeyListerGetter, do func(fifo.Queue) error) (string, error) {
	var rows [][]string
	for _, q := range newQueues(known) {
		if err := do(q); err != nil {
			return "", err
		}
		popped, err := popAll(q)
		if err != nil {
			return "", err
		}
		for i, deltas := range popped {
			rows = append(rows, []string{onlyFirst(q.name, i), fmt.Sprintf("pop %d", i+1), describe(deltas)})
		}
	}
	return demo.Columns(rows...), nil
}

func onlyFirst(name string, i int) string {
	if i > 0 {
		return ""
	}
	return name
}

// popAll closes the queue, and pops what is in it: that is still possible.
func popAll(q fifo.Queue) ([]fifo.Deltas, error) {
	q.Close()
	var all []fifo.Deltas
	for {
		popped, err := q.Pop(func(any, bool) error { return nil })
		if errors.Is(err, fifo.ErrFIFOClosed) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, popped.(fifo.Deltas))
	}
}

// describe tells deltas as "Added ernie@1, Updated ernie@2 ernie@3".
func describe(deltas fifo.Deltas) string {
	var told strings.Builder
	var last fifo.DeltaType
	for i, d := range deltas {
		switch {
		case i == 0:
			told.WriteString(string(d.Type))
		case d.Type != last:
			told.WriteString(", " + string(d.Type))
		}
		told.WriteString(" " + object(d.Object))
		last = d.Type
	}
	return told.String()
}

func object(obj any) string {
	switch obj := obj.(type) {
	case *corev1.ConfigMap:
		return obj.Name + "@" + obj.ResourceVersion
	case store.DeletedFinalStateUnknown:
		return "tombstone of " + object(obj.Obj)
	case fifo.ReplacedAllInfo:
		var all []string
		for _, o := range obj.Objects {
			all = append(all, object(o))
		}
		return fmt.Sprintf("(%s) at %s", strings.Join(all, " "), obj.ResourceVersion)
	case fifo.SyncAllInfo:
		return "(whatever the consumer knows)"
	}
	return fmt.Sprintf("%T", obj)
}

// changeable is what a queue and a store have in common.
type changeable interface {
	Add(any) error
	Update(any) error
	Delete(any) error
}

func apply(to changeable, d fifo.Delta) error {
	switch d.Type {
	case fifo.Added:
		return to.Add(d.Object)
	case fifo.Updated:
		return to.Update(d.Object)
	default:
		return to.Delete(d.Object)
	}
}

// queueHistory gives a queue what happens to three objects.
func queueHistory(q fifo.Queue) error {
	for _, d := range history {
		if err := apply(q, d); err != nil {
			return err
		}
	}
	return nil
}

// state tells what a store has, as "bert@2 ernie@1".
func state(s store.Store) string {
	var all []string
	for _, obj := range s.List() {
		all = append(all, object(obj))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}
