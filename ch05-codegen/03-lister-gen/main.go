// Command 03-lister-gen makes a lister of websites, holds it against the one in ch05-codegen/generated, changes what it is made
// of, and reads an indexer with it. It needs no cluster.
package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	listers "client-go-workbook/ch05-codegen/generated/listers/website/v1alpha1"
	"client-go-workbook/ch05-codegen/internal/scratch"
	"client-go-workbook/lib/codegen/listergen"
	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/store"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	f, err := scratch.New(ctx, scratch.Generator{Name: "lister-gen", Output: "generated/listers", Run: generate})
	if err != nil {
		return err
	}
	defer f.Remove()
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("lister-gen: what a cache has, as Websites")
		return s.Play(ctx,
			demo.Step{Verb: "generate", Do: f.Generate},
			demo.Step{Verb: "compare", Do: f.Compare},
			f.Tag("+genclient:nonNamespaced"),
			f.Tag("+genclient:skipVerbs=list"),
			f.File("generated/listers/website/v1alpha1/website_expansion.go", expansion),
			demo.Step{Verb: "read", Do: read},
			demo.Step{Verb: "share", Do: share},
		)
	})
}

// generate is what this does:
//
//	lister-gen --output-dir generated/listers --output-pkg client-go-workbook/ch05-codegen/generated/listers \
//	  client-go-workbook/ch05-codegen/apis/website/v1alpha1
func generate(ctx context.Context, f *scratch.Folder) (render.Result, error) {
	return listergen.Generate(ctx, listergen.Options{
		Dir:           f.Path(""),
		Packages:      []string{scratch.API},
		OutputDir:     f.Path("generated/listers"),
		OutputPackage: scratch.Generated + "/listers",
	})
}

// expansion is what somebody writes by hand, who wants a lister to do more.
const expansion = `package v1alpha1

import "client-go-workbook/ch05-codegen/apis/website/v1alpha1"

type WebsiteListerExpansion interface {
	ByHost(host string) (*v1alpha1.Website, error)
}

type WebsiteNamespaceListerExpansion interface{}
`

// cached is an indexer as an informer's is, with three websites.
func cached() (store.Indexer, error) {
	indexer := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc})
	for _, site := range []struct{ namespace, name, tier string }{{"team-a", "blog", "free"}, {"team-a", "shop", "paid"}, {"team-b", "shop", "paid"}} {
		meta := metav1.ObjectMeta{Namespace: site.namespace, Name: site.name, Labels: map[string]string{"tier": site.tier}}
		if err := indexer.Add(&v1alpha1.Website{ObjectMeta: meta, Spec: v1alpha1.WebsiteSpec{Host: site.name + ".example.com"}}); err != nil {
			return nil, err
		}
	}
	return indexer, nil
}

// read asks a lister for websites of all namespaces and of one, by label and by name.
func read(context.Context) (string, error) {
	indexer, err := cached()
	if err != nil {
		return "", err
	}
	lister := listers.NewWebsiteLister(indexer)
	paid := labels.SelectorFromSet(labels.Set{"tier": "paid"})
	all, err1 := lister.List(labels.Everything())
	of, err2 := lister.Websites("team-a").List(labels.Everything())
	by, err3 := lister.Websites("team-a").List(paid)
	one, err4 := lister.Websites("team-b").Get("shop")
	_, missing := lister.Websites("team-b").Get("blog")
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return "", err
	}
	return demo.Columns(
		[]string{"List(Everything)", names(all...)},
		[]string{`Websites("team-a").List(Everything)`, names(of...)},
		[]string{`Websites("team-a").List(tier=paid)`, names(by...)},
		[]string{`Websites("team-b").Get("shop")`, names(one)},
		[]string{`Websites("team-b").Get("blog")`, demo.Gone.Paint(string(apierrors.ReasonForError(missing))) + ": " + missing.Error()},
	), nil
}

// names of websites, sorted: a lister has no order.
func names(sites ...*v1alpha1.Website) string {
	var all []string
	for _, site := range sites {
		all = append(all, site.Namespace+"/"+site.Name)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// share shows whose the objects are that a lister returns.
func share(context.Context) (string, error) {
	indexer, err := cached()
	if err != nil {
		return "", err
	}
	team := listers.NewWebsiteLister(indexer).Websites("team-a")
	host := func() string {
		site, err := team.Get("blog")
		if err != nil {
			return err.Error()
		}
		return site.Spec.Host
	}
	rows := [][]string{{"", "what the next one reads"}, {"", host()}}
	mine, err := team.Get("blog")
	if err != nil {
		return "", err
	}
	mine = mine.DeepCopy()
	mine.Spec.Host = "new.example.com"
	rows = append(rows, []string{"change a DeepCopy", host()})
	theirs, err := team.Get("blog")
	if err != nil {
		return "", err
	}
	theirs.Spec.Host = "wrong.example.com"
	rows = append(rows, []string{"change the object itself", demo.Gone.Paint(host()) + ", and so do all who share the cache"})
	return demo.Columns(rows...), nil
}
