package main

import (
	"context"
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"

	"client-go-workbook/lib/store"
)

// indexer is what both libraries' indexers have.
type indexer interface {
	Add(obj any) error
	Update(obj any) error
	Get(obj any) (item any, exists bool, err error)
	GetByKey(key string) (item any, exists bool, err error)
	ByIndex(name, value string) ([]any, error)
	List() []any
}

// nodeIndex is the index of both sides beside the one by namespace.
const nodeIndex = "node"

func byNode(obj any) ([]string, error) { return []string{obj.(*corev1.Pod).Spec.NodeName}, nil }

func theirIndexer() indexer {
	return cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{
		cache.NamespaceIndex: cache.MetaNamespaceIndexFunc,
		nodeIndex:            byNode,
	})
}

func ourIndexer() indexer {
	return store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{
		store.NamespaceIndex: store.MetaNamespaceIndexFunc,
		nodeIndex:            byNode,
	})
}

// population is what the indexers are filled with: 20 namespaces, 100 pods a node.
type population struct {
	pods  []any
	later []any // a newer version of each; of each node one in ten has moved to another
	keys  []string
	nodes []string
}

func newPopulation(size int) population {
	p := population{pods: make([]any, size), later: make([]any, size), keys: make([]string, size)}
	for n := range max(size/100, 1) {
		p.nodes = append(p.nodes, "node-"+strconv.Itoa(n))
	}
	for i := range size {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: fmt.Sprintf("team-%d", i%20), Name: fmt.Sprintf("web-5d9c7f6b8-%05d", i), ResourceVersion: strconv.Itoa(i + 1)}}
		pod.Spec.NodeName = p.nodes[i%len(p.nodes)]
		later := pod.DeepCopy()
		later.ResourceVersion = strconv.Itoa(size + i + 1)
		if i/len(p.nodes)%10 == 0 { // one of ten on each node
			later.Spec.NodeName = p.nodes[(i+1)%len(p.nodes)]
		}
		p.pods[i], p.later[i], p.keys[i] = pod, later, pod.Namespace+"/"+pod.Name
	}
	return p
}

// fill returns the indexer with all pods in it.
func (p population) fill(x indexer) indexer {
	for _, pod := range p.pods {
		must(x.Add(pod))
	}
	return x
}

// update gives the i-th pod its other version: all get the later one, then all the first one again, and so on.
func (p population) update(x indexer, i int) {
	version, pod := i/len(p.pods), i%len(p.pods)
	must(x.Update([2][]any{p.later, p.pods}[version%2][pod]))
}

// operation is what a row of the indexer does.
type operation struct {
	name   string
	target float64
	whole  bool // it makes no sense to do it to a part of the objects only
	work   func(p population, newIndexer func() indexer, goroutines int) work
}

var operations = []operation{
	{"Add", noWorse, true, adding},
	{"Update", noWorse, false, updating},
	{"Get", noWorse, false, reading(getObject)},
	{"GetByKey", noWorse, false, reading(getKey)},
	{"ByIndex", readsAreFun, false, reading(byIndex)},
	{"List", noWorse, false, reading(list)},
}

// adding fills empty indexers.
func adding(p population, newIndexer func() indexer, goroutines int) work {
	return func(n int) {
		for range n / len(p.pods) {
			x := newIndexer()
			parallel(goroutines, len(p.pods), func(i int) { must(x.Add(p.pods[i])) })
		}
	}
}

func updating(p population, newIndexer func() indexer, goroutines int) work {
	x, done := p.fill(newIndexer()), 0
	return func(n int) {
		parallel(goroutines, n, func(i int) { p.update(x, done+i) })
		done += n
	}
}

// read is one read of an indexer that is filled with p; i says which.
type read func(p population, x indexer, i int)

func getObject(p population, x indexer, i int) { expect(x.Get(p.pods[scatter(i)%len(p.pods)])) }
func getKey(p population, x indexer, i int)    { expect(x.GetByKey(p.keys[scatter(i)%len(p.keys)])) }
func list(p population, x indexer, _ int)      { expectItems(x.List(), len(p.pods), nil) }

// byIndex gets the pods of one node, 100 or so.
func byIndex(p population, x indexer, i int) {
	items, err := x.ByIndex(nodeIndex, p.nodes[i%len(p.nodes)])
	expectItems(items, len(items), err)
}

// scatter keeps readers from going through memory in order.
func scatter(i int) int { return i * 7919 }

func reading(do read) func(population, func() indexer, int) work {
	return func(p population, newIndexer func() indexer, goroutines int) work {
		x := p.fill(newIndexer())
		return func(n int) { parallel(goroutines, n, func(i int) { do(p, x, i) }) }
	}
}

func indexerExperiments(s scale) (out []experiment) {
	for _, op := range operations {
		for _, size := range s.sizes {
			for _, goroutines := range []int{1, 8} {
				out = append(out, experiment{
					metrics: []metric{{fmt.Sprintf("indexer %s, %s objects, %s", op.name, short(size), plural(goroutines, "goroutine")), perOperation, op.target}},
					rounds:  s.rounds,
					prepare: func(context.Context, *servers) (pair, error) {
						p := newPopulation(size)
						step := 1
						if op.whole {
							step = size
						}
						return pair{
							theirs: timed(s.slice, step, op.work(p, theirIndexer, goroutines)),
							ours:   timed(s.slice, step, op.work(p, ourIndexer, goroutines)),
						}, nil
					},
				})
			}
		}
	}
	return out
}

// must stops a benchmark that does not do what it is meant to: its numbers would be of something else.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func expect(item any, exists bool, err error) {
	if must(err); !exists || item == nil {
		panic("an object is not there")
	}
}

// expectItems looks at each item once, as a reader would.
func expectItems(items []any, want int, err error) {
	must(err)
	if len(items) != want || want == 0 {
		panic(fmt.Sprintf("%d items, not %d", len(items), want))
	}
	for _, item := range items {
		if item == nil {
			panic("an item is missing")
		}
	}
}
