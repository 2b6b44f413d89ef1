package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
)

// TestKilledAtEveryStep kills the controller after each write that it makes, in the three acts of a Website's
// life, and starts another one, which must come to the very same end. The first is killed before it
// makes any: things happen while no controller runs.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	name := func(n int64) string { return fmt.Sprint("site-", n) }
	before := func(n int64) want { return want{fmt.Sprintf("site-%d.example.com", n), pause, 0} }
	after := func(n int64) want { return want{fmt.Sprintf("site-%d.example.org", n), pause, 1} }

	created := w.atEveryWrite("create", func(n int64) { w.create(name(n), before(n)) },
		func(n int64) { w.serves(name(n), before(n)) })
	changed := w.atEveryWrite("change", func(n int64) { w.change(name(n%created), after(n)) },
		func(n int64) { w.serves(name(n%created), after(n)) })
	deleted := w.atEveryWrite("delete", func(n int64) { require.NoError(w, w.sites.Delete(w.Context(), name(n), metav1.DeleteOptions{})) },
		func(n int64) { w.eventually(w.state(name(n)), "") })

	require.GreaterOrEqual(t, created, int64(5), "Deployment, Service, host, finalizer, status at the least")
	require.GreaterOrEqual(t, changed, int64(3), "Deployment, host, status")
	require.GreaterOrEqual(t, deleted, int64(2), "host, finalizer")
	w.quiet()
}

// atEveryWrite lets a controller act that is killed after its n-th write, and another one finish, for each n until
// a controller lives to see the end. It returns how many were killed after a write.
func (w *town) atEveryWrite(act string, do, done func(n int64)) (killed int64) {
	for n := int64(0); ; n++ {
		mortal := w.runMortal(n)
		do(n)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			done(n)
		}()
		select {
		case <-ended:
			w.stopped(mortal)
			w.Logf("%s: %d writes", act, mortal.writes.Load())
			return n - 1
		case <-mortal.dead:
		}
		_ = mortal.stop() // it could not do what it wanted
		successor := w.run()
		<-ended
		w.stopped(successor)
	}
}

// TestTwoCopies has two controllers do the same work, without a word to each other.
func TestTwoCopies(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	first, second := w.run(), w.run()
	const sites = 4
	everywhere := func(do func(name string, n int)) {
		for n := range sites {
			do(fmt.Sprint("site-", n), n)
		}
	}
	everywhere(func(name string, n int) { w.create(name, want{name + ".example.com", pause, 1}) })
	everywhere(func(name string, n int) {
		w.serves(name, want{name + ".example.com", pause, 1})
	})
	everywhere(func(name string, n int) { w.change(name, want{name + ".example.org", pause, 2}) })
	everywhere(func(name string, n int) {
		w.serves(name, want{name + ".example.org", pause, 2})
	})
	require.Len(t, w.zone(), sites)
	w.stopped(first)
	w.stopped(second)

	// One alone needs 7 writes and then 5. Of two, each may lose some races, but they don't undo each other's work.
	for _, r := range []*running{first, second} {
		t.Log(r.writes.Load(), "writes")
		require.Less(t, r.writes.Load(), int64(2*12*sites))
	}
	w.quiet()

	w.run()
	w.run()
	everywhere(func(name string, n int) {
		require.NoError(t, w.sites.Delete(t.Context(), name, metav1.DeleteOptions{}))
	})
	everywhere(func(name string, n int) { w.eventually(w.state(name), "") })
	require.Empty(t, w.zone())
}

// TestUsersMeddle has users change and delete what belongs to a Website.
func TestUsersMeddle(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	ctx := t.Context()
	deployments, services, zones := w.core.AppsV1().Deployments(w.ns), w.core.CoreV1().Services(w.ns), w.core.CoreV1().ConfigMaps(w.ns)
	shop := want{"shop.example.com", pause, 1}
	w.run()
	w.create("shop", shop)
	w.serves("shop", shop)

	patchDeployment := func(patch string) error {
		_, err := deployments.Patch(ctx, "shop", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	}
	patchService := func(patch string) error {
		_, err := services.Patch(ctx, "shop", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	}
	deletion := func(propagation metav1.DeletionPropagation) metav1.DeleteOptions {
		return metav1.DeleteOptions{PropagationPolicy: &propagation}
	}
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"scale the Deployment", func() error { return patchDeployment(`{"spec":{"replicas":0}}`) }},
		{"another image", func() error {
			return patchDeployment(`{"spec":{"template":{"spec":{"containers":[{"name":"site","image":"evil"}]}}}}`)
		}},
		{"one more container", func() error {
			return patchDeployment(`{"spec":{"template":{"spec":{"containers":[{"name":"miner","image":"evil","ports":[{"containerPort":1}]}]}}}}`)
		}},
		{"pause the Deployment", func() error { return patchDeployment(`{"spec":{"paused":true}}`) }},
		{"remove the Deployment's label", func() error { return patchDeployment(`{"metadata":{"labels":null}}`) }},
		{"remove its owner", func() error { return patchDeployment(`{"metadata":{"ownerReferences":[{"$patch":"replace"}]}}`) }},
		{"make it one owner of many", func() error {
			return patchDeployment(`{"metadata":{"ownerReferences":[{"uid":"` + string(w.deployment("shop").OwnerReferences[0].UID) + `","controller":false}]}}`)
		}},
		{"delete the Deployment", func() error { return deployments.Delete(ctx, "shop", metav1.DeleteOptions{}) }},
		{"its pods first", func() error { return deployments.Delete(ctx, "shop", deletion(metav1.DeletePropagationForeground)) }},
		{"lead the Service astray", func() error { return patchService(`{"spec":{"selector":{"app":"other"}}}`) }},
		{"another port", func() error { return patchService(`{"spec":{"ports":[{"$patch":"replace"},{"port":81}]}}`) }},
		{"another protocol", func() error { return patchService(`{"spec":{"ports":[{"port":80,"protocol":"UDP"}]}}`) }},
		{"open it to the world", func() error { return patchService(`{"spec":{"type":"NodePort"}}`) }},
		{"make it a name for another", func() error {
			return patchService(`{"spec":{"type":"ExternalName","externalName":"evil.example.com"}}`)
		}},
		{"delete the Service", func() error { return services.Delete(ctx, "shop", metav1.DeleteOptions{}) }},
		{"remove the host", func() error {
			_, err := zones.Patch(ctx, "zone", types.MergePatchType, []byte(`{"data":{"shop.example.com":null}}`), metav1.PatchOptions{})
			return err
		}},
		{"add a host", func() error {
			_, err := zones.Patch(ctx, "zone", types.MergePatchType, []byte(`{"data":{"more.example.com":"`+w.ns+`/shop"}}`), metav1.PatchOptions{})
			return err
		}},
		{"delete the zone", func() error { return zones.Delete(ctx, "zone", metav1.DeleteOptions{}) }},
		{"remove the finalizer", func() error {
			_, err := w.sites.Patch(ctx, "shop", types.MergePatchType, []byte(`{"metadata":{"finalizers":null}}`), metav1.PatchOptions{})
			return err
		}},
		{"lie about the status", func() error {
			_, err := w.sites.Patch(ctx, "shop", types.MergePatchType, []byte(`{"status":{"readyReplicas":9,"conditions":[]}}`), metav1.PatchOptions{}, "status")
			return err
		}},
	} {
		require.NoError(t, c.do(), c.what)
		w.Log(c.what)
		w.serves("shop", shop)
	}

	// What the Website says nothing about is left to the user.
	require.NoError(t, patchDeployment(`{"metadata":{"annotations":{"mine":"yes"}},"spec":{"template":{"spec":{"containers":[{"name":"site","env":[{"name":"MINE","value":"yes"}]}]}}}}`))
	require.NoError(t, patchDeployment(`{"spec":{"replicas":3}}`))
	w.serves("shop", shop)
	require.Equal(t, "yes", w.deployment("shop").Annotations["mine"])
	require.Equal(t, "MINE", w.deployment("shop").Spec.Template.Spec.Containers[0].Env[0].Name)
}

// TestWhatBelongsToOthersIsLeftAlone has Websites whose names are taken: by somebody's Deployment, by another
// controller's, by a Service.
func TestWhatBelongsToOthersIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	ctx := t.Context()
	deployments, services := w.core.AppsV1().Deployments(w.ns), w.core.CoreV1().Services(w.ns)
	foreign := func(name string, meta metav1.ObjectMeta) *appsv1.Deployment {
		meta.Name = name
		labels := map[string]string{"app": name}
		d, err := deployments.Create(ctx, &appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{
			Replicas: new(int32), Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}, Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: pause}}}},
		}}, metav1.CreateOptions{})
		require.NoError(t, err)
		return d
	}
	zone, err := w.core.CoreV1().ConfigMaps(w.ns).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "owner"}}, metav1.CreateOptions{})
	require.NoError(t, err)
	owner := *metav1.NewControllerRef(zone, corev1.SchemeGroupVersion.WithKind("ConfigMap"))

	theirs := []*appsv1.Deployment{
		foreign("plain", metav1.ObjectMeta{}),
		foreign("owned", metav1.ObjectMeta{OwnerReferences: []metav1.OwnerReference{owner}, Labels: map[string]string{siteLabel: "owned"}}),
	}
	_, err = services.Create(ctx, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "served"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 1}}}}, metav1.CreateOptions{})
	require.NoError(t, err)

	w.run()
	for name, message := range map[string]string{
		"plain":  "Deployment plain was not made for this website",
		"owned":  "Deployment owned belongs to ConfigMap owner",
		"served": "Service served was not made for this website",
	} {
		w.create(name, want{name + ".example.com", pause, 0})
		w.eventually(w.condition(name), "False NotOwned: "+message)
		event := w.heard(name, "NotOwned")
		require.Equal(t, corev1.EventTypeWarning, event.Type)
		require.Equal(t, message, event.Message)
		require.EqualValues(t, 1, event.Count, "once is enough")
	}
	for _, d := range theirs {
		require.Equal(t, d.UID, w.deployment(d.Name).UID)
		require.Equal(t, d.Generation, w.deployment(d.Name).Generation)
		require.Equal(t, d.Labels, w.deployment(d.Name).Labels)
	}
	require.Empty(t, w.zone(), "nothing serves")

	require.NoError(t, deployments.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: siteLabel + "!=served"}))
	require.NoError(t, services.Delete(ctx, "served", metav1.DeleteOptions{}))
	for _, name := range []string{"plain", "owned", "served"} {
		w.serves(name, want{name + ".example.com", pause, 0})
	}
}

// TestAnOrphanIsAdopted: its pods go on serving.
func TestAnOrphanIsAdopted(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	shop := want{"shop.example.com", pause, 1}
	w.run()
	w.create("shop", shop)
	w.serves("shop", shop)
	before := w.deployment("shop")

	orphan := metav1.DeletePropagationOrphan
	require.NoError(t, w.sites.Delete(t.Context(), "shop", metav1.DeleteOptions{PropagationPolicy: &orphan}))
	w.eventually(func() string {
		_, err := w.sites.Get(t.Context(), "shop", metav1.GetOptions{})
		return string(apierrors.ReasonForError(err))
	}, string(metav1.StatusReasonNotFound))
	require.Empty(t, w.deployment("shop").OwnerReferences)

	w.create("shop", shop)
	w.serves("shop", shop)
	require.Equal(t, before.UID, w.deployment("shop").UID)
	require.Equal(t, before.Generation, w.deployment("shop").Generation, "nothing was rolled out")
}

// TestAHostHasOneWebsite: who comes second waits, and keeps what it has.
func TestAHostHasOneWebsite(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	w.run()
	site := func(host string) want { return want{host, pause, 0} }
	w.create("first", site("a.example.com"))
	w.serves("first", site("a.example.com"))
	w.create("second", site("b.example.com"))
	w.serves("second", site("b.example.com"))

	w.change("second", site("a.example.com"))
	w.eventually(w.condition("second"), "False HostTaken: a.example.com belongs to website "+w.ns+"/first")
	require.Equal(t, corev1.EventTypeWarning, w.heard("second", "HostTaken").Type)
	require.Equal(t, map[string]string{"a.example.com": w.ns + "/first", "b.example.com": w.ns + "/second"}, w.zone())

	w.change("first", site("c.example.com"))
	w.serves("second", site("a.example.com"))
	w.serves("first", site("c.example.com"))
	require.Equal(t, map[string]string{"c.example.com": w.ns + "/first", "a.example.com": w.ns + "/second"}, w.zone())

	w.change("first", site("a.example.com")) // they change places
	w.change("second", site("c.example.com"))
	w.serves("first", site("a.example.com"))
	w.serves("second", site("c.example.com"))
}

// TestTheServerRefuses: the status says so, which said that all was well; and when the server has changed its mind, it is.
func TestTheServerRefuses(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	shop := want{"shop.example.com", pause, 1}
	w.run()
	w.create("shop", shop)
	w.serves("shop", shop)

	quotas := w.core.CoreV1().ResourceQuotas(w.ns)
	none := corev1.ResourceList{"count/deployments.apps": resource.MustParse("0")}
	_, err := quotas.Create(t.Context(), &corev1.ResourceQuota{ObjectMeta: metav1.ObjectMeta{Name: "none"}, Spec: corev1.ResourceQuotaSpec{Hard: none}}, metav1.CreateOptions{})
	require.NoError(t, err)
	w.eventually(func() string { // from then on it counts
		quota, err := quotas.Get(t.Context(), "none", metav1.GetOptions{})
		require.NoError(t, err)
		return fmt.Sprint(len(quota.Status.Hard))
	}, "1")
	require.NoError(t, w.core.AppsV1().Deployments(w.ns).Delete(t.Context(), "shop", metav1.DeleteOptions{}))
	w.eventually(func() string {
		told, _, _ := strings.Cut(w.condition("shop")(), ", requested")
		return told
	}, fmt.Sprintf("False SyncFailed: create Deployment %s/shop: deployments.apps %q is forbidden: exceeded quota: none", w.ns, "shop"))
	require.Equal(t, corev1.EventTypeWarning, w.heard("shop", "SyncFailed").Type)

	require.NoError(t, quotas.Delete(t.Context(), "none", metav1.DeleteOptions{}))
	w.serves("shop", shop)
}

// TestAHandRemovesTheFinalizer of a Website that is being deleted, while no controller runs.
func TestAHandRemovesTheFinalizer(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	shop := want{"shop.example.com", pause, 0}
	first := w.run()
	w.create("shop", shop)
	w.serves("shop", shop)
	w.stopped(first)
	require.NoError(t, w.sites.Delete(t.Context(), "shop", metav1.DeleteOptions{}))
	w.letGo(t.Context())
	w.create("heir", shop)
	w.run()
	w.serves("heir", shop)
	require.Equal(t, map[string]string{"shop.example.com": w.ns + "/heir"}, w.zone())

	require.NoError(t, w.sites.Delete(t.Context(), "heir", metav1.DeleteOptions{})) // and while one runs
	w.letGo(t.Context())
	w.eventually(w.state("heir"), "")
}

// TestNoHostIsEnteredForTheDead has one copy about to enter a host when the Website is deleted, and another
// copy finalizes it.
func TestNoHostIsEnteredForTheDead(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	reached, free := make(chan struct{}), make(chan struct{})
	cfg := rest.CopyConfig(w.cfg)
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper {
		var once sync.Once
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodPut && strings.HasSuffix(req.URL.Path, "/configmaps/zone") {
				once.Do(func() {
					close(reached)
					<-free
				})
			}
			return next.RoundTrip(req)
		})
	})
	slow := w.runOn(cfg)
	w.create("shop", want{"shop.example.com", pause, 0})
	<-reached
	require.NoError(t, w.sites.Delete(t.Context(), "shop", metav1.DeleteOptions{}))
	w.run()
	w.eventually(w.state("shop"), "")
	close(free)
	w.stopped(slow)
	require.Empty(t, w.zone())
}

// TestTheServerRestarts while a controller runs, and in the middle of its work. What its watches have seen is history by then.
func TestTheServerRestarts(t *testing.T) {
	w := newTown(t, cluster.ForDisruption(t))
	w.run()
	site := func(host string) want { return want{host, pause, 1} }
	w.create("old", site("old.example.com"))
	w.serves("old", site("old.example.com"))
	w.create("new", site("new.example.com"))
	require.NoError(t, cluster.CompactEtcd(t.Context()))
	require.NoError(t, cluster.RestartAPIServer(t.Context()))
	w.change("old", site("older.example.com"))

	w.serves("new", site("new.example.com"))
	w.serves("old", site("older.example.com"))
	require.NoError(t, w.sites.Delete(t.Context(), "old", metav1.DeleteOptions{}))
	w.eventually(w.state("old"), "")
}

// TestInvalidWebsitesAreRefused by the server, before any controller sees them.
func TestInvalidWebsitesAreRefused(t *testing.T) {
	t.Parallel()
	w := newTown(t, cluster.ForTest(t))
	for field, spoil := range map[string]func(*v1alpha1.Website){
		"metadata.name": func(site *v1alpha1.Website) { site.Name = "1st.site" },
		"spec.host":     func(site *v1alpha1.Website) { site.Spec.Host = "" },
		"spec.image":    func(site *v1alpha1.Website) { site.Spec.Image = " nginx" },
		"spec.port":     func(site *v1alpha1.Website) { site.Spec.Port = 65536 },
		"spec.replicas": func(site *v1alpha1.Website) { site.Spec.Replicas = new(int32); *site.Spec.Replicas = -1 },
	} {
		site := website("shop", "shop.example.com")
		spoil(site)
		_, err := w.sites.Create(t.Context(), site, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		require.True(t, apierrors.IsInvalid(err), "%s: %v", field, err)
		require.Contains(t, err.Error(), field)
	}
	for _, host := range []string{"nowhere", "Shop.example.com", "-.example.com", "example.com.", "a b.c", "a..b", "пример.com"} {
		_, err := w.sites.Create(t.Context(), website("shop", host), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		require.True(t, apierrors.IsInvalid(err), "%s: %v", host, err)
	}

	site, err := w.sites.Create(t.Context(), website("shop", "shop.example.com"), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	require.NoError(t, err)
	require.EqualValues(t, 8080, site.Spec.Port)
	require.EqualValues(t, 1, *site.Spec.Replicas)
}
