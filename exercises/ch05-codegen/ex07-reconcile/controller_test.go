package reconcile_test

import (
	"errors"
	"fmt"
	"testing"

	"go.uber.org/goleak"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/exercises/internal/invariant"
	clienttesting "client-go-workbook/lib/testing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	made = invariant.Invariant{
		Says: "a Website without a Deployment gets one: its own, as its spec says",
		Read: "README.md, Task; ch05-codegen/05-controller/parts.go, create",
	}
	nothingToDo = invariant.Invariant{
		Says: "what is as it should be costs no request",
		Read: "README.md, Invariant; ch05-codegen/05-controller/parts.go, ensure",
	}
	putRight = invariant.Invariant{
		Says: "what the Website says about its Deployment is so again, and all else stays as others have set it",
		Read: "README.md, third paragraph; ch05-codegen/05-controller/parts.go, part",
	}
	othersOwn = invariant.Invariant{
		Says: "a Deployment that the Website doesn't control is never written",
		Read: "README.md, fourth paragraph; ch05-codegen/05-controller/parts.go, claim",
	}
	going = invariant.Invariant{
		Says: "for what is being deleted nothing is made, and nothing is put right",
		Read: "controller.go, Reconcile; ch05-codegen/05-controller/controller.go, sync",
	}
	statusSays = invariant.Invariant{
		Says: "the status is what statusOf says, for the generation that was reconciled, and written only if it changes",
		Read: "README.md, fifth paragraph; ch05-codegen/05-controller/status.go, report",
	}
	everybodys = invariant.Invariant{
		Says: "what comes from a cache is read, and never changed",
		Read: "controller.go, Reconcile; lib/lister/lister.go, package comment",
	}
	errorsPass = invariant.Invariant{
		Says: "a request that fails ends the step: its error is returned, and nothing else is asked",
		Read: "controller.go, Reconcile; ch05-codegen/05-controller/controller.go, processNext",
	}
)

func TestDeploymentIsMade(t *testing.T) {
	w := newTown(t, website())
	w.check(made, "create a Website", "create deployments", "update websites/status")
	d := w.deployment()
	made.Equal(t, "2 × site=web:1", story(d), "look at its Deployment")
	made.Equal(t, map[string]string{"workbook.example.com/website": "web"}, d.Spec.Template.Labels, "look at the labels of its pods")
	if owner := metav1.GetControllerOf(d); owner == nil || owner.UID != "site-1" || owner.Kind != "Website" || owner.Name != "web" {
		made.Broken(t, invariant.Report{Doing: "ask who controls its Deployment", Expected: "Website web, with its UID", Saw: fmt.Sprintf("%+v", owner)})
	}
}

func TestDeploymentIsMadeOnce(t *testing.T) {
	w := newTown(t, website())
	w.check(made, "create a Website", "create deployments", "update websites/status")
	w.check(nothingToDo, "reconcile it once")
	w.check(nothingToDo, "reconcile it twice")
}

func TestDefaultsAreNoDrift(t *testing.T) {
	w := settled(t)
	w.check(nothingToDo, "the server has filled in defaults, and all replicas are ready")
}

func TestReplicasAreOthersBusiness(t *testing.T) {
	w := settled(t)
	w.changeSite(func(s *v1alpha1.Website) { s.Spec.Replicas = nil })
	w.changeDeployment(func(d *appsv1.Deployment) {
		d.Spec.Replicas, d.Status.Replicas, d.Status.ReadyReplicas = number(7), 7, 7
	})
	w.check(putRight, "the Website says nothing of replicas, and an autoscaler wants 7", "update websites/status")
	putRight.Equal(t, "7 × site=web:1", story(w.deployment()), "look at its Deployment")
}

func TestSpecChanges(t *testing.T) {
	w := settled(t)
	w.changeSite(func(s *v1alpha1.Website) { s.Spec.Image, s.Spec.Replicas, s.Generation = "web:2", number(3), 2 })
	w.check(putRight, "change image and replicas of the Website", "update deployments", "update websites/status")
	putRight.Equal(t, "3 × site=web:2", story(w.deployment()), "look at its Deployment")
	w.check(nothingToDo, "reconcile it once")
}

func TestDriftIsPutRight(t *testing.T) {
	for _, c := range []struct {
		doing string
		do    func(d *appsv1.Deployment)
	}{
		{"somebody sets another image", func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "web:0" }},
		{"somebody scales to 5", func(d *appsv1.Deployment) { d.Spec.Replicas = number(5) }},
		{"somebody takes the pods' labels away", func(d *appsv1.Deployment) { d.Spec.Template.Labels = nil }},
		{"somebody takes the container away", func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers = nil }},
	} {
		w := settled(t)
		w.changeDeployment(c.do)
		w.check(putRight, c.doing, "update deployments")
		putRight.Equal(t, "2 × site=web:1", story(w.deployment()), "%s, and reconcile: look at the Deployment", c.doing)
		putRight.Equal(t, "web", w.deployment().Spec.Template.Labels["workbook.example.com/website"], "%s, and reconcile: look at the pods' label", c.doing)
	}
}

func TestWhatOthersSetStays(t *testing.T) {
	w := settled(t)
	w.changeDeployment(func(d *appsv1.Deployment) {
		d.Annotations = map[string]string{"deployment.kubernetes.io/revision": "4"}
		d.Labels = map[string]string{"team": "a"}
		d.Spec.Template.Spec.Containers = append(d.Spec.Template.Spec.Containers, corev1.Container{Name: "proxy", Image: "proxy:1"})
		d.Spec.Paused = true
	})
	w.check(nothingToDo, "others add an annotation, a label and a container, and pause the Deployment")
	w.changeSite(func(s *v1alpha1.Website) { s.Spec.Image = "web:2" })
	w.check(putRight, "then change the image of the Website", "update deployments")
	d := w.deployment()
	putRight.Equal(t, "2 × site=web:2,proxy=proxy:1", story(d), "look at the Deployment")
	putRight.Equal(t, "4", d.Annotations["deployment.kubernetes.io/revision"], "look at its annotation")
	putRight.Equal(t, "a", d.Labels["team"], "look at its label")
	putRight.Equal(t, true, d.Spec.Paused, "is it still paused")
	same(t, putRight, number(10), d.Spec.RevisionHistoryLimit, "look at the revisionHistoryLimit, which the server had filled in")
	putRight.Equal(t, "12", updated(t, w).ResourceVersion, "look at the resourceVersion that was sent: without it, the update would win over one that the cache hasn't heard of")
}

// updated is the Deployment that the last step has sent.
func updated(t *testing.T, w *town) *appsv1.Deployment {
	t.Helper()
	for _, action := range w.deployments.Actions() {
		if update, ok := action.(clienttesting.UpdateActionImpl); ok {
			return update.GetObject().(*appsv1.Deployment)
		}
	}
	t.Fatal("no Deployment was updated")
	return nil
}

func TestOthersDeploymentIsLeftAlone(t *testing.T) {
	for _, c := range []struct {
		whose string
		of    *appsv1.Deployment
	}{
		{"another controller's", belongsTo(owned(website()), "Blog", "web", "blog-1")},
		{"another Website's", belongsTo(owned(website()), "Website", "wiki", "site-2")},
		{"a Website's of the same name, which was deleted", belongsTo(owned(website()), "Website", "web", "site-0")},
		{"nobody's", func() *appsv1.Deployment { d := owned(website()); d.OwnerReferences = nil; return d }()},
		{"owned, but not controlled, by the Website", func() *appsv1.Deployment {
			d := owned(website())
			d.OwnerReferences[0].Controller = nil
			return d
		}()},
	} {
		c.of.Spec.Template.Spec.Containers[0].Image = "theirs:1"
		w := newTown(t, website(), c.of)
		before := w.deployment()
		w.check(othersOwn, "there is a Deployment of the Website's name, "+c.whose, "update websites/status")
		same(t, othersOwn, before, w.deployment(), "a Deployment is %s: look at it when the Website is reconciled", c.whose)
		othersOwn.Equal(t, "False NotOwned", ready(w.site()), "a Deployment is %s: look at the Website's status", c.whose)
		statusSays.Equal(t, int32(0), w.site().Status.Replicas, "a Deployment is %s: how many replicas has the Website", c.whose)
		statusSays.Equal(t, int64(1), w.site().Status.ObservedGeneration, "a Deployment is %s: of which generation is the Website's status", c.whose)
		w.check(nothingToDo, "it stays "+c.whose)
	}
}

func TestOthersDeploymentGoes(t *testing.T) {
	w := newTown(t, website(), belongsTo(owned(website()), "Blog", "web", "blog-1"))
	w.check(othersOwn, "there is a Deployment of the Website's name, another controller's", "update websites/status")
	if err := w.stored.Delete(depls, "shop", "web"); err != nil {
		t.Fatal(err)
	}
	w.check(made, "then it is deleted", "create deployments", "update websites/status")
	made.Equal(t, "False Progressing", ready(w.site()), "look at the Website's status")
}

func now() *metav1.Time { t := metav1.Now(); return &t }

func TestWebsiteIsBeingDeleted(t *testing.T) {
	gone := website()
	gone.DeletionTimestamp, gone.Finalizers = now(), []string{"somebody"}
	w := newTown(t, gone)
	w.check(going, "a Website without a Deployment is being deleted")
	old := owned(website())
	old.Spec.Template.Spec.Containers[0].Image = "web:0"
	w.put(old)
	w.check(going, "a Website is being deleted, and its Deployment has another image")
}

func TestDeploymentIsBeingDeleted(t *testing.T) {
	w := settled(t)
	w.changeDeployment(func(d *appsv1.Deployment) {
		d.DeletionTimestamp, d.Finalizers = now(), []string{"foregroundDeletion"}
		d.Spec.Template.Spec.Containers[0].Image = "web:0"
	})
	w.check(going, "the Deployment is being deleted, and has another image")
	w.changeDeployment(func(d *appsv1.Deployment) { d.Status.Replicas, d.Status.ReadyReplicas = 1, 0 })
	w.check(statusSays, "then its pods end", "update websites/status")
	statusSays.Equal(t, "False Progressing", ready(w.site()), "the Deployment is being deleted, and its pods end: look at the Website's status")
}

func TestStatusFollowsTheDeployment(t *testing.T) {
	w := newTown(t, website())
	w.check(made, "create a Website", "create deployments", "update websites/status")
	statusSays.Equal(t, "False Progressing", ready(w.site()), "look at its status")
	w.put(owned(website()))
	w.check(statusSays, "then its pods are ready", "update websites/status")
	statusSays.Equal(t, "True Serving", ready(w.site()), "then its pods are ready: look at the status")
	statusSays.Equal(t, int32(2), w.site().Status.ReadyReplicas, "then its pods are ready: how many does the status tell of")
	w.check(nothingToDo, "its pods are ready, and the status says so")
}

// A third pod has come, and isn't ready: no condition of the Website tells of it.
func TestStatusIsMoreThanItsConditions(t *testing.T) {
	w := settled(t)
	w.changeDeployment(func(d *appsv1.Deployment) { d.Status.Replicas++ })
	w.check(statusSays, "the Deployment has one more pod, which isn't ready", "update websites/status")
	statusSays.Equal(t, int32(3), w.site().Status.Replicas, "the Deployment has one more pod: how many does the status tell of")
}

func TestObservedGeneration(t *testing.T) {
	w := settled(t)
	statusSays.Equal(t, int64(1), w.site().Status.ObservedGeneration, "reconcile the first generation of a Website: of which is its status")
	w.changeDeployment(func(d *appsv1.Deployment) { d.Generation, d.Status.ObservedGeneration = 9, 9 })
	w.changeSite(func(s *v1alpha1.Website) { s.Spec.Host, s.Generation = "www.example.com", 2 })
	w.check(statusSays, "change the host, which is no matter of the Deployment's", "update websites/status")
	statusSays.Equal(t, int64(2), w.site().Status.ObservedGeneration, "reconcile the second generation: of which is its status")
	statusSays.Equal(t, "True Serving", ready(w.site()), "reconcile the second generation: what is its status")
}

// What is sent is the Website, as it was read, with another status.
func TestStatusIsSentWithTheVersionThatWasRead(t *testing.T) {
	w := newTown(t, website())
	w.check(statusSays, "create a Website", "create deployments", "update websites/status")
	sent := w.websites.Actions()[0].(clienttesting.UpdateActionImpl).GetObject().(*v1alpha1.Website)
	statusSays.Equal(t, "11", sent.ResourceVersion, "look at the resourceVersion that was sent with the status")
	same(t, statusSays, website().Spec, sent.Spec, "look at the spec that was sent with the status")
}

func TestCacheLagsBehind(t *testing.T) {
	w := newTown(t, website())
	w.cacheIsOld = true
	w.put(owned(website()))
	asked, err := w.step()
	if !apierrors.IsAlreadyExists(err) {
		errorsPass.Broken(t, invariant.Report{Doing: "the cache hasn't heard of the Deployment yet: reconcile", Expected: "AlreadyExists, from the server", Saw: fmt.Sprint(err)})
	}
	errorsPass.Equal(t, "create deployments", lines(asked), "the cache hasn't heard of the Deployment yet: what is asked of the server")
	w.cacheIsOld = false
	w.check(statusSays, "then it has heard of it", "update websites/status")
}

func TestCacheThatCanNotBeRead(t *testing.T) {
	w := newTown(t, website())
	w.cacheIsOld = true
	if err := w.cache.Add(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}}); err != nil {
		t.Fatal(err)
	}
	asked, err := w.step()
	if err == nil {
		errorsPass.Broken(t, invariant.Report{Doing: "the cache holds a Pod where Deployments should be: reconcile", Expected: "the lister's error", Saw: "no error"})
	}
	errorsPass.Equal(t, "nothing", lines(asked), "the cache holds a Pod where Deployments should be: what is asked of the server")
}

func TestRequestsThatFail(t *testing.T) {
	conflict := apierrors.NewConflict(depls.GroupResource(), "web", errors.New("it was changed"))
	down := errors.New("connection refused")
	for _, c := range []struct {
		verb string
		err  error
		town func() *town
	}{
		{"create", down, func() *town { return newTown(t, website()) }},
		{"create", apierrors.NewForbidden(depls.GroupResource(), "web", errors.New("quota")), func() *town { return newTown(t, website()) }},
		{"update", conflict, func() *town { return drifted(t) }},
		{"update", down, func() *town { return drifted(t) }},
	} {
		w := c.town()
		w.deployments.PrependReactor(c.verb, "deployments", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, c.err })
		asked, err := w.step()
		if !errors.Is(err, c.err) {
			errorsPass.Broken(t, invariant.Report{Doing: fmt.Sprintf("the %s of a Deployment fails with %q: reconcile", c.verb, c.err), Expected: "an error that wraps it", Saw: fmt.Sprint(err)})
		}
		errorsPass.Equal(t, c.verb+" deployments", lines(asked), "the %s of a Deployment fails with %q: what is asked of the server", c.verb, c.err)
	}
}

func drifted(t *testing.T) *town {
	t.Helper()
	w := settled(t)
	w.changeDeployment(func(d *appsv1.Deployment) { d.Spec.Replicas = number(5) })
	return w
}

func TestStatusThatCanNotBeWritten(t *testing.T) {
	conflict := apierrors.NewConflict(sites.GroupResource(), "web", errors.New("it was changed"))
	w := newTown(t, website())
	w.websites.PrependReactor("update", "websites", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, conflict })
	asked, err := w.step()
	if !apierrors.IsConflict(err) {
		errorsPass.Broken(t, invariant.Report{Doing: "the update of the status meets a conflict: reconcile", Expected: "a conflict, from the server", Saw: fmt.Sprint(err)})
	}
	errorsPass.Equal(t, "create deployments, update websites/status", lines(asked), "the update of the status meets a conflict: what is asked of the server")
}

// Two Websites of one name, one after the other: the second must not take what the first has left.
func TestWebsiteIsCreatedAnew(t *testing.T) {
	w := settled(t)
	anew := website()
	anew.UID = types.UID("site-9")
	anew.Spec.Image = "web:9"
	w.put(anew)
	w.check(othersOwn, "delete the Website, and create another of its name, before its Deployment is collected", "update websites/status")
	othersOwn.Equal(t, "2 × site=web:1", story(w.deployment()), "look at the old Deployment")
	if err := w.stored.Delete(depls, "shop", "web"); err != nil {
		t.Fatal(err)
	}
	w.check(made, "then the old Deployment is collected", "create deployments", "update websites/status")
	made.Equal(t, "2 × site=web:9", story(w.deployment()), "look at the new Deployment")
}
