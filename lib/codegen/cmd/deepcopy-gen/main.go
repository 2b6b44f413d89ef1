// Command deepcopy-gen writes DeepCopy methods for packages and types with +k8s:deepcopy-gen, with upstream's flags:
//
//	go run ./lib/codegen/cmd/deepcopy-gen --output-file zz_generated.deepcopy.go ./apis/...
//
// Upstream: cmd/deepcopy-gen in code-generator.
package main

import (
	"context"

	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/deepcopygen"
	"client-go-workbook/lib/codegen/render"
)

func main() { deepcopyGen().Main() }

func deepcopyGen() command.Command {
	return command.Command{
		Name:     "deepcopy-gen",
		Does:     "writes DeepCopy methods for packages and types with +k8s:deepcopy-gen",
		Beside:   "generated.deepcopy.go",
		Generate: generate,
	}
}

func generate(ctx context.Context, f command.Flags) (render.Result, error) {
	return deepcopygen.Generate(ctx, f.Beside())
}
