// Command 08-pipeline wires an informer by hand, from the parts that lib has in a package
// each, and has every station note what passes it while a Deployment is scaled.
package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	clientappsv1 "client-go-workbook/lib/kubernetes/typed/apps/v1"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch02-pipeline", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{deployments: client.AppsV1().Deployments(s.Namespace), p: newPipeline()}
		pods := reflector.NewListWatchForClient(client.CoreV1().Pods(s.Namespace), func(opts *metav1.ListOptions) { opts.LabelSelector = "app=street" })
		defer demo.Meanwhile(ctx, d.p.controller(pods).RunWithContext)()

		s.Title("The pipeline: what passes each station")
		return s.Play(ctx,
			demo.Step{Verb: "start", Do: d.start},
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "scale", Do: d.scaleUp},
			demo.Step{Verb: "scale", Do: d.scaleDown},
		)
	})
}

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

type steps struct {
	deployments clientappsv1.DeploymentInterface
	p           *pipeline
}

// table tells what has passed, the journey of one pod after that of the other.
func table(rows [][]string) string {
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return demo.Columns(append([][]string{{"", "reflector", "fifo", "indexer", "handler"}}, rows...)...)
}

func (d *steps) start(ctx context.Context) (string, error) {
	rows, err := d.p.passed.Take(ctx, 1)
	return table(rows), err
}

func (d *steps) create(ctx context.Context) (string, error) {
	zero, now := int32(0), int64(1)
	labels := map[string]string{"app": "street"}
	_, err := d.deployments.Create(ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "street"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &zero,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					TerminationGracePeriodSeconds: &now,
					Containers:                    []corev1.Container{{Name: "pause", Image: "registry.k8s.io/pause:3.10"}},
				},
			},
		},
	}, metav1.CreateOptions{})
	return "a deployment of no pods: nothing to see", err
}

// pods is how many the deployment has at most.
const pods = 2

func (d *steps) scaleUp(ctx context.Context) (string, error) {
	return d.scale(ctx, pods, "→ Running")
}

func (d *steps) scaleDown(ctx context.Context) (string, error) {
	return d.scale(ctx, 0, "OnDelete")
}

// scale waits until the handler has been told, for each pod, the last that there is to
// tell.
func (d *steps) scale(ctx context.Context, replicas int, last string) (string, error) {
	patch := fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas)
	if _, err := d.deployments.Patch(ctx, "street", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return "", err
	}
	rows, err := d.p.passed.TakeWhen(ctx, func(rows [][]string) bool {
		n := 0
		for _, row := range rows {
			if strings.Contains(row[len(row)-1], last) {
				n++
			}
		}
		return n == pods
	})
	return fmt.Sprintf("to %d\n", replicas) + table(rows), err
}
