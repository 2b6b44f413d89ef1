package informers_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/informers"
	"client-go-workbook/lib/informers/internalinterfaces"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/fake"
	"client-go-workbook/lib/store"
	fakeapi "client-go-workbook/lib/testing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// typeInformer is one type's informer as reflection finds it: what Core().V1().Pods() returns.
type typeInformer struct {
	name     string // "Core V1 Pods"
	informer informer.SharedIndexInformer
	lister   any
}

// typeInformers walks the factory: group, version, type.
func typeInformers(factory informers.SharedInformerFactory) []typeInformer {
	var found []typeInformer
	groups := reflect.ValueOf(&factory).Elem()
	for g := range groups.NumMethod() {
		if m := groups.Type().Method(g); m.Type.NumIn() > 0 || m.Type.NumOut() != 1 {
			continue // Shutdown, StartWithContext and the like
		}
		versions := groups.Method(g).Call(nil)[0]
		for v := range versions.NumMethod() {
			types := versions.Method(v).Call(nil)[0]
			for i := range types.NumMethod() {
				one := types.Method(i).Call(nil)[0]
				found = append(found, typeInformer{
					name:     strings.Join([]string{groups.Type().Method(g).Name, versions.Type().Method(v).Name, types.Type().Method(i).Name}, " "),
					informer: one.MethodByName("Informer").Call(nil)[0].Interface().(informer.SharedIndexInformer),
					lister:   one.MethodByName("Lister").Call(nil)[0].Interface(),
				})
			}
		}
	}
	return found
}

// Each informer lists and watches its own type: an object of every type, put behind the fake, comes out of the store of one
// informer, through ForResource too.
func TestEveryTypesInformerSeesItsType(t *testing.T) {
	clients := fake.NewSimpleClientset()
	factory := informers.NewSharedInformerFactory(clients, 0)
	t.Cleanup(factory.Shutdown) // the test's context has ended by then
	all := typeInformers(factory)
	require.Equal(t, 147, len(all), "the walk has lost some") // the reviews have none: nobody can list them

	factory.StartWithContext(t.Context())
	require.NoError(t, factory.WaitForCacheSyncWithContext(t.Context()).AsError())
	seen := map[schema.GroupVersionResource]bool{}
	for _, action := range clients.Actions() {
		seen[action.GetResource()] = true
	}
	require.Equal(t, len(all), len(seen), "each asks for another resource")
	for gvr := range seen {
		generic, err := factory.ForResource(gvr)
		require.NoError(t, err, gvr)
		same := 0
		for _, one := range all {
			if one.informer == generic.Informer() {
				same++
			}
		}
		require.Equal(t, 1, same, "%s: another informer than the one that was asked for by name", gvr)
	}
	_, err := factory.ForResource(schema.GroupVersionResource{Group: "shop", Version: "v1", Resource: "orders"})
	require.ErrorContains(t, err, "orders")
}

func TestOptionsReachTheServerAndTheStore(t *testing.T) {
	synctest.Test(t, optionsReachTheServerAndTheStore)
}

func optionsReachTheServerAndTheStore(t *testing.T) {
	labelled := func(namespace, name, app string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"app": app}}}
	}
	clients := fake.NewSimpleClientset(labelled("shop", "web-0", "web"), labelled("shop", "db-0", "db"), labelled("bank", "web-0", "web"))
	factory := informers.NewSharedInformerFactoryWithOptions(clients, 0,
		informers.WithNamespace("shop"),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = "app=web" }),
		informers.WithTransform(func(obj any) (any, error) {
			obj.(metav1.Object).SetManagedFields(nil)
			obj.(metav1.Object).SetAnnotations(map[string]string{"transformed": "yes"})
			return obj, nil
		}))
	t.Cleanup(factory.Shutdown) // the test's context has ended by then
	pods := factory.Core().V1().Pods().Informer()
	factory.StartWithContext(t.Context())
	require.NoError(t, factory.WaitForCacheSyncWithContext(t.Context()).AsError())
	synctest.Wait() // what is listed is in the store before the watch is asked for

	require.Equal(t, []string{"shop/web-0"}, pods.GetStore().ListKeys())
	require.Equal(t, "yes", pods.GetStore().List()[0].(*corev1.Pod).Annotations["transformed"])
	require.Equal(t, []string{"list", "watch"}, verbs(clients))
	for _, action := range clients.Actions() {
		require.Equal(t, "shop", action.GetNamespace())
	}
}

func verbs(clients *fake.Clientset) (all []string) {
	for _, action := range clients.Actions() {
		all = append(all, action.GetVerb())
	}
	return all
}

// Who asks twice gets the same, by whichever way; a type without an informer here can have one as well.
func TestOneInformerPerType(t *testing.T) {
	factory := informers.NewSharedInformerFactory(fake.NewSimpleClientset(), 0)
	require.True(t, factory.Core().V1().Pods().Informer() == factory.Core().V1().Pods().Informer())
	require.False(t, factory.Apps().V1().Deployments().Informer() == factory.Apps().V1beta1().Deployments().Informer())

	made := 0
	var own internalinterfaces.NewInformerFunc = func(_ kubernetes.Interface, _ time.Duration) informer.SharedIndexInformer {
		made++
		return informer.NewSharedIndexInformerWithOptions(nil, &corev1.Binding{}, informer.SharedIndexInformerOptions{})
	}
	require.True(t, factory.InformerFor(&corev1.Binding{}, own) == factory.InformerFor(&corev1.Binding{}, own))
	require.Equal(t, 1, made)
}

// Writers don't wait until an informer has listed and begun to watch; it sees what they wrote before, after and in between. One
// write comes in between for sure.
func TestNothingIsLostBetweenListAndWatch(t *testing.T) {
	const writers, writes = 4, 50
	clients := fake.NewSimpleClientset()
	maps := clients.CoreV1().ConfigMaps("shop")
	factory := informers.NewSharedInformerFactory(clients, 0)
	t.Cleanup(factory.Shutdown) // the test's context has ended by then
	full := make(chan string, writers*writes+1)
	tell := func(obj any) {
		if m := obj.(*corev1.ConfigMap); m.Data["filled"] == "yes" {
			full <- m.Name
		}
	}
	informed := factory.Core().V1().ConfigMaps().Informer()
	_, err := informed.AddEventHandler(informer.ResourceEventHandlerFuncs{AddFunc: tell, UpdateFunc: func(_, obj any) { tell(obj) }})
	require.NoError(t, err)

	clients.PrependWatchReactor("configmaps", func(action fakeapi.Action) (bool, watch.Interface, error) {
		between := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "between"}, Data: map[string]string{"filled": "yes"}}
		assert.NoError(t, clients.Tracker().Create(action.GetResource(), between, "shop"))
		return false, nil, nil
	})

	var writing sync.WaitGroup
	defer writing.Wait()
	for w := range writers {
		writing.Go(func() {
			for i := range writes {
				m := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("m-%d-%d", w, i)}}
				_, err := maps.Create(t.Context(), m, metav1.CreateOptions{})
				assert.NoError(t, err)
				m.Data = map[string]string{"filled": "yes"}
				_, err = maps.Update(t.Context(), m, metav1.UpdateOptions{})
				assert.NoError(t, err)
			}
		})
	}
	factory.StartWithContext(t.Context())
	seen := map[string]bool{}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	for range writers*writes + 1 {
		select {
		case name := <-full:
			seen[name] = true // once each: nothing is filled twice
		case <-ctx.Done():
			require.Len(t, seen, writers*writes+1, "the rest never came")
		}
	}
	require.Len(t, seen, writers*writes+1)
	require.Len(t, informed.GetStore().ListKeys(), writers*writes+1)
}

// An indexer of one's own is added before the start, beside the one by namespace.
func TestIndexersOfOnesOwn(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}, Spec: corev1.PodSpec{NodeName: "n1"}}
	factory := informers.NewSharedInformerFactory(fake.NewSimpleClientset(pod), 0)
	t.Cleanup(factory.Shutdown) // the test's context has ended by then
	pods := factory.Core().V1().Pods().Informer()
	require.NoError(t, pods.AddIndexers(store.Indexers{"node": func(obj any) ([]string, error) {
		return []string{obj.(*corev1.Pod).Spec.NodeName}, nil
	}}))
	factory.StartWithContext(t.Context())
	require.NoError(t, factory.WaitForCacheSyncWithContext(t.Context()).AsError())
	onNode, err := pods.GetIndexer().ByIndex("node", "n1")
	require.NoError(t, err)
	require.Len(t, onNode, 1)
	_, known := pods.GetIndexer().GetIndexers()[store.NamespaceIndex]
	require.True(t, known)
}
