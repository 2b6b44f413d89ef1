// Package command is what the generators have in common on the command line.
//
//	args ──flags──▶ Flags ──Generate──▶ render.Result ──▶ "wrote …", "… no longer belongs", a line that counts
//	                                └─▶ error         ──▶ stderr, exit code 1; wrong flags: 2
//
// Upstream: each generator's main.go and args package, over pflag and klog.
// Left out: klog's flags but -v, and --lint-rules: scan always checks what it reads.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"client-go-workbook/lib/codegen/render"
)

// Command is a generator that can be called.
type Command struct {
	Name     string              // "lister-gen"
	Does     string              // for the help: "writes listers for …"
	AddFlags func(*flag.FlagSet) // those that others don't have; may be nil
	Beside   string              // for one that writes beside its input: how it calls its file if --output-file does not say
	Generate func(context.Context, Flags) (render.Result, error)
}

// Flags are those that every generator has, and what follows them. One that writes beside its input has OutputFile in place of
// OutputDir and what belongs to that.
type Flags struct {
	Packages         []string // import paths or folders
	OutputFile       string
	OutputDir        string
	OutputPackage    string
	GoHeaderFile     string
	PluralExceptions List
	Lib              string
	Prune            bool

	verbosity int
}

// Beside are the options of a generator that writes beside its input.
func (f Flags) Beside() render.Beside {
	return render.Beside{Packages: f.Packages, OutputFile: f.OutputFile, GoHeaderFile: f.GoHeaderFile, Prune: f.Prune}
}

// List is a flag that may be given more than once, each time with any number of values between commas.
type List []string

func (l *List) String() string { return strings.Join(*l, ",") }

// Set appends the values.
func (l *List) Set(values string) error {
	for value := range strings.SplitSeq(values, ",") {
		if value = strings.TrimSpace(value); value != "" {
			*l = append(*l, value)
		}
	}
	return nil
}

// Main runs the command with the program's arguments, and ends the program if it fails. An interrupt ends it before it writes.
func (c Command) Main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := c.Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(ExitCode(err))
}

// wrongFlags is an error in the arguments.
type wrongFlags struct{ error }

func (w wrongFlags) Unwrap() error { return w.error }

// ExitCode is the program's: 0, 2 for wrong flags, 1 for all else.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(wrongFlags)):
		return 2
	}
	return 1
}

// Run is the command: what it did goes to out, help and errors go to messages.
func (c Command) Run(ctx context.Context, args []string, out, messages io.Writer) error {
	err := c.run(ctx, args, out)
	if errors.Is(err, flag.ErrHelp) {
		c.help(messages)
		return nil
	}
	if err != nil {
		fmt.Fprintf(messages, "%s: %v\n", c.Name, err)
	}
	return err
}

func (c Command) run(ctx context.Context, args []string, out io.Writer) error {
	f, err := c.parse(args)
	if err != nil {
		return err
	}
	result, err := c.Generate(ctx, f)
	if err != nil {
		return err
	}
	f.report(result, c.Name, out)
	return nil
}

// parse takes flags between and behind the packages, too.
func (c Command) parse(args []string) (f Flags, err error) {
	set := c.flagSet(&f)
	for {
		if err := set.Parse(args); err != nil {
			return f, wrongFlags{fmt.Errorf("%w; -h lists the flags", err)}
		}
		if set.NArg() == 0 {
			break
		}
		f.Packages, args = append(f.Packages, set.Arg(0)), set.Args()[1:]
	}
	if c.Beside == "" {
		err = render.CheckImportPath("lib", f.Lib, "that of the library, as in client-go-workbook/lib")
	}
	return f, err
}

func (f Flags) report(result render.Result, name string, out io.Writer) {
	for _, path := range result.Written {
		if f.verbosity > 0 {
			fmt.Fprintf(out, "wrote %s\n", path)
		}
	}
	for _, path := range result.Stale {
		if f.Prune {
			fmt.Fprintf(out, "removed %s, which no longer belongs\n", path)
		} else {
			fmt.Fprintf(out, "%s no longer belongs: remove it, or have it removed by --prune\n", path)
		}
	}
	fmt.Fprintf(out, "%s: %d files written, %d as they were\n", name, len(result.Written), len(result.Unchanged))
}

func (c Command) flagSet(f *Flags) *flag.FlagSet {
	set := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	if c.Beside != "" {
		set.StringVar(&f.OutputFile, "output-file", c.Beside, "the `name` of the file in each package's folder")
	} else {
		set.StringVar(&f.OutputDir, "output-dir", "", "the `folder` to write to")
		set.StringVar(&f.OutputPackage, "output-pkg", "", "the import `path` of --output-dir")
		set.Var(&f.PluralExceptions, "plural-exceptions", "`Type:Plural`s that do not follow the rules, such as Endpoints:Endpoints")
		set.StringVar(&f.Lib, "lib", "client-go-workbook/lib", "the import `path` of the library that generated code stands on")
	}
	set.StringVar(&f.GoHeaderFile, "go-header-file", "", "a `file` with comments for the top of each file; YEAR in it becomes the current year")
	set.BoolVar(&f.Prune, "prune", false, "remove generated files that no longer belong, instead of only naming them")
	set.IntVar(&f.verbosity, "v", 0, "1 names each file that is written")
	if c.AddFlags != nil {
		c.AddFlags(set)
	}
	return set
}

func (c Command) help(out io.Writer) {
	fmt.Fprintf(out, "%s %s.\n\n  %s [flags] package...\n\n", c.Name, c.Does, c.Name)
	c.flagSet(new(Flags)).VisitAll(func(f *flag.Flag) {
		value, usage := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(out, "  %-40s %s\n", strings.TrimSpace("--"+f.Name+" "+value), usage)
	})
}
