package main

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned/scheme"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/kubernetes"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
	"client-go-workbook/lib/workqueue"
)

// name is who the program is in events, and for the server.
const name = "website-controller"

// program is a controller and its surroundings. It is what your main function would be made of.
type program struct {
	*controller
	dynamic dynamic.Interface
	events  record.EventBroadcaster
}

// newProgram makes a program for Websites in one namespace, or in all ("").
func newProgram(ctx context.Context, cfg *rest.Config, namespace string, zone store.ObjectName) (*program, error) {
	cfg = rest.AddUserAgent(rest.CopyConfig(cfg), name)
	httpClient, err := rest.HTTPClientFor(cfg) // one for all: they share their connection
	if err != nil {
		return nil, err
	}
	core, err := kubernetes.NewForConfigAndClient(cfg, httpClient)
	if err != nil {
		return nil, err
	}
	client, err := versioned.NewForConfigAndClient(cfg, httpClient)
	if err != nil {
		return nil, err
	}
	p := &program{events: record.NewBroadcaster(record.WithContext(ctx))}
	if p.dynamic, err = dynamic.NewForConfigAndClient(cfg, httpClient); err != nil {
		return nil, err
	}
	p.events.StartRecordingToSink(&clientcorev1.EventSinkImpl{Interface: core.CoreV1().Events("")})
	p.controller, err = newController(options{
		Client:     client,
		Kubernetes: core,
		Recorder:   p.events.NewRecorder(scheme.Scheme, corev1.EventSource{Component: name}),
		Limiter:    workqueue.NewTypedItemExponentialFailureRateLimiter[store.ObjectName](50*time.Millisecond, time.Minute),
		Namespace:  namespace,
		Zone:       zone,
	})
	return p, err
}

// Run installs the definition and runs the controller until ctx ends.
func (p *program) Run(ctx context.Context) error {
	defer p.events.Shutdown() // after the last event
	if err := install(ctx, p.dynamic); err != nil {
		return err
	}
	return p.controller.Run(ctx, 2)
}
