// Command 02-client-gen makes a clientset for websites, holds it against the one in ch05-codegen/generated, and changes the
// tags: what differs then is a few lines. Then it calls a client and its fake (calls.go). It needs no cluster.
package main

import (
	"context"
	"io"

	"client-go-workbook/ch05-codegen/internal/scratch"
	"client-go-workbook/lib/codegen/clientgen"
	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/demo"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	f, err := scratch.New(ctx, scratch.Generator{Name: "client-gen", Output: "generated/clientset/versioned", Run: generate})
	if err != nil {
		return err
	}
	defer f.Remove()
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("client-gen: a client that speaks of Websites, and a fake of it")
		return s.Play(ctx,
			demo.Step{Verb: "generate", Do: f.Generate},
			demo.Step{Verb: "compare", Do: f.Compare},
			f.Tag("+genclient:noStatus"),
			f.Tag("+resourceName=sites"),
			f.Tag("+genclient:skipVerbs=patches"),
			demo.Step{Verb: "call", Do: call},
			demo.Step{Verb: "react", Do: react},
		)
	})
}

// generate is what this does:
//
//	client-gen --clientset-name versioned --output-dir generated/clientset \
//	  --output-pkg client-go-workbook/ch05-codegen/generated/clientset client-go-workbook/ch05-codegen/apis/website/v1alpha1
func generate(ctx context.Context, f *scratch.Folder) (render.Result, error) {
	return clientgen.Generate(ctx, clientgen.Options{
		Dir:           f.Path(""),
		Packages:      []string{scratch.API},
		ClientsetName: "versioned",
		OutputDir:     f.Path("generated/clientset"),
		OutputPackage: scratch.Generated + "/clientset",
	})
}
