package main

import (
	"context"
	"fmt"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// pipeline is an informer of pods that takes notes.
type pipeline struct {
	indexer store.Indexer
	handler handler

	watched sync.Map          // object → watch.EventType: what the reflector was sent
	passed  demo.Journal      // a row for each object that came through
	aliases map[string]string // of pods, by name
}

const byNode = "byNode"

func newPipeline() *pipeline {
	return &pipeline{
		indexer: store.NewIndexer(store.DeletionHandlingMetaNamespaceKeyFunc, store.Indexers{byNode: node}),
		aliases: map[string]string{},
	}
}

// node indexes a pod by where it runs; until that is known, nowhere.
func node(obj any) ([]string, error) {
	if name := obj.(*corev1.Pod).Spec.NodeName; name != "" {
		return []string{name}, nil
	}
	return nil, nil
}

// controller puts the stations in a row: reflector → fifo → process.
func (p *pipeline) controller(pods *reflector.ListWatch) informer.Controller {
	start := pods.WatchFuncWithContext
	pods.WatchFuncWithContext = func(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
		w, err := start(ctx, opts)
		if err != nil {
			return nil, err
		}
		return watch.Filter(w, func(event watch.Event) (watch.Event, bool) {
			p.watched.Store(event.Object, event.Type)
			return event, true
		}), nil
	}
	return informer.New(&informer.Config{
		ListerWatcher: pods,
		ObjectType:    &corev1.Pod{},
		Queue:         fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true}),
		Process:       p.process,
	})
}

// process takes what the fifo pops to the indexer, and then to the handler: in this
// order, so that a handler finds in the indexer what it is told.
func (p *pipeline) process(popped any, isInInitialList bool) error {
	for _, delta := range popped.(fifo.Deltas) {
		if list, ok := delta.Object.(fifo.ReplacedAllInfo); ok {
			if err := p.indexer.Replace(list.Objects, list.ResourceVersion); err != nil {
				return err
			}
			p.passed.Note("", fmt.Sprintf("Replace with %d", len(list.Objects)), "ReplacedAll", "Replace", "")
			continue // the demo begins without pods: nothing to tell a handler
		}
		if err := p.one(delta, isInInitialList); err != nil {
			return err
		}
	}
	return nil
}

func (p *pipeline) one(delta fifo.Delta, isInInitialList bool) error {
	pod := delta.Object.(*corev1.Pod) // no tombstone: the demo breaks no watch
	old, known, err := p.indexer.Get(pod)
	if err != nil {
		return err
	}
	indexed, write, tell := "Add", p.indexer.Add, func() { p.handler.OnAdd(pod, isInInitialList) }
	switch {
	case delta.Type == fifo.Deleted:
		indexed, write, tell = "Delete", p.indexer.Delete, func() { p.handler.OnDelete(pod) }
	case known:
		indexed, write, tell = "Update", p.indexer.Update, func() { p.handler.OnUpdate(old, pod) }
	}
	was := p.isIndexed(pod)
	if err := write(pod); err != nil {
		return err
	}
	switch is := p.isIndexed(pod); {
	case is && !was:
		indexed += ", byNode gains it"
	case was && !is:
		indexed += ", byNode loses it"
	}
	tell()

	event, _ := p.watched.LoadAndDelete(pod)
	if p.handler.told != "" {
		p.passed.Note(p.alias(pod), fmt.Sprint(event), string(delta.Type), indexed, p.handler.told)
	}
	return nil
}

// isIndexed says whether the index has the pod on its node.
func (p *pipeline) isIndexed(pod *corev1.Pod) bool {
	keys, _ := p.indexer.IndexKeys(byNode, pod.Spec.NodeName) // the index exists
	return slices.Contains(keys, store.MetaObjectToName(pod).String())
}

// alias is shorter than a pod's name, and the same in every run.
func (p *pipeline) alias(pod *corev1.Pod) string {
	if p.aliases[pod.Name] == "" {
		p.aliases[pod.Name] = fmt.Sprintf("pod %d", len(p.aliases)+1)
	}
	return p.aliases[pod.Name]
}

// handler says what it was told. An update that it sees no difference in is not worth
// telling: it leaves told empty.
type handler struct{ told string }

func (h *handler) OnAdd(obj any, _ bool) { h.told = "OnAdd " + state(obj) }
func (h *handler) OnDelete(obj any)      { h.told = "OnDelete " + state(obj) }

func (h *handler) OnUpdate(oldObj, newObj any) {
	h.told = ""
	if was, is := state(oldObj), state(newObj); was != is {
		h.told = "OnUpdate " + was + " → " + is
	}
}

func state(obj any) string {
	switch pod := obj.(*corev1.Pod); {
	case pod.DeletionTimestamp != nil:
		return "Terminating"
	case pod.Status.Phase == corev1.PodPending && pod.Spec.NodeName != "":
		return "Scheduled"
	default:
		return string(pod.Status.Phase)
	}
}
