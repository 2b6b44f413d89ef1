// Command check-exercises proves that the exercises keep their promises; see solutions/README.md.
// Its exit code is 1 if one doesn't. Arguments are names of exercises, as for go run .; then only these are proved,
// and KILLS.md stays as it is.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"client-go-workbook/exercises/internal/grade"
	"client-go-workbook/exercises/internal/screen"
	"client-go-workbook/exercises/internal/workbook"
)

func main() {
	short := flag.Bool("short", false, "leave out what needs the cluster, and say so")
	write := flag.Bool("write", false, "write the stubs that are missing or stale, and do nothing else")
	times := flag.Int("times", 20, "how often each solution must pass")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ok, err := run(ctx, *short, *write, *times, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "check-exercises:", err)
	}
	if !ok || err != nil {
		os.Exit(1)
	}
}

func run(ctx context.Context, short, write bool, times int, only []string) (ok bool, err error) {
	for _, name := range only {
		if strings.HasPrefix(name, "-") {
			return false, fmt.Errorf("flags come before names: %s", name)
		}
	}
	root, err := workbook.Root()
	if err != nil {
		return false, err
	}
	if write {
		written, err := grade.WriteStubs(root, only...)
		for _, file := range written {
			fmt.Println("wrote exercises/" + file)
		}
		return err == nil, err
	}
	began := time.Now()
	grader := grade.Grader{
		Root: root, Reach: workbook.Reach, Short: short, Race: true, Times: max(1, times), Only: only,
		CPUs: runtime.NumCPU(), ClusterJobs: 40,
		OfflineTimeout: 15 * time.Second, ClusterTimeout: 90 * time.Second,
	}
	report, err := grader.Run(ctx)
	if err != nil {
		return false, err
	}
	inColour := term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == ""
	report.Print(screen.New(os.Stdout, inColour), time.Since(began))
	return len(report.Findings) == 0, report.WriteKills(root)
}
