// Command exercises shows what there is to solve, checks it, and helps: `go run . help` lists how.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"

	"client-go-workbook/exercises/internal/runner"
	"client-go-workbook/exercises/internal/screen"
	"client-go-workbook/exercises/internal/verdict"
	"client-go-workbook/exercises/internal/workbook"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	if err == nil {
		return
	}
	if !errors.Is(err, runner.ErrNotSolved) && !errors.Is(err, context.Canceled) {
		screen.New(os.Stderr, false).Text(0, err.Error())
	}
	stop()
	os.Exit(1)
}

func run(ctx context.Context, args []string) error {
	root, err := workbook.Root()
	if err != nil {
		return err
	}
	onTerminal := term.IsTerminal(int(os.Stdout.Fd()))
	r := runner.Runner{
		Root:     root,
		Out:      os.Stdout,
		InColour: onTerminal && os.Getenv("NO_COLOR") == "",
		Clear:    onTerminal,
		Now:      time.Now,
		Checker: verdict.Checker{
			Reach:          workbook.Reach,
			OfflineTimeout: 15 * time.Second,
			ClusterTimeout: 90 * time.Second,
		},
	}
	return r.Run(ctx, args)
}
