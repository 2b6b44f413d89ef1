// Supervise starts and stops the workbook's embedded cluster; supervise.sh
// builds and calls it.
//
//	supervise -root DIR up | down [--purge] | status | restart-apiserver | compact-etcd | event-lease NAMESPACE NAME
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"client-go-workbook/scripts/embedded/cluster"
)

const usage = `usage: embedded-up.sh               start the cluster; harmless if it runs
       embedded-down.sh [--purge]   stop it; --purge removes its data too
       embedded/supervise.sh status show its parts
       fault.sh restart-apiserver   kill the API server, and start it again
       fault.sh compact-etcd        make etcd forget every state but the last
       event-lease.sh NS EVENT      print for how many seconds etcd keeps an event, and how many are left

Environment:
  EVENT_TTL                how long the API server keeps Events (1h)
  WORKBOOK_APISERVER_PORT  where the API server listens (any free port, kept)
  WORKBOOK_CACHE           where the binaries are kept (the user's cache folder)
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("supervise", flag.ContinueOnError)
	flags.SetOutput(os.Stderr)
	flags.Usage = func() {}
	root := flags.String("root", ".", "the repository")
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp
	}
	c, err := cluster.New(cluster.Options{
		Root:          *root,
		Cache:         os.Getenv("WORKBOOK_CACHE"),
		EventTTL:      os.Getenv("EVENT_TTL"),
		APIServerPort: os.Getenv("WORKBOOK_APISERVER_PORT"),
		Progress:      cluster.NewProgress(os.Stderr),
	})
	if err != nil {
		return err
	}
	switch words := flags.Args(); {
	case is(words, "up"):
		return c.Up(ctx)
	case is(words, "down"):
		return c.Down(ctx, false)
	case is(words, "down", "--purge"):
		return c.Down(ctx, true)
	case is(words, "status"):
		return c.Status(ctx)
	case is(words, "restart-apiserver"):
		return c.RestartAPIServer(ctx)
	case is(words, "compact-etcd"):
		return c.CompactEtcd(ctx)
	case len(words) == 3 && words[0] == "event-lease":
		lease, err := c.EventLease(ctx, words[1], words[2])
		if err != nil {
			return err
		}
		fmt.Println(lease.Granted.Seconds(), lease.Left.Seconds())
		return nil
	}
	return flag.ErrHelp
}

func is(got []string, want ...string) bool { return slices.Equal(got, want) }
