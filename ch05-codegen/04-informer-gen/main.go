// Command 04-informer-gen makes an informer factory for websites, holds it against the one in ch05-codegen/generated, changes
// what it is made of, and lets factories read from a server (factories.go). It needs no cluster.
package main

import (
	"context"
	"io"

	"client-go-workbook/ch05-codegen/internal/scratch"
	"client-go-workbook/lib/codegen/informergen"
	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/demo"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	f, err := scratch.New(ctx, scratch.Generator{Name: "informer-gen", Output: "generated/informers/externalversions", Run: generate})
	if err != nil {
		return err
	}
	defer f.Remove()
	t, err := newTown()
	if err != nil {
		return err
	}
	defer t.server.Close()
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("informer-gen: one cache of Websites for all who want one")
		return s.Play(ctx,
			demo.Step{Verb: "generate", Do: f.Generate},
			demo.Step{Verb: "compare", Do: f.Compare},
			f.Type(theme),
			f.Tag("+genclient:skipVerbs=watch"),
			demo.Step{Verb: "factories", Do: t.factories},
			demo.Step{Verb: "share", Do: t.share},
			demo.Step{Verb: "follow", Do: t.follow},
		)
	})
}

// generate is what this does:
//
//	informer-gen --versioned-clientset-package client-go-workbook/ch05-codegen/generated/clientset/versioned \
//	  --listers-package client-go-workbook/ch05-codegen/generated/listers --output-dir generated/informers \
//	  --output-pkg client-go-workbook/ch05-codegen/generated/informers client-go-workbook/ch05-codegen/apis/website/v1alpha1
func generate(ctx context.Context, f *scratch.Folder) (render.Result, error) {
	return informergen.Generate(ctx, informergen.Options{
		Dir:              f.Path(""),
		Packages:         []string{scratch.API},
		OutputDir:        f.Path("generated/informers"),
		OutputPackage:    scratch.Generated + "/informers",
		ClientsetPackage: scratch.Generated + "/clientset/versioned",
		ListersPackage:   scratch.Generated + "/listers",
	})
}

// theme is a second type of the API.
const theme = `// +genclient
// +genclient:nonNamespaced
type Theme struct {
	metav1.TypeMeta
	metav1.ObjectMeta
}

type ThemeList struct {
	metav1.TypeMeta
	metav1.ListMeta
	Items []Theme
}
`
