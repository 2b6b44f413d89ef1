// Command informer-gen writes informer factories for API types with +genclient, with upstream's flags:
//
//	go run ./lib/codegen/cmd/informer-gen --output-dir lib/informers --output-pkg client-go-workbook/lib/informers --single-directory \
//	  --versioned-clientset-package client-go-workbook/lib/kubernetes --listers-package client-go-workbook/lib/listers \
//	  --plural-exceptions Endpoints:Endpoints k8s.io/api/...
//
// Upstream: cmd/informer-gen in code-generator.
// Left out: --internal-clientset-package.
package main

import (
	"context"
	"flag"

	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/informergen"
	"client-go-workbook/lib/codegen/render"
)

func main() { new(generator).command().Main() }

// generator has the flags that no other generator has.
type generator struct {
	clientset, listers string
	singleDirectory    bool
}

func (g *generator) command() command.Command {
	return command.Command{
		Name:     "informer-gen",
		Does:     "writes informer factories for the API types with +genclient in the packages that it is given",
		AddFlags: g.addFlags,
		Generate: g.generate,
	}
}

func (g *generator) addFlags(flags *flag.FlagSet) {
	flags.StringVar(&g.clientset, "versioned-clientset-package", "", "the import `path` of the clientset, which client-gen has written")
	flags.StringVar(&g.listers, "listers-package", "", "the import `path` above the listers, which lister-gen has written")
	flags.BoolVar(&g.singleDirectory, "single-directory", false, "no folder externalversions beneath --output-dir")
}

func (g *generator) generate(ctx context.Context, f command.Flags) (render.Result, error) {
	return informergen.Generate(ctx, informergen.Options{
		Packages:         f.Packages,
		OutputDir:        f.OutputDir,
		OutputPackage:    f.OutputPackage,
		SingleDirectory:  g.singleDirectory,
		ClientsetPackage: g.clientset,
		ListersPackage:   g.listers,
		PluralExceptions: f.PluralExceptions,
		GoHeaderFile:     f.GoHeaderFile,
		Prune:            f.Prune,
		Library:          informergen.LibraryAt(f.Lib),
	})
}
