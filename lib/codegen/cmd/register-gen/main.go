// Command register-gen writes what registers the types of packages with +groupName with a scheme, with upstream's flags:
//
//	go run ./lib/codegen/cmd/register-gen --output-file zz_generated.register.go ./apis/...
//
// Upstream: cmd/register-gen in code-generator.
package main

import (
	"context"

	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/registergen"
	"client-go-workbook/lib/codegen/render"
)

func main() { registerGen().Main() }

func registerGen() command.Command {
	return command.Command{
		Name:     "register-gen",
		Does:     "writes what registers the types of packages with +groupName with a scheme",
		Beside:   "generated.register.go",
		Generate: generate,
	}
}

func generate(ctx context.Context, f command.Flags) (render.Result, error) {
	return registergen.Generate(ctx, f.Beside())
}
