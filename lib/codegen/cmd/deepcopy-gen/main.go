// Command deepcopy-gen writes DeepCopy methods for packages and types with +k8s:deepcopy-gen, with upstream's flags:
//
//	go run ./lib/codegen/cmd/deepcopy-gen --output-file zz_generated.deepcopy.go ./apis/...
//
// Upstream: cmd/deepcopy-gen in code-generator.
// Left out: --lint-rules: unknown tags of this generator are always an error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"client-go-workbook/lib/codegen/deepcopygen"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintf(os.Stderr, "deepcopy-gen: %s\n", err)
		os.Exit(1)
	}
}

// run is the command: help goes to messages, what it did goes to out.
func run(ctx context.Context, args []string, out, messages io.Writer) error {
	o := deepcopygen.Options{}
	flags := flag.NewFlagSet("deepcopy-gen", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.OutputFile, "output-file", "generated.deepcopy.go", "the `name` of the file in each package's folder")
	flags.StringVar(&o.GoHeaderFile, "go-header-file", "", "a `file` with comments for the top of each file; YEAR in it becomes the current year")
	flags.BoolVar(&o.Prune, "prune", false, "remove generated files that no longer belong, instead of only naming them")
	verbosity := flags.Int("v", 0, "1 names each file that was written")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(messages, "deepcopy-gen writes DeepCopy methods for packages and types with +k8s:deepcopy-gen.\n\n"+
			"  deepcopy-gen [flags] package ...\n\n")
		flags.SetOutput(messages)
		flags.PrintDefaults()
	}
	if err != nil {
		return err
	}
	o.Packages = flags.Args()
	result, err := deepcopygen.Generate(ctx, o)
	if err != nil {
		return err
	}
	for _, path := range result.Written {
		if *verbosity > 0 {
			fmt.Fprintf(out, "wrote %s\n", path)
		}
	}
	for _, path := range result.Stale {
		if o.Prune {
			fmt.Fprintf(out, "removed %s, which no longer belongs\n", path)
		} else {
			fmt.Fprintf(out, "%s no longer belongs: remove it, or have it removed by --prune\n", path)
		}
	}
	fmt.Fprintf(out, "%s: %d files written, %d as they were\n", o.OutputFile, len(result.Written), len(result.Unchanged))
	return nil
}
