// Command bench runs client-go and this workbook side by side, in one run, and prints how they compare.
//
//	experiment ──prepare──▶ theirs, ours
//	    round 1:  theirs  ours      a busy machine disturbs
//	    round 2:  ours  theirs      both alike
//	    round 3:  theirs  ours      …
//	              └─ median ─┘ ──▶  name │ client-go │ ours │ ratio │ target │ ok
//
// What fits into one process runs in this one, and code generators are processes anyway. Where the heap counts, each measurement has a fresh process of its
// own, and a server in another: this binary again, see child.go.
//
// An experiment is a file: indexer.go, reads.go, retained.go, fifo.go, stream.go, firstsync.go, workqueue.go and so on. Add one to experiments, in
// main.go, and it has its rows.
//
// Upstream: none.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
)

// experiments in the order of the table.
func experiments(s scale) []experiment {
	return slices.Concat(
		indexerExperiments(s),
		readsExperiments(s),
		retainedExperiments(s),
		fifoExperiments(s),
		streamExperiments(s),
		firstSyncExperiments(s),
		broadcastExperiments(s),
		workQueueExperiments(s),
		recordExperiments(s),
		correlatorExperiments(s),
		eventsExperiments(s),
		codegenExperiments(s),
	)
}

func main() {
	if role, err := childFromEnv(); role != nil || err != nil {
		exit(runChild(role, err))
	}
	small := flag.Bool("quick", false, "small sizes and one round: shows that it works, and nothing else")
	rounds := flag.Int("rounds", 0, "how often each side is measured (default 15, 5 where each one is a process)")
	only := flag.String("run", "", "only the rows that match this `regexp`")
	flag.Parse()

	s := full
	if *small {
		s = quick
	}
	s.rounds, s.processRounds = cmp.Or(*rounds, s.rounds), cmp.Or(*rounds, s.processRounds)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	exit(bench(ctx, os.Stdout, s, *only))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// bench runs the experiments whose rows match only, and prints each row as it is known.
func bench(ctx context.Context, out io.Writer, s scale, only string) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	servers := newServers(ctx, s)
	defer servers.close()
	t := &table{out: out}
	t.head()
	for _, e := range experiments(s) {
		if !slices.ContainsFunc(e.metrics, func(m metric) bool { return wanted.MatchString(m.name) }) {
			continue
		}
		results, err := e.run(ctx, servers)
		if err != nil {
			return fmt.Errorf("%s: %w", e.metrics[0].name, err)
		}
		for _, r := range results {
			t.row(r)
		}
	}
	t.foot(fmt.Sprintf("%s, %d cores, GOGC=%s, median of %d rounds (%d where each is a process)",
		runtime.Version(), runtime.NumCPU(), cmp.Or(os.Getenv("GOGC"), "100"), s.rounds, s.processRounds))
	return nil
}
