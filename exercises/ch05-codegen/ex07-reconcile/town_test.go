package reconcile_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned/fake"
	reconcile "client-go-workbook/exercises/ch05-codegen/ex07-reconcile"
	"client-go-workbook/exercises/internal/invariant"
	fakeapps "client-go-workbook/lib/kubernetes/typed/apps/v1/fake"
	appslisters "client-go-workbook/lib/listers/apps/v1"
	"client-go-workbook/lib/store"
	clienttesting "client-go-workbook/lib/testing"
)

// town is a namespace with Websites and Deployments, and a controller. Its clients are generated fakes: one store each, with
// what was written to it.
type town struct {
	*testing.T
	*reconcile.Controller
	websites    *fake.Clientset
	deployments *clienttesting.Fake
	stored      clienttesting.ObjectTracker // the Deployments
	cache       store.Indexer
	cacheIsOld  bool // it hears of nothing more
}

var (
	sites = v1alpha1.SchemeGroupVersion.WithResource("websites")
	depls = appsv1.SchemeGroupVersion.WithResource("deployments")
)

// newTown has these Websites and Deployments.
func newTown(t *testing.T, objects ...runtime.Object) *town {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := appsv1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	w := &town{
		T: t, websites: fake.NewSimpleClientset(), deployments: &clienttesting.Fake{},
		stored: clienttesting.NewObjectTracker(scheme, serializer.NewCodecFactory(scheme).UniversalDecoder()),
		cache:  store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc}),
	}
	w.deployments.AddReactor("*", "*", clienttesting.ObjectReaction(w.stored))
	for _, obj := range objects {
		w.put(obj)
	}
	w.Controller = &reconcile.Controller{
		Websites: w.websites.WorkbookV1alpha1(), Deployments: &fakeapps.FakeAppsV1{Fake: w.deployments},
		Cache: appslisters.NewDeploymentLister(w.cache),
	}
	return w
}

// put writes an object past the controller, as users and the server do.
func (w *town) put(obj runtime.Object) {
	w.Helper()
	resource, tracker := depls, w.stored
	if _, ok := obj.(*v1alpha1.Website); ok {
		resource, tracker = sites, w.websites.Tracker()
	}
	object, err := meta.Accessor(obj)
	if err == nil {
		if _, missing := tracker.Get(resource, object.GetNamespace(), object.GetName()); missing != nil {
			err = tracker.Create(resource, obj, object.GetNamespace())
		} else {
			err = tracker.Update(resource, obj, object.GetNamespace())
		}
	}
	if err != nil {
		w.Fatal(err)
	}
}

// site returns the Website as it is stored.
func (w *town) site() *v1alpha1.Website {
	w.Helper()
	obj, err := w.websites.Tracker().Get(sites, "shop", "web")
	if err != nil {
		w.Fatal(err)
	}
	return obj.(*v1alpha1.Website)
}

// deployment returns the Deployment as it is stored.
func (w *town) deployment() *appsv1.Deployment {
	w.Helper()
	obj, err := w.stored.Get(depls, "shop", "web")
	if err != nil {
		w.Fatal(err)
	}
	return obj.(*appsv1.Deployment)
}

// step reconciles the Website, and returns what was asked of the server. What is in the caches stays as it is.
func (w *town) step() (asked []string, err error) {
	w.Helper()
	if !w.cacheIsOld {
		w.refresh()
	}
	site := w.site()
	before, cached := site.DeepCopy(), w.cached()
	w.websites.ClearActions()
	w.deployments.ClearActions()
	err = w.Reconcile(w.Context(), site)
	same(w.T, everybodys, before, site, "reconcile a Website, and look at the one that was given")
	same(w.T, everybodys, cached, w.cached(), "reconcile a Website, and look at the Deployment in the cache")
	for _, action := range append(w.deployments.Actions(), w.websites.Actions()...) {
		asked = append(asked, describe(action))
	}
	return asked, err
}

func describe(a clienttesting.Action) string {
	what := a.GetResource().Resource
	if a.GetSubresource() != "" {
		what += "/" + a.GetSubresource()
	}
	return a.GetVerb() + " " + what
}

// refresh tells the cache what is stored.
func (w *town) refresh() {
	w.Helper()
	if obj, err := w.stored.Get(depls, "shop", "web"); err == nil {
		err = w.cache.Replace([]any{obj}, "")
		if err != nil {
			w.Fatal(err)
		}
	} else if err := w.cache.Replace(nil, ""); err != nil {
		w.Fatal(err)
	}
}

// cached returns a copy of the Deployment in the cache, or nil.
func (w *town) cached() *appsv1.Deployment {
	w.Helper()
	obj, ok, err := w.cache.GetByKey("shop/web")
	if err != nil {
		w.Fatal(err)
	}
	if d, isDeployment := obj.(*appsv1.Deployment); ok && isDeployment {
		return d.DeepCopy()
	}
	return nil
}

// check makes a step that must succeed, and holds what was asked of the server against what is wanted.
func (w *town) check(rule invariant.Invariant, doing string, want ...string) {
	w.Helper()
	asked, err := w.step()
	rule.NoError(w, err, "%s, and reconcile", doing)
	rule.Equal(w, lines(want), lines(asked), "%s, and reconcile: what is asked of the server", doing)
}

// same holds two objects against each other, and shows only the fields in which they differ.
func same(t *testing.T, rule invariant.Invariant, want, saw any, doing string, args ...any) {
	t.Helper()
	var expected, found []string
	differences("", plain(t, want), plain(t, saw), func(field string, want, saw any) {
		expected = append(expected, fmt.Sprintf("%s %v", field, want))
		found = append(found, fmt.Sprintf("%s %v", field, saw))
	})
	if len(expected) > 0 {
		rule.Broken(t, invariant.Report{Doing: fmt.Sprintf(doing, args...), Expected: strings.Join(expected, "\n"), Saw: strings.Join(found, "\n")})
	}
}

// plain is an object as JSON has it.
func plain(t *testing.T, obj any) (value any) {
	t.Helper()
	text, err := json.Marshal(obj)
	if err == nil {
		err = json.Unmarshal(text, &value)
	}
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// differences tells the fields in which two values of JSON differ, in the order of their names.
func differences(field string, want, saw any, tell func(field string, want, saw any)) {
	left, isMap := want.(map[string]any)
	right, isMapToo := saw.(map[string]any)
	if !isMap || !isMapToo {
		if !reflect.DeepEqual(want, saw) {
			tell(strings.TrimPrefix(field, "."), want, saw)
		}
		return
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(left)), maps.Keys(right))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		differences(field+"."+name, left[name], right[name], tell)
	}
}

func lines(requests []string) string {
	if len(requests) == 0 {
		return "nothing"
	}
	return strings.Join(requests, ", ")
}

func number(n int32) *int32 { return &n }

// website is one of its first generation, which nobody has reconciled.
func website() *v1alpha1.Website {
	return &v1alpha1.Website{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "site-1", Generation: 1, ResourceVersion: "11"},
		Spec:       v1alpha1.WebsiteSpec{Host: "shop.example.com", Image: "web:1", Replicas: number(2)},
	}
}

// story is a Deployment in a line.
func story(d *appsv1.Deployment) string {
	replicas := "?"
	if d.Spec.Replicas != nil {
		replicas = fmt.Sprint(*d.Spec.Replicas)
	}
	var images []string
	for _, c := range d.Spec.Template.Spec.Containers {
		images = append(images, c.Name+"="+c.Image)
	}
	return fmt.Sprintf("%s × %s", replicas, strings.Join(images, ","))
}

// owned is a Deployment as the server has it: with its defaults, and pods that are ready.
func owned(site *v1alpha1.Website) *appsv1.Deployment {
	yes := true
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: site.Namespace, Name: site.Name, UID: "deployment-1", Generation: 1, ResourceVersion: "12",
			OwnerReferences: []metav1.OwnerReference{{
				APIVersion: "workbook.example.com/v1alpha1", Kind: "Website", Name: site.Name, UID: site.UID, Controller: &yes, BlockOwnerDeletion: &yes,
			}},
		},
		Spec: appsv1.DeploymentSpec{
			Replicas: number(2), RevisionHistoryLimit: number(10), ProgressDeadlineSeconds: number(600),
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"workbook.example.com/website": site.Name}},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"workbook.example.com/website": site.Name}},
				Spec: corev1.PodSpec{
					RestartPolicy: corev1.RestartPolicyAlways, DNSPolicy: corev1.DNSClusterFirst,
					Containers: []corev1.Container{{Name: "site", Image: "web:1", TerminationMessagePath: "/dev/termination-log", ImagePullPolicy: corev1.PullIfNotPresent}},
				},
			},
		},
		Status: appsv1.DeploymentStatus{ObservedGeneration: 1, Replicas: 2, ReadyReplicas: 2, UpdatedReplicas: 2},
	}
}

// settled is a town where all is as it should be.
func settled(t *testing.T) *town {
	t.Helper()
	w := newTown(t, website(), owned(website()))
	w.check(nothingToDo, "there are a Website, of which no status was written, and a Deployment that is as it should be", "update websites/status")
	return w
}

// ready is the condition of that type, in a line.
func ready(site *v1alpha1.Website) string {
	c := meta.FindStatusCondition(site.Status.Conditions, v1alpha1.Ready)
	if c == nil {
		return "no condition"
	}
	return fmt.Sprintf("%s %s", c.Status, c.Reason)
}

// changeSite changes the stored Website.
func (w *town) changeSite(change func(*v1alpha1.Website)) {
	w.Helper()
	site := w.site()
	change(site)
	w.put(site)
}

// changeDeployment changes the stored Deployment.
func (w *town) changeDeployment(change func(*appsv1.Deployment)) {
	w.Helper()
	d := w.deployment()
	change(d)
	w.put(d)
}

// belongsTo makes somebody the controller of a Deployment.
func belongsTo(d *appsv1.Deployment, kind, name string, uid types.UID) *appsv1.Deployment {
	d.OwnerReferences[0].Kind, d.OwnerReferences[0].Name, d.OwnerReferences[0].UID = kind, name, uid
	return d
}
