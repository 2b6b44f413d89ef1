package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// Down stops the parts that Up has started, and nothing else. The data stays
// for the next Up, unless purge is set. A part that had crashed is an error,
// after everything else has been stopped.
func (c *Cluster) Down(ctx context.Context, purge bool) error {
	if _, err := os.Stat(c.Dir); errors.Is(err, fs.ErrNotExist) {
		c.opts.Progress.Line("The cluster does not run, and has no data.")
		return nil
	}
	return c.locked(ctx, func(s *State) error {
		crashed := c.crashes(s)
		if err := c.stopAll(s, len(crashed)); err != nil {
			return err
		}
		if purge {
			if err := c.removeData(); err != nil {
				return err
			}
		}
		return crashReport(crashed)
	})
}

func (c *Cluster) stopAll(s *State, crashed int) error {
	said := "The cluster does not run."
	if len(s.Parts) > crashed {
		said = "The cluster is stopped."
		c.opts.Progress.Doing("stopping the cluster")
		defer c.opts.Progress.Done()
	}
	if err := c.stopParts(s, partNames...); err != nil {
		return err
	}
	c.opts.Progress.Line("%s", said)
	return Login{Context: Context, Users: []User{{Name: "workbook-admin"}, {Name: "workbook-token"}}}.RemoveFrom(c.kubeconfig)
}

// removeData leaves only the lock: others may be waiting for it.
func (c *Cluster) removeData() error {
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == lockFile {
			continue
		}
		if err := os.RemoveAll(filepath.Join(c.Dir, e.Name())); err != nil {
			return err
		}
	}
	c.opts.Progress.Line("Its data, keys and logs are removed.")
	return nil
}

// Status prints a line for each part. It is an error if one does not run.
func (c *Cluster) Status(ctx context.Context) error {
	if _, err := os.Stat(c.stateFile()); errors.Is(err, fs.ErrNotExist) {
		return errDown
	}
	return c.locked(ctx, func(s *State) error {
		if len(s.Parts) == 0 {
			return errDown
		}
		c.opts.Progress.Line("%s", c.table(s))
		return crashReport(c.crashes(s))
	})
}

var errDown = errors.New("the cluster does not run; make up starts it")

func (c *Cluster) table(s *State) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PART\tPID\tMEMORY\tPORTS")
	var total int64
	for _, part := range c.controlPlane(s) {
		r, ok := s.Parts[part.Name]
		if !ok || !r.Alive() {
			fmt.Fprintf(w, "%s\t-\tstopped\t\n", part.Name)
			continue
		}
		var ports []string
		for _, name := range part.Ports {
			ports = append(ports, fmt.Sprint(s.Ports[name]))
		}
		memory := r.Memory()
		total += memory
		fmt.Fprintf(w, "%s\t%d\t%d MiB\t%s\n", part.Name, r.PID, memory>>20, strings.Join(ports, " "))
	}
	fmt.Fprintf(w, "\t\t%d MiB\t\n", total>>20)
	w.Flush()
	return strings.TrimRight(text.String(), "\n")
}

func crashReport(crashed []*Crash) error {
	errs := make([]error, 0, len(crashed))
	for _, c := range crashed {
		errs = append(errs, c)
	}
	return errors.Join(errs...)
}
