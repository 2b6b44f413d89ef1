// Command client-gen writes clientsets for API types with +genclient, with upstream's flags:
//
//	go run ./lib/codegen/cmd/client-gen --input-base k8s.io/api --input core/v1,apps/v1 \
//	  --output-dir lib --output-pkg client-go-workbook/lib --clientset-name kubernetes --prefers-protobuf
//
// Upstream: cmd/client-gen in code-generator.
// Left out: --apply-configuration-package, because there are no apply configurations here, and --lint-rules.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"client-go-workbook/lib/codegen/clientgen"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintf(os.Stderr, "client-gen: %s\n", err)
		os.Exit(1)
	}
}

// run is the command: help and errors of flags go to messages, what it did goes to out.
func run(ctx context.Context, args []string, out, messages io.Writer) error {
	c := command{}
	if err := c.parse(args, messages); err != nil {
		return err
	}
	result, err := clientgen.Generate(ctx, c.Options)
	if err != nil {
		return err
	}
	for _, path := range result.Written {
		c.say(out, 1, "wrote %s\n", path)
	}
	for _, path := range result.Stale {
		if c.Prune {
			c.say(out, 0, "removed %s, which no longer belongs\n", path)
		} else {
			c.say(out, 0, "%s no longer belongs: remove it, or have it removed by --prune\n", path)
		}
	}
	c.say(out, 0, "%s: %d files written, %d as they were\n", c.ClientsetName, len(result.Written), len(result.Unchanged))
	return nil
}

// command is what the flags say.
type command struct {
	clientgen.Options
	verbosity int
	lib       string
	fakes     bool
	apply     string
}

func (c *command) say(out io.Writer, verbosity int, format string, args ...any) {
	if c.verbosity >= verbosity {
		fmt.Fprintf(out, format, args...)
	}
}

func (c *command) parse(args []string, messages io.Writer) error {
	flags := flag.NewFlagSet("client-gen", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	c.addFlags(flags)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		help(flags, messages)
	}
	if err != nil {
		return err
	}
	if c.apply != "" {
		return errors.New("--apply-configuration-package is not supported: there are no apply configurations here; leave it out, and apply through lib/dynamic")
	}
	c.Packages, c.NoFakes = flags.Args(), !c.fakes
	c.Library = clientgen.LibraryAt(c.lib)
	return nil
}

func (c *command) addFlags(flags *flag.FlagSet) {
	flags.Var((*list)(&c.Inputs), "input", "`group/version`s to read, with commas or one flag each; their order is that of the versions in the scheme")
	flags.StringVar(&c.InputBase, "input-base", "", "the import `path` or folder that --input is beneath")
	flags.StringVar(&c.OutputDir, "output-dir", "", "the `folder` that the clientset's folder goes into")
	flags.StringVar(&c.OutputPackage, "output-pkg", "", "the import `path` of --output-dir")
	flags.StringVar(&c.ClientsetName, "clientset-name", "internalclientset", "the `name` of the clientset's folder and package")
	flags.StringVar(&c.ClientsetName, "n", "internalclientset", "short for --clientset-name `name`")
	flags.StringVar(&c.APIPath, "clientset-api-path", "/apis", "the `path` of groups with a name on the server")
	flags.BoolVar(&c.ClientsetOnly, "clientset-only", false, "write the clientset, its scheme and its fake, and leave the typed clients as they are")
	flags.BoolVar(&c.fakes, "fake-clientset", true, "write fakes for tests too")
	flags.Var((*list)(&c.IncludedTypes), "included-types-overrides", "`group/version/Type`s: of a group and version named here, only these get a client")
	flags.Var((*list)(&c.PluralExceptions), "plural-exceptions", "`Type:Plural`s that do not follow the rules, such as Endpoints:Endpoints")
	flags.BoolVar(&c.PrefersProtobuf, "prefers-protobuf", false, "clients speak protobuf unless their config says otherwise; only types of k8s.io/api can")
	flags.StringVar(&c.GoHeaderFile, "go-header-file", "", "a `file` with comments for the top of each file; YEAR in it becomes the current year")
	flags.StringVar(&c.apply, "apply-configuration-package", "", "not supported")
	flags.StringVar(&c.lib, "lib", "client-go-workbook/lib", "the import `path` of the library that the clients stand on")
	flags.BoolVar(&c.Prune, "prune", false, "remove generated files that no longer belong, instead of only naming them")
	flags.IntVar(&c.verbosity, "v", 0, "1 names each file that was written")
}

func help(flags *flag.FlagSet, out io.Writer) {
	fmt.Fprint(out, "client-gen writes a clientset for the API types with +genclient in the packages that it is given.\n\n"+
		"  client-gen [flags] [package ...]\n\n")
	flags.VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(out, "  %-44s %s\n", strings.TrimSpace("--"+f.Name+" "+value), usage)
	})
}

// list is a flag that may be given several times, each time with several values or none.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(value string) error {
	for v := range strings.SplitSeq(value, ",") {
		if v = strings.TrimSpace(v); v != "" {
			*l = append(*l, v)
		}
	}
	return nil
}
