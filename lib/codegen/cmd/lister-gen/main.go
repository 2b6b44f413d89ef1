// Command lister-gen writes listers for API types with +genclient, with upstream's flags:
//
//	go run ./lib/codegen/cmd/lister-gen --output-dir lib/listers --output-pkg client-go-workbook/lib/listers \
//	  --plural-exceptions Endpoints:Endpoints k8s.io/api/...
//
// Upstream: cmd/lister-gen in code-generator.
package main

import (
	"context"

	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/listergen"
	"client-go-workbook/lib/codegen/render"
)

func main() { listerGen().Main() }

func listerGen() command.Command {
	return command.Command{
		Name:     "lister-gen",
		Does:     "writes listers for the API types with +genclient in the packages that it is given",
		Generate: generate,
	}
}

func generate(ctx context.Context, f command.Flags) (render.Result, error) {
	return listergen.Generate(ctx, listergen.Options{
		Packages:         f.Packages,
		OutputDir:        f.OutputDir,
		OutputPackage:    f.OutputPackage,
		PluralExceptions: f.PluralExceptions,
		GoHeaderFile:     f.GoHeaderFile,
		Prune:            f.Prune,
		Library:          listergen.LibraryAt(f.Lib),
	})
}
