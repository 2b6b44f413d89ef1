package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"

	"k8s.io/klog/v2"
)

// childVariable holds the role of a child, as JSON. A process that finds it set is one.
const childVariable = "WORKBOOK_BENCH_CHILD"

// role is what a child process does: it serves, or it is one library's client and measures itself.
type role struct {
	Server *scale  `json:",omitempty"`
	Client *client `json:",omitempty"`
}

// MarshalJSON and UnmarshalJSON are scale's way to another process.
func (s scale) MarshalJSON() ([]byte, error) {
	return json.Marshal([]int{s.pods, s.watched, s.events})
}

func (s *scale) UnmarshalJSON(data []byte) error {
	var counts [3]int
	err := json.Unmarshal(data, &counts)
	s.pods, s.watched, s.events = counts[0], counts[1], counts[2]
	return err
}

// childFromEnv returns nil in the parent.
func childFromEnv() (*role, error) {
	text := os.Getenv(childVariable)
	if text == "" {
		return nil, nil
	}
	r := &role{}
	if err := json.Unmarshal([]byte(text), r); err != nil {
		return nil, fmt.Errorf("%s: %w", childVariable, err)
	}
	return r, nil
}

// runChild is main in a child. It ends when its standard input does, so it never outlives the parent.
func runChild(r *role, err error) error {
	klog.SetLogger(klog.New(nil)) // slow lists are to be measured, not complained of
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	switch {
	case err != nil:
		return err
	case r.Server != nil:
		return serve(ctx, *r.Server)
	}
	values, err := r.Client.measure(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(values)
}

// child is a running process of this binary.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Reader // of its standard output
}

func startChild(ctx context.Context, r role, env ...string) (*child, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(append(os.Environ(), env...), childVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		return nil, err
	}
	return &child{cmd, stdin, bufio.NewReader(stdout)}, nil
}

// line returns the next line of its output.
func (c *child) line() (string, error) {
	line, err := c.lines.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("a child of the benchmark said nothing: %w", errors.Join(err, c.close()))
	}
	return strings.TrimSpace(line), nil
}

// close lets the child end, and waits for it.
func (c *child) close() error {
	_ = c.stdin.Close()
	return c.cmd.Wait()
}

// servers is the process with the server, which starts when an experiment asks for it first.
type servers struct {
	url   func() (string, error)
	child *child
}

func newServers(ctx context.Context, s scale) *servers {
	all := &servers{}
	all.url = sync.OnceValues(func() (url string, err error) {
		if all.child, err = startChild(ctx, role{Server: &s}); err != nil {
			return "", err
		}
		return all.child.line()
	})
	return all
}

func (s *servers) close() {
	if s.child != nil {
		_ = s.child.close()
	}
}
