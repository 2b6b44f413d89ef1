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

func main() {
	g := generator{}
	command.Command{
		Name:     "informer-gen",
		Does:     "writes informer factories for the API types with +genclient in the packages that it is given",
		AddFlags: g.addFlags,
		Generate: g.generate,
	}.Main()
}

// generator has the flags of this generator alone.
type generator struct{ informergen.Options }

func (g *generator) addFlags(flags *flag.FlagSet) {
	flags.StringVar(&g.ClientsetPackage, "versioned-clientset-package", "", "the import `path` of the clientset, which client-gen has written")
	flags.StringVar(&g.ListersPackage, "listers-package", "", "the import `path` above the listers, which lister-gen has written")
	flags.BoolVar(&g.SingleDirectory, "single-directory", false, "no folder externalversions beneath --output-dir")
}

func (g *generator) generate(ctx context.Context, f command.Flags) (render.Result, error) {
	o := g.Options
	o.Packages = f.Packages
	o.OutputDir = f.OutputDir
	o.OutputPackage = f.OutputPackage
	o.PluralExceptions = f.PluralExceptions
	o.GoHeaderFile = f.GoHeaderFile
	o.Prune = f.Prune
	o.Library = informergen.LibraryAt(f.Lib)
	return informergen.Generate(ctx, o)
}
