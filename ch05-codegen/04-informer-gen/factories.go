package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned/scheme"
	informers "client-go-workbook/ch05-codegen/generated/informers/externalversions"
	websiteinformers "client-go-workbook/ch05-codegen/generated/informers/externalversions/website/v1alpha1"
	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/rest"
)

// town is a server with three websites, and a client of it.
type town struct {
	server *apitest.Server
	client versioned.Interface
}

func newTown() (*town, error) {
	server, err := apitest.New(apitest.Config{Scheme: scheme.Scheme, Resources: []apitest.Resource{
		{GroupVersionKind: v1alpha1.SchemeGroupVersion.WithKind("Website"), Namespaced: true, Status: true},
	}})
	if err != nil {
		return nil, err
	}
	client, err := versioned.NewForConfigAndClient(&rest.Config{Host: server.URL}, server.Client())
	for _, site := range []*v1alpha1.Website{website("team-a", "blog", "free"), website("team-a", "shop", "paid"), website("team-b", "shop", "paid")} {
		if err == nil {
			err = server.Create(site)
		}
	}
	if err != nil {
		server.Close()
		return nil, err
	}
	return &town{server, client}, nil
}

func website(namespace, name, tier string) *v1alpha1.Website {
	return &v1alpha1.Website{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: "Website"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"tier": tier}},
		Spec:       v1alpha1.WebsiteSpec{Host: name + ".example.com", Image: "nginx"},
	}
}

// factories makes one after the other, and tells what each asks the server for and then has in its cache.
func (t *town) factories(ctx context.Context) (string, error) {
	paid := func(options *metav1.ListOptions) { options.LabelSelector = "tier=paid" }
	noImage := func(object any) (any, error) {
		if site, ok := object.(*v1alpha1.Website); ok {
			site.Spec.Image = ""
		}
		return object, nil
	}
	rows := [][]string{{"", "asks for", "has"}}
	for _, f := range []struct {
		told    string
		options []informers.SharedInformerOption
	}{
		{"no option", nil},
		{`WithNamespace("team-a")`, []informers.SharedInformerOption{informers.WithNamespace("team-a")}},
		{"WithTweakListOptions(tier=paid)", []informers.SharedInformerOption{informers.WithTweakListOptions(paid)}},
		{"WithTransform(no image)", []informers.SharedInformerOption{informers.WithTransform(noImage)}},
	} {
		before := len(t.server.Requests())
		has, err := t.cached(ctx, f.options)
		if err != nil {
			return "", fmt.Errorf("%s: %w", f.told, err)
		}
		rows = append(rows, []string{f.told, question(t.server.Requests()[before]), has})
	}
	return demo.Columns(rows...), nil
}

// cached runs a factory until its cache is full, and tells what is in there.
func (t *town) cached(ctx context.Context, options []informers.SharedInformerOption) (string, error) {
	factory := informers.NewSharedInformerFactoryWithOptions(t.client, 0, options...)
	defer factory.Shutdown()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lister := factory.Workbook().V1alpha1().Websites().Lister()
	factory.StartWithContext(ctx)
	if err := factory.WaitForCacheSyncWithContext(ctx).AsError(); err != nil {
		return "", err
	}
	sites, err := lister.List(labels.Everything())
	var has []string
	for _, site := range sites {
		has = append(has, strings.TrimSuffix(key(site)+"="+site.Spec.Image, "="))
	}
	slices.Sort(has)
	return strings.Join(has, " "), err
}

func key(site *v1alpha1.Website) string { return site.Namespace + "/" + site.Name }

// question is the path of a request and its selector, without what all requests have.
func question(r *apitest.Request) string {
	path := strings.TrimPrefix(r.URL.Path, "/apis/workbook.example.com/v1alpha1/")
	if selector := r.URL.Query().Get("labelSelector"); selector != "" {
		path += "?labelSelector=" + selector
	}
	return path
}

// share has three who ask one factory for an informer, each in another way.
func (t *town) share(ctx context.Context) (string, error) {
	factory := informers.NewSharedInformerFactory(t.client, 0)
	defer factory.Shutdown()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	before := len(t.server.Requests())
	first := factory.Workbook().V1alpha1().Websites().Informer()
	typed := factory.Workbook().V1alpha1().Websites().TypedInformer()
	generic, err := factory.ForResource(v1alpha1.SchemeGroupVersion.WithResource("websites"))
	if err != nil {
		return "", err
	}
	factory.StartWithContext(ctx)
	if err := factory.WaitForCacheSyncWithContext(ctx).AsError(); err != nil {
		return "", err
	}
	shared := first.GetIndexer() == typed.GetIndexer() && first.GetIndexer() == generic.Informer().GetIndexer()
	_, unknown := factory.ForResource(v1alpha1.SchemeGroupVersion.WithResource("themes"))
	return demo.Columns(
		[]string{"Informer(), TypedInformer(), ForResource(websites)", fmt.Sprintf("one cache: %t; requests: %d", shared, len(t.server.Requests())-before)},
		[]string{"ForResource(themes)", demo.Gone.Paint(unknown.Error())},
	), nil
}

// follow has a handler that is told of Websites, where others are told of any.
func (t *town) follow(ctx context.Context) (string, error) {
	factory := informers.NewSharedInformerFactoryWithOptions(t.client, 0, informers.WithNamespace("team-b"))
	defer factory.Shutdown()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var journal demo.Journal
	_, err := factory.Workbook().V1alpha1().Websites().TypedInformer().AddTypedEventHandler(websiteinformers.WebsiteHandlerFuncs{
		AddFunc: func(site *v1alpha1.Website) { journal.Note("OnAdd", key(site), site.Spec.Host) },
		UpdateFunc: func(old, site *v1alpha1.Website) {
			journal.Note("OnUpdate", key(site), old.Spec.Host+" → "+site.Spec.Host)
		},
		DeleteFunc: func(gone websiteinformers.DeletedWebsite) { journal.Note("OnDelete", gone.GetKey(), "") },
	})
	if err != nil {
		return "", err
	}
	factory.StartWithContext(ctx)
	if err := factory.WaitForCacheSyncWithContext(ctx).AsError(); err != nil {
		return "", err
	}
	moved := website("team-b", "shop", "paid")
	moved.Spec.Host = "buy.example.com"
	if err := t.server.Update(moved); err != nil {
		return "", err
	}
	if err := t.server.Delete(moved); err != nil {
		return "", err
	}
	notes, err := journal.Take(ctx, 3)
	return demo.Columns(notes...), err
}
