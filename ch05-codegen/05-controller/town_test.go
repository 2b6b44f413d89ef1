package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/klog/v2"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	websiteclient "client-go-workbook/ch05-codegen/generated/clientset/versioned/typed/website/v1alpha1"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

// pause is on every node, also without a registry.
const pause = "registry.k8s.io/pause:3.10"

// patience is how long a town waits for what should come. Most comes within a second.
const patience = time.Minute

// town is a namespace of the cluster, with its zone, where Websites are wanted.
type town struct {
	*testing.T
	cfg   *rest.Config
	ns    string
	sites websiteclient.WebsiteInterface
	core  kubernetes.Interface
}

func newTown(t *testing.T, cfg *rest.Config) *town {
	cfg.QPS = -1
	definitions, err := dynamic.NewForConfig(cfg)
	require.NoError(t, err)
	require.NoError(t, install(t.Context(), definitions))

	client, err := versioned.NewForConfig(cfg)
	require.NoError(t, err)
	core, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	ns := cluster.NamespaceForTest(t, cfg)
	town := &town{T: t, cfg: cfg, ns: ns, core: core, sites: client.WorkbookV1alpha1().Websites(ns)}
	t.Cleanup(func() { town.letGo(context.Background()) })
	return town
}

// letGo takes the finalizers away. Without a controller nobody else does, and the namespace would stay.
func (w *town) letGo(ctx context.Context) {
	list, err := w.sites.List(ctx, metav1.ListOptions{})
	require.NoError(w, err)
	for _, site := range list.Items {
		_, err := w.sites.Patch(ctx, site.Name, types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
		if !apierrors.IsNotFound(err) {
			require.NoError(w, err)
		}
	}
}

// running is a program that runs.
type running struct {
	*program
	stop   func() error // as Ctrl-C; waits
	writes *atomic.Int64
	dead   <-chan struct{}
}

// run starts a program that lives until it is stopped.
func (w *town) run() *running { return w.runOn(w.cfg) }

// runMortal starts a program that is killed as soon as its write number n has reached the server: it
// hears no answer any more. Events don't count.
func (w *town) runMortal(n int64) *running {
	killed, kill := context.WithCancel(w.Context())
	if n == 0 {
		kill()
	}
	cfg := rest.CopyConfig(w.cfg)
	writes := new(atomic.Int64)
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return &mortal{next: next, writes: writes, last: n, killed: killed, kill: kill}
	})
	r := w.runOn(cfg)
	r.dead = killed.Done()
	return r
}

func (w *town) runOn(cfg *rest.Config) *running {
	r := &running{writes: new(atomic.Int64)}
	cfg = rest.CopyConfig(cfg)
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			if isWrite(req) {
				r.writes.Add(1)
			}
			return next.RoundTrip(req)
		})
	})
	ctx, stop := context.WithCancel(klog.NewContext(context.Background(), klog.Logger{}))
	var err error
	r.program, err = newProgram(ctx, cfg, w.ns, store.NewObjectName(w.ns, "zone"))
	require.NoError(w, err)
	var ended sync.WaitGroup
	ended.Go(func() { err = r.program.Run(ctx) })
	r.stop = sync.OnceValue(func() error {
		stop()
		ended.Wait()
		return err
	})
	w.Cleanup(func() { _ = r.stop() })
	return r
}

// stopped stops a program that has nothing left to do.
func (w *town) stopped(r *running) {
	w.Helper()
	if err := r.stop(); !errors.Is(err, context.Canceled) { // while it still looks what there is
		require.NoError(w, err)
	}
}

// mortal is the way of one program to the server.
type mortal struct {
	next   http.RoundTripper
	writes *atomic.Int64
	last   int64 // no write follows this one, and no answer
	killed context.Context
	kill   context.CancelFunc
}

var errDead = errors.New("the program is dead")

func (m *mortal) RoundTrip(req *http.Request) (*http.Response, error) {
	if m.killed.Err() != nil {
		return nil, errDead
	}
	if !isWrite(req) {
		return m.next.RoundTrip(req)
	}
	nth := m.writes.Add(1)
	if nth > m.last {
		return nil, errDead
	}
	resp, err := m.next.RoundTrip(req)
	if nth < m.last {
		return resp, err
	}
	m.kill()
	if err == nil {
		resp.Body.Close()
	}
	return nil, errDead
}

// isWrite says whether a request changes Websites or what is made of them.
func isWrite(req *http.Request) bool {
	return req.Method != http.MethodGet && !strings.Contains(req.URL.Path, "/events") && !strings.Contains(req.URL.Path, "/customresourcedefinitions/")
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// want describes a Website, and what is made of it.
type want struct {
	host, image string
	replicas    int32
}

func (w *town) create(name string, as want) *v1alpha1.Website {
	site, err := w.sites.Create(w.Context(), &v1alpha1.Website{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec:       v1alpha1.WebsiteSpec{Host: as.host, Image: as.image, Replicas: &as.replicas},
	}, metav1.CreateOptions{})
	require.NoError(w, err)
	return site
}

// change makes the Website another.
func (w *town) change(name string, as want) {
	patch := fmt.Sprintf(`{"spec":{"host":%q,"image":%q,"replicas":%d}}`, as.host, as.image, as.replicas)
	_, err := w.sites.Patch(w.Context(), name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	require.NoError(w, err)
}

// eventually waits until the town looks like this.
func (w *town) eventually(is func() string, want string) {
	w.Helper()
	var got string
	err := wait.PollUntilContextTimeout(w.Context(), 20*time.Millisecond, patience, true, func(context.Context) (bool, error) {
		got = is()
		return got == want, nil
	})
	if err != nil {
		require.Equal(w, want, got, "after %s", patience)
	}
}

// serves waits until the Website and all that belongs to it are as they should be.
func (w *town) serves(name string, as want) {
	w.Helper()
	w.eventually(w.state(name), serving(name, as))
}

// state tells all there is about a Website, in words that are the same for all that are right.
func (w *town) state(name string) func() string {
	return func() string {
		var lines []string
		tell := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
		ctx := w.Context()

		site, err := w.sites.Get(ctx, name, metav1.GetOptions{})
		if !apierrors.IsNotFound(err) {
			require.NoError(w, err)
			ready := meta.FindStatusCondition(site.Status.Conditions, v1alpha1.Ready)
			if ready == nil {
				ready = &metav1.Condition{}
			}
			tell("website %s: %v, %s %s: %s, %d of %d, news %t, deleted %t", site.Name, site.Finalizers, ready.Status, ready.Reason, ready.Message,
				site.Status.ReadyReplicas, site.Status.Replicas, site.Status.ObservedGeneration == site.Generation, site.DeletionTimestamp != nil)
		}
		selector := metav1.ListOptions{LabelSelector: siteLabel + "=" + name}
		deployments, err := w.core.AppsV1().Deployments(w.ns).List(ctx, selector)
		require.NoError(w, err)
		for _, d := range deployments.Items {
			tell("deployment %s: %s, %d×%s, paused %t, pods %v", d.Name, owners(&d, site), *d.Spec.Replicas, containers(&d), d.Spec.Paused, d.Spec.Template.Labels)
		}
		services, err := w.core.CoreV1().Services(w.ns).List(ctx, selector)
		require.NoError(w, err)
		for _, s := range services.Items {
			port := s.Spec.Ports[0]
			tell("service %s: %s, %s%s %v, %s %d → %s", s.Name, owners(&s, site), s.Spec.Type, s.Spec.ExternalName, s.Spec.Selector, port.Protocol, port.Port, port.TargetPort.String())
		}
		for host, holder := range w.zone() {
			if holder == w.ns+"/"+name {
				tell("host %s", host)
			}
		}
		slices.Sort(lines)
		return strings.Join(lines, "\n")
	}
}

func containers(d *appsv1.Deployment) string {
	var all []string
	for _, c := range d.Spec.Template.Spec.Containers {
		all = append(all, fmt.Sprintf("%s at %d", c.Image, c.Ports[0].ContainerPort))
	}
	return strings.Join(all, "+")
}

func owners(obj metav1.Object, site *v1alpha1.Website) string {
	if obj.GetDeletionTimestamp() != nil {
		return "being deleted"
	}
	if len(obj.GetOwnerReferences()) == 1 && metav1.IsControlledBy(obj, site) {
		return "its own"
	}
	return fmt.Sprint(obj.GetOwnerReferences())
}

func (w *town) zone() map[string]string {
	zone, err := w.core.CoreV1().ConfigMaps(w.ns).Get(w.Context(), "zone", metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	require.NoError(w, err)
	return zone.Data
}

// serving is the state of a Website that is all right.
func serving(name string, as want) string {
	condition := fmt.Sprintf("True Serving: %d of %d replicas are ready", as.replicas, as.replicas)
	if as.replicas == 0 {
		condition = "False Stopped: no replicas are wanted"
	}
	return strings.Join([]string{
		fmt.Sprintf("deployment %s: its own, %d×%s at 8080, paused false, pods map[%s:%s]", name, as.replicas, as.image, siteLabel, name),
		"host " + as.host,
		fmt.Sprintf("service %s: its own, ClusterIP map[%s:%s], TCP 80 → http", name, siteLabel, name),
		fmt.Sprintf("website %s: [%s], %s, %d of %d, news true, deleted false", name, finalizer, condition, as.replicas, as.replicas),
	}, "\n")
}

func (w *town) deployment(name string) *appsv1.Deployment {
	d, err := w.core.AppsV1().Deployments(w.ns).Get(w.Context(), name, metav1.GetOptions{})
	require.NoError(w, err)
	return d
}

// heard waits until there is an event about the Website.
func (w *town) heard(name, reason string) corev1.Event {
	var heard corev1.Event
	err := wait.PollUntilContextTimeout(w.Context(), 20*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		events, err := w.core.CoreV1().Events(w.ns).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=" + name + ",involvedObject.kind=Website,reason=" + reason})
		if err == nil && len(events.Items) > 0 {
			heard = events.Items[0]
		}
		return heard.Name != "", err
	})
	require.NoError(w, err, "no event %s about %s", reason, name)
	return heard
}

// condition tells whether a Website is ready, and why.
func (w *town) condition(name string) func() string {
	return func() string {
		site, err := w.sites.Get(w.Context(), name, metav1.GetOptions{})
		require.NoError(w, err)
		ready := meta.FindStatusCondition(site.Status.Conditions, v1alpha1.Ready)
		if ready == nil || site.Status.ObservedGeneration != site.Generation {
			return "not known yet"
		}
		return fmt.Sprintf("%s %s: %s", ready.Status, ready.Reason, ready.Message)
	}
}

// quiet requires that a controller that starts now looks at everything, and writes nothing.
func (w *town) quiet() {
	w.Helper()
	r := w.run()
	require.True(w, informer.WaitFor(w.Context(), "", r.told...))
	require.NoError(w, r.stop(), "it finishes what it has queued")
	require.Zero(w, r.writes.Load())
}
