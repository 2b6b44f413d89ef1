// Package demo is the stage that every demo of the workbook plays on.
//
//	main.go ──Main──▶ run(ctx, out) ──OnCluster──▶ Stage{Config, Namespace}
//	                                                 │ Play(step, step, …)
//	  create    5 config maps                        ▼
//	            POST   201 json      /api/v1/namespaces/ch01-x7k2p/configmaps  (5 times)
//
// A demo is a list of steps. Play runs them one by one and prints what each of
// them found out, and beneath it the HTTP requests that the step's client made
// of it. With -v it prints the whole conversation, credentials masked. All that
// a demo creates lives in the stage's namespace, which is removed at the end,
// also after an error or Ctrl-C. What needs no server plays OffCluster.
//
// What other goroutines tell while a step waits, they note in a Journal; Columns
// lines it up, States the states of a queue. Words that name a change (ADDED,
// Deleted, OnUpdate …) are coloured by their meaning wherever a step tells them; an
// Ink paints anything else.
package demo

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/rest/transport/connrotation"
)

// Main is a demo's main function: it parses the flags, runs the demo until it
// ends or the user interrupts it, and exits with 1 if it failed. Every demo has -v;
// own adds the flags that it has besides.
func Main(run func(ctx context.Context, out io.Writer) error, own ...func(*flag.FlagSet)) {
	verbose, err := parse(filepath.Base(os.Args[0]), os.Args[1:], os.Stderr, own...)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	case err != nil:
		os.Exit(2)
	}

	// Output into a pipe that nobody reads any more, as in "| head", mustn't end the
	// program before it has cleaned up.
	signal.Ignore(syscall.SIGPIPE)

	err = run(WithVerbose(context.Background(), verbose), os.Stdout)
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled): // by Ctrl-C, which WithNamespace hears
		fmt.Fprintln(os.Stderr, "interrupted:", err)
		os.Exit(130)
	default:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// parse reads a demo's arguments. What is wrong with them, and what would be right,
// it has told stderr when it returns an error.
func parse(name string, args []string, stderr io.Writer, own ...func(*flag.FlagSet)) (verbose bool, err error) {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, usage(flags))
		flags.PrintDefaults()
	}
	flags.BoolVar(&verbose, "v", false, "print the HTTP conversation, credentials masked")
	for _, add := range own {
		add(flags)
	}
	if err := flags.Parse(args); err != nil {
		return false, err
	}
	if flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q: a demo takes flags only", flags.Arg(0))
		fmt.Fprintln(stderr, err)
	}
	return verbose, err
}

// usage tells all flags in one line: "usage: 04-limiters [-svg file] [-v]".
func usage(flags *flag.FlagSet) string {
	line := "usage: " + flags.Name()
	flags.VisitAll(func(f *flag.Flag) {
		value, _ := flag.UnquoteUsage(f)
		line += strings.TrimSuffix(" [-"+f.Name+" "+value, " ") + "]"
	})
	return line
}

type verboseKey struct{}

// WithVerbose returns a context in which stages print the whole HTTP
// conversation (true) or one line a request (false, as without it).
func WithVerbose(ctx context.Context, verbose bool) context.Context {
	return context.WithValue(ctx, verboseKey{}, verbose)
}

// Stage is what a demo has at hand while it runs.
type Stage struct {
	// Config leads to the workbook's cluster. Clients made from it have their
	// requests printed by Play. Nil off the cluster.
	Config *rest.Config
	// Namespace is the demo's own, removed at its end.
	Namespace string

	page *page
	tape *tape
}

// OnCluster gives play a stage on the workbook's cluster, with a fresh namespace
// whose name begins with prefix. It returns after the namespace is gone. A demo or
// a test that disturbs the cluster comes before or after it.
func OnCluster(ctx context.Context, out io.Writer, prefix string, play func(context.Context, *Stage) error) error {
	return onCluster(ctx, out, prefix, cluster.Share, play)
}

// AloneOnCluster is OnCluster for a demo that disturbs the cluster: no other demo
// or test runs on it meanwhile.
func AloneOnCluster(ctx context.Context, out io.Writer, prefix string, play func(context.Context, *Stage) error) error {
	return onCluster(ctx, out, prefix, cluster.Alone, play)
}

type enter func(context.Context) (release func(), err error)

func onCluster(ctx context.Context, out io.Writer, prefix string, enter enter, play func(context.Context, *Stage) error) error {
	release, err := enter(ctx)
	if err != nil {
		return err
	}
	defer release()
	cfg, err := cluster.Config()
	if err != nil {
		return err
	}
	// The demo's connections end with it. Idle ones would be kept for the next client.
	connections := connrotation.NewConnectionTracker()
	defer connections.CloseAll()
	cfg.Dial = connrotation.NewDialerWithTracker((&net.Dialer{}).DialContext, connections).DialContext
	verbose, _ := ctx.Value(verboseKey{}).(bool)
	tape := &tape{verbose: verbose}
	taped := rest.CopyConfig(cfg)
	taped.Wrap(tape.record)
	taped.QPS = -1 // two dozen requests are no load that should be held back
	return cluster.WithNamespace(ctx, cfg, prefix, func(ctx context.Context, ns string) error {
		page := newPage(out)
		// Said beforehand: the server takes its time.
		defer page.step("remove", "namespace "+ns+" and all that is in it", nil)
		return play(ctx, &Stage{Config: taped, Namespace: ns, page: page, tape: tape})
	})
}

// OffCluster gives play a stage without a cluster: Config is nil, Namespace empty.
func OffCluster(ctx context.Context, out io.Writer, play func(context.Context, *Stage) error) error {
	return play(ctx, &Stage{page: newPage(out), tape: &tape{}})
}

// Title prints the demo's headline.
func (s *Stage) Title(text string) { s.page.title(text) }

// Forget drops the requests that were made since the last step: those of a wait,
// whose number tells nothing.
func (s *Stage) Forget() { s.tape.cut() }

// Step is one act of a demo: a verb and what it does. Do returns what is worth
// telling, one or more lines.
type Step struct {
	Verb string
	Do   func(context.Context) (string, error)
}

// Play runs the steps in order and stops at the first that fails; its error names
// the step.
func (s *Stage) Play(ctx context.Context, steps ...Step) error {
	for _, step := range steps {
		told, err := step.Do(ctx)
		if err != nil {
			s.page.step(step.Verb, "failed", s.tape.cut())
			return fmt.Errorf("%s: %w", step.Verb, err)
		}
		s.page.step(step.Verb, told, s.tape.cut())
	}
	return nil
}
