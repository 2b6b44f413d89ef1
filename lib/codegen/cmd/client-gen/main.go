// Command client-gen writes clientsets for API types with +genclient, with upstream's flags:
//
//	go run ./lib/codegen/cmd/client-gen --input-base k8s.io/api --input core/v1,apps/v1 \
//	  --output-dir lib --output-pkg client-go-workbook/lib --clientset-name kubernetes --prefers-protobuf
//
// It takes packages as well, as the other generators do: ./apis/... in place of --input.
//
// Upstream: cmd/client-gen in code-generator.
// Left out: --apply-configuration-package, because there are no apply configurations here.
package main

import (
	"context"
	"errors"
	"flag"

	"client-go-workbook/lib/codegen/clientgen"
	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/render"
)

func main() { new(generator).command().Main() }

// generator has the flags that no other generator has.
type generator struct {
	inputs        command.List
	inputBase     string
	clientsetName string
	apiPath       string
	clientsetOnly bool
	fakes         bool
	included      command.List
	protobuf      bool
	apply         string
}

func (g *generator) command() command.Command {
	return command.Command{
		Name:     "client-gen",
		Does:     "writes a clientset for the API types with +genclient in the packages that it is given",
		AddFlags: g.addFlags,
		Generate: g.generate,
	}
}

func (g *generator) addFlags(flags *flag.FlagSet) {
	flags.Var(&g.inputs, "input", "`group/version`s to read, with commas or one flag each; the scheme keeps the order of a group's versions")
	flags.StringVar(&g.inputBase, "input-base", "", "the import `path` or folder that --input is beneath")
	flags.StringVar(&g.clientsetName, "clientset-name", "internalclientset", "the `name` of the clientset's folder and package")
	flags.StringVar(&g.clientsetName, "n", "internalclientset", "short for --clientset-name `name`")
	flags.StringVar(&g.apiPath, "clientset-api-path", "/apis", "the `path` of groups with a name on the server")
	flags.BoolVar(&g.clientsetOnly, "clientset-only", false, "write the clientset, its scheme and its fake, and leave the typed clients as they are")
	flags.BoolVar(&g.fakes, "fake-clientset", true, "write fakes for tests too")
	flags.Var(&g.included, "included-types-overrides", "`group/version/Type`s: of a group and version named here, only these get a client")
	flags.BoolVar(&g.protobuf, "prefers-protobuf", false, "clients speak protobuf unless their config says otherwise; only types of k8s.io/api can")
	flags.StringVar(&g.apply, "apply-configuration-package", "", "not supported: there are no apply configurations")
}

func (g *generator) generate(ctx context.Context, f command.Flags) (render.Result, error) {
	if g.apply != "" {
		return render.Result{}, errors.New("--apply-configuration-package is not supported: there are no apply configurations here; leave it out, and apply through lib/dynamic")
	}
	return clientgen.Generate(ctx, clientgen.Options{
		Inputs:           g.inputs,
		InputBase:        g.inputBase,
		Packages:         f.Packages,
		OutputDir:        f.OutputDir,
		OutputPackage:    f.OutputPackage,
		ClientsetName:    g.clientsetName,
		APIPath:          g.apiPath,
		ClientsetOnly:    g.clientsetOnly,
		NoFakes:          !g.fakes,
		IncludedTypes:    g.included,
		PluralExceptions: f.PluralExceptions,
		PrefersProtobuf:  g.protobuf,
		GoHeaderFile:     f.GoHeaderFile,
		Prune:            f.Prune,
		Library:          clientgen.LibraryAt(f.Lib),
	})
}
