package listandwatch_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned/fake"
	listandwatch "client-go-workbook/exercises/ch05-codegen/ex06-list-and-watch"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/rest"
)

func website(namespace, name, tier string) *v1alpha1.Website {
	return &v1alpha1.Website{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"tier": tier}}}
}

// running runs an informer until the test has ended.
func running(t *testing.T, i informer.SharedIndexInformer, test func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		i.RunWithContext(ctx)
	}()
	defer func() { cancel(); <-ended }()
	synctest.Wait()
	test()
}

func keys(i informer.SharedIndexInformer) string {
	all := i.GetStore().ListKeys()
	slices.Sort(all)
	return strings.Join(all, " ")
}

func gold(o *metav1.ListOptions) { o.LabelSelector = "tier=gold" }

// An informer of the gold Websites in shop, at a server that has others, too: some from the start, some later.
func TestInformerHasWhatTheTweakSelects(t *testing.T) {
	bubble.Test(t, sameSelection, func(t *testing.T) {
		scheme := runtime.NewScheme()
		sameSelection.NoError(t, v1alpha1.AddToScheme(scheme), "make the types known")
		server := apitest.Start(t, apitest.Config{
			InMemory: true, Scheme: scheme,
			Resources: []apitest.Resource{{GroupVersionKind: v1alpha1.SchemeGroupVersion.WithKind("Website"), Plural: "websites", Namespaced: true, Status: true}},
		})
		client, err := versioned.NewForConfigAndClient(&rest.Config{Host: server.URL, QPS: -1}, server.Client())
		sameSelection.NoError(t, err, "make a client")
		add := func(sites ...*v1alpha1.Website) {
			for _, site := range sites {
				sameSelection.NoError(t, server.Create(site), "create %s", site.Name)
			}
		}
		add(website("shop", "old-gold", "gold"), website("shop", "old-tin", "tin"), website("lab", "old-gold", "gold"))
		i := listandwatch.NewInformer(client, "shop", gold)
		running(t, i, func() {
			sameSelection.Equal(t, "shop/old-gold", keys(i), "start an informer of the gold Websites in shop: what has it in its store")
			add(website("shop", "new-gold", "gold"), website("shop", "new-tin", "tin"), website("lab", "new-gold", "gold"))
			synctest.Wait()
			sameSelection.Equal(t, "shop/new-gold shop/old-gold", keys(i), "then create others, gold and tin, in shop and elsewhere: what has it in its store")
		})
	})
}

// A fake never begins a watch with a list. An informer that waits for one never has synced.
func TestInformerOfAFakeClient(t *testing.T) {
	bubble.Test(t, saysSo, func(t *testing.T) {
		client := fake.NewSimpleClientset(website("shop", "web", "gold"))
		i := listandwatch.NewInformer(client, "shop", nil)
		running(t, i, func() {
			saysSo.Equal(t, true, i.HasSynced(), "start an informer with a fake client: has it synced")
			saysSo.Equal(t, "shop/web", keys(i), "start an informer with a fake client: what has it in its store")
			_, err := client.WorkbookV1alpha1().Websites("shop").Create(t.Context(), website("shop", "blog", "tin"), metav1.CreateOptions{})
			saysSo.NoError(t, err, "create another Website")
			synctest.Wait()
			saysSo.Equal(t, "shop/blog shop/web", keys(i), "then create another Website: what has it in its store")
		})
	})
}
