package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "surface:", err)
		os.Exit(1)
	}
}

var errDiffer = errors.New("the surfaces differ")

// run makes all comparisons, and prints them.
func run(ctx context.Context, out io.Writer) error {
	differ := false
	for _, compare := range []func(context.Context) (comparison, error){generated, tagged, committed} {
		c, err := compare(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, c)
		differ = differ || !c.equal()
	}
	if differ {
		return errDiffer
	}
	return nil
}
