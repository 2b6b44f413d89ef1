package main

import (
	"context"
	"errors"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/klog/v2"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	websiteclient "client-go-workbook/ch05-codegen/generated/clientset/versioned/typed/website/v1alpha1"
	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/kubernetes"
	clientappsv1 "client-go-workbook/lib/kubernetes/typed/apps/v1"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

// image stands for a web server with a site in it. Every node has it, also without a registry; it
// serves nothing.
const image = "registry.k8s.io/pause:3.10"

// steps are a stage with Websites and, now and then, controllers of them.
type steps struct {
	*demo.Stage
	rest    rest.Interface // for tables
	sites   websiteclient.WebsiteInterface
	apps    clientappsv1.AppsV1Interface
	core    clientcorev1.CoreV1Interface
	dynamic dynamic.Interface
	events  demo.Journal // of all controllers

	stops []func() error // of those that run
}

func newSteps(s *demo.Stage) (*steps, error) {
	client, err := versioned.NewForConfig(s.Config)
	if err != nil {
		return nil, err
	}
	core, err := kubernetes.NewForConfig(s.Config)
	if err != nil {
		return nil, err
	}
	d := &steps{
		Stage: s,
		rest:  client.WorkbookV1alpha1().RESTClient(), sites: client.WorkbookV1alpha1().Websites(s.Namespace),
		apps: core.AppsV1(), core: core.CoreV1(),
	}
	d.dynamic, err = dynamic.NewForConfig(s.Config)
	return d, err
}

// startController starts one more.
func (d *steps) startController(ctx context.Context) error {
	// Without the steps' ctx: at Ctrl-C it must live until it has let all Websites go.
	ctx, stop := context.WithCancel(klog.NewContext(context.WithoutCancel(ctx), klog.Logger{}))
	p, err := newProgram(ctx, d.Config, d.Namespace, store.NewObjectName(d.Namespace, "zone"))
	if err != nil {
		stop()
		return err
	}
	p.events.StartEventWatcher(d.note)
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	d.stops = append(d.stops, func() error {
		stop()
		return <-ended
	})
	return nil
}

// endControllers waits until all controllers have ended.
func (d *steps) endControllers() error {
	var errs []error
	for _, stop := range d.stops {
		errs = append(errs, stop())
	}
	d.stops = nil
	return errors.Join(errs...)
}

// news does something, waits for n events about it, and tells them.
func (d *steps) news(ctx context.Context, n int, do func() error) (string, error) {
	defer d.Forget() // how often the controller looks, and how many steps the pods take, differs
	if err := do(); err != nil {
		return "", err
	}
	rows, err := d.events.Take(ctx, n)
	if len(d.stops) > 1 { // what several tell has no order in common
		slices.SortFunc(rows, slices.Compare)
	}
	return demo.Columns(rows...), err
}

// follow is news, and what the Websites are like then.
func (d *steps) follow(ctx context.Context, n int, do func() error) (string, error) {
	defer d.Forget()
	news, err := d.news(ctx, n, do)
	if err != nil {
		return "", err
	}
	table, err := d.table(ctx)
	return news + "\n" + table, err
}

// table is what kubectl get websites prints.
func (d *steps) table(ctx context.Context) (string, error) {
	return demo.Table(ctx, d.rest.Get().Namespace(d.Namespace).Resource("websites"), "Name", "Host", "Ready", "Reason")
}

func website(name, host string) *v1alpha1.Website {
	return &v1alpha1.Website{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       v1alpha1.WebsiteSpec{Host: host, Image: image},
	}
}

func (d *steps) createSite(ctx context.Context, name, host string) error {
	_, err := d.sites.Create(ctx, website(name, host), metav1.CreateOptions{})
	return err
}

// createForeign makes a Deployment that has nothing to do with Websites.
func (d *steps) createForeign(ctx context.Context, name string) error {
	labels := map[string]string{"app": name}
	_, err := d.apps.Deployments(d.Namespace).Create(ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32),
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: name, Image: image}}},
			},
		},
	}, metav1.CreateOptions{})
	return err
}

// gone waits until a Website is gone, and after it its Deployment.
func (d *steps) gone(ctx context.Context, name string) error {
	return until(ctx, func() (bool, error) {
		_, err := d.sites.Get(ctx, name, metav1.GetOptions{})
		if err == nil {
			return false, nil
		}
		if apierrors.IsNotFound(err) {
			_, err = d.apps.Deployments(d.Namespace).Get(ctx, name, metav1.GetOptions{})
		}
		if apierrors.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
}

// deleteAll deletes all Websites and waits until they are gone. If no controller runs any more, it does
// what that would have done.
func (d *steps) deleteAll(ctx context.Context) (n int, err error) {
	list, err := d.sites.List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	for _, site := range list.Items {
		if err := d.sites.Delete(ctx, site.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return 0, err
		}
		if len(d.stops) > 0 {
			err = d.gone(ctx, site.Name)
		} else {
			_, err = d.sites.Patch(ctx, site.Name, types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
		}
		if err != nil && !apierrors.IsNotFound(err) {
			return 0, err
		}
	}
	return len(list.Items), nil
}

func (d *steps) hosts(ctx context.Context) int {
	zone, err := d.core.ConfigMaps(d.Namespace).Get(ctx, "zone", metav1.GetOptions{})
	if err != nil {
		return 0
	}
	return len(zone.Data)
}

// until asks again and again, for what nobody tells of.
func until(ctx context.Context, condition func() (bool, error)) error {
	return wait.PollUntilContextTimeout(ctx, 20*time.Millisecond, 30*time.Second, true,
		func(context.Context) (bool, error) { return condition() })
}
