package reconcile_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	websiteclient "client-go-workbook/ch05-codegen/generated/clientset/versioned/typed/website/v1alpha1"
	reconcile "client-go-workbook/exercises/ch05-codegen/ex07-reconcile"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	appsclient "client-go-workbook/lib/kubernetes/typed/apps/v1"
	appslisters "client-go-workbook/lib/listers/apps/v1"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

var converges = invariant.Invariant{
	Says: "step by step, a Website gets to be as it should be, and then nothing is written any more",
	Read: "README.md, Invariant; ch05-codegen/05-controller/cluster_test.go",
}

// pause is on every node, also without a registry.
const pause = "registry.k8s.io/pause:3.10"

// city is a namespace of the cluster, with a controller.
type city struct {
	*testing.T
	*reconcile.Controller
	cache       store.Indexer
	websites    websiteclient.WebsiteInterface
	deployments appsclient.DeploymentInterface
	writes      atomic.Int64 // of the controller, so far
	strays      atomic.Int64 // its requests that nobody could have cancelled
}

// ofStep is in the context of each step.
type ofStep struct{}

func newCity(t *testing.T) *city {
	t.Helper()
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	install(t, cfg)
	namespace := cluster.NamespaceForTest(t, cfg)
	w := &city{T: t, cache: store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc})}
	users, apps := clients(t, cfg)
	w.websites, w.deployments = users.WorkbookV1alpha1().Websites(namespace), apps.Deployments(namespace)

	counted := rest.CopyConfig(cfg)
	counted.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodGet {
				w.writes.Add(1)
			}
			if r.Context().Value(ofStep{}) == nil {
				w.strays.Add(1)
			}
			return next.RoundTrip(r)
		})
	})
	sites, parts := clients(t, counted)
	w.Controller = &reconcile.Controller{Websites: sites.WorkbookV1alpha1(), Deployments: parts, Cache: appslisters.NewDeploymentLister(w.cache)}
	return w
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func clients(t *testing.T, cfg *rest.Config) (versioned.Interface, *appsclient.AppsV1Client) {
	t.Helper()
	sites, err := versioned.NewForConfig(cfg)
	converges.NoError(t, err, "make a client for Websites")
	apps, err := appsclient.NewForConfig(cfg)
	converges.NoError(t, err, "make a client for Deployments")
	return sites, apps
}

// install makes the server know Websites. Who else does it at the same time, does the same.
func install(t *testing.T, cfg *rest.Config) {
	t.Helper()
	client, err := dynamic.NewForConfig(cfg)
	converges.NoError(t, err, "make a client for definitions")
	crd := &unstructured.Unstructured{}
	converges.NoError(t, yaml.Unmarshal(v1alpha1.CRD, &crd.Object), "parse the definition of websites")
	definitions := client.Resource(schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"})
	_, err = definitions.Apply(t.Context(), crd.GetName(), crd, metav1.ApplyOptions{FieldManager: "exercise", Force: true})
	converges.NoError(t, err, "apply the definition of websites")
	websites := client.Resource(v1alpha1.SchemeGroupVersion.WithResource("websites"))
	eventually(t, "the server knows websites", func(ctx context.Context) bool {
		_, err := websites.List(ctx, metav1.ListOptions{Limit: 1})
		return err == nil
	})
}

func eventually(t *testing.T, what string, is func(ctx context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) { return is(ctx), nil })
	if err != nil {
		converges.Broken(t, invariant.Report{Doing: "wait for 30s", Expected: what, Saw: "not so"})
	}
}

// step reconciles the Website as the server has it. A conflict is no failure: somebody was faster, and the next step sees what
// he has done.
func (w *city) step(ctx context.Context) {
	w.Helper()
	site, err := w.websites.Get(ctx, "web", metav1.GetOptions{})
	converges.NoError(w, err, "get the Website")
	list, err := w.deployments.List(ctx, metav1.ListOptions{})
	converges.NoError(w, err, "list the Deployments")
	var objects []any
	for i := range list.Items {
		objects = append(objects, &list.Items[i])
	}
	converges.NoError(w, w.cache.Replace(objects, list.ResourceVersion), "fill the cache")
	if err := w.Reconcile(context.WithValue(ctx, ofStep{}, true), site); !apierrors.IsConflict(err) {
		converges.NoError(w, err, "reconcile the Website")
	}
}

// serves says whether all is as it should be, and the status says so.
func (w *city) serves(ctx context.Context) bool {
	w.Helper()
	site, err := w.websites.Get(ctx, "web", metav1.GetOptions{})
	converges.NoError(w, err, "get the Website")
	return ready(site) == "True Serving" && site.Status.ObservedGeneration == site.Generation && site.Status.ReadyReplicas == 1
}

func (w *city) deployment(ctx context.Context) *appsv1.Deployment {
	w.Helper()
	d, err := w.deployments.Get(ctx, "web", metav1.GetOptions{})
	converges.NoError(w, err, "get the Deployment")
	return d
}

func TestClusterGetsAWebsite(t *testing.T) {
	w := newCity(t)
	_, err := w.websites.Create(t.Context(), &v1alpha1.Website{
		ObjectMeta: metav1.ObjectMeta{Name: "web"}, Spec: v1alpha1.WebsiteSpec{Host: "shop.example.com", Image: pause},
	}, metav1.CreateOptions{})
	converges.NoError(t, err, "create a Website")
	eventually(t, "a Website that serves, and whose status says so", func(ctx context.Context) bool {
		w.step(ctx)
		return w.serves(ctx)
	})

	// The server has filled in much of the Deployment that nobody had set.
	before := w.writes.Load()
	for range 5 {
		w.step(t.Context())
	}
	converges.Equal(t, before, w.writes.Load(), "all is as it should be: reconcile five times more, and count the writes so far")

	w.change(func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "registry.k8s.io/pause:latest" })
	eventually(t, "an image that is put right again", func(ctx context.Context) bool {
		w.step(ctx)
		return w.deployment(ctx).Spec.Template.Spec.Containers[0].Image == pause
	})

	converges.Equal(t, int64(0), w.strays.Load(), "look at the contexts of all requests: how many are not the step's")

	converges.NoError(t, w.websites.Delete(t.Context(), "web", metav1.DeleteOptions{}), "delete the Website")
	eventually(t, "a Deployment that is collected, for its owner is gone", func(ctx context.Context) bool {
		_, err := w.deployments.Get(ctx, "web", metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	})
}

// change changes the Deployment, as a user does who doesn't know whose it is.
func (w *city) change(change func(*appsv1.Deployment)) {
	w.Helper()
	eventually(w.T, "a Deployment that can be changed", func(ctx context.Context) bool {
		d := w.deployment(ctx)
		change(d)
		_, err := w.deployments.Update(ctx, d, metav1.UpdateOptions{})
		return err == nil
	})
}
