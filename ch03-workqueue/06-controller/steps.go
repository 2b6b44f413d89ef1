package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/store"
	"client-go-workbook/lib/workqueue"
)

// steps are a stage with pods and, from start to end, a controller of them.
type steps struct {
	*demo.Stage
	pods clientcorev1.PodInterface // everybody's but the controller's
	road *road
	log  journal

	controller *controller        // nil before the first
	stop       context.CancelFunc // as Ctrl-C
	ended      chan error         // nil: no controller runs
}

func newSteps(s *demo.Stage) (*steps, error) {
	client, err := kubernetes.NewForConfig(s.Config)
	if err != nil {
		return nil, err
	}
	d := &steps{Stage: s, pods: client.CoreV1().Pods(s.Namespace)}
	d.road = newRoad(d.pods, &d.log)
	d.log.restart()
	return d, nil
}

// startController starts one with two workers, and waits until it knows the pods. A key that
// fails waits for 100 ms, then for twice as long each time.
func (d *steps) startController(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(d.road.config(d.Config))
	if err != nil {
		return err
	}
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[store.ObjectName](100*time.Millisecond, 10*time.Second)
	c, err := newController(client.CoreV1(), d.Namespace, limiter)
	if err != nil {
		return err
	}
	d.road.cache = c.lister
	ctx, stop := context.WithCancel(klog.NewContext(ctx, klog.New(&d.log)))
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx, 2) }()
	d.controller, d.stop, d.ended = c, stop, ended
	select {
	case <-c.told.Done():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// endController waits until the controller has ended, if there is one.
func (d *steps) endController() error {
	if d.ended == nil {
		return nil
	}
	d.stop()
	err := <-d.ended
	d.ended = nil
	return err
}

func (d *steps) createPod(ctx context.Context, pod *corev1.Pod) error {
	return d.road.blocked(func() error {
		_, err := d.pods.Create(ctx, pod, metav1.CreateOptions{})
		return err
	})
}

// count asks the server how many of the pods in the controller's cache have their label.
func (d *steps) count(ctx context.Context) (done, known int, err error) {
	cached := d.controller.informer.GetStore().List()
	for _, obj := range cached {
		pod, err := d.pods.Get(ctx, obj.(*corev1.Pod).Name, metav1.GetOptions{})
		if err != nil {
			return 0, 0, err
		}
		if pod.Labels[qosLabel] == string(pod.Status.QOSClass) {
			done++
		}
	}
	return done, len(cached), nil
}

// newPod returns a pod that asks for some memory, or none (""), and has a limit or none. Both
// decide on its QoS class. No scheduler knows the pod, so that nobody writes it but we.
func newPod(name, request, limit string) *corev1.Pod {
	some := func(gigabytes string) corev1.ResourceList {
		if gigabytes == "" {
			return nil
		}
		return corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(gigabytes + "Gi"), corev1.ResourceCPU: resource.MustParse("1")}
	}
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PodSpec{
			SchedulerName: "nobody",
			Containers: []corev1.Container{{
				Name: "pause", Image: "registry.k8s.io/pause:3.10",
				Resources: corev1.ResourceRequirements{Requests: some(request), Limits: some(limit)},
			}},
		},
	}
}
