package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"time"
)

// RestartAPIServer kills the API server as a crash would, and returns when its
// successor answers, on the same port and with the same data. The other parts
// run on, and find it again by themselves.
func (c *Cluster) RestartAPIServer(ctx context.Context) error {
	var err error
	if c.binaries, err = c.build.Ensure(ctx, c.opts.Progress); err != nil {
		return err
	}
	return c.locked(ctx, func(s *State) error {
		const part = "kube-apiserver"
		if err := c.running(s, part); err != nil {
			return err
		}
		begin := time.Now()
		if err := kill(s.Parts[part].Process, s.Ports[portAPIServer]); err != nil {
			return err
		}
		if _, err := c.reconcile(s, c.apiServer(s)); err != nil {
			return err
		}
		api, err := newAPI(url(s.Ports[portAPIServer]), c.pki)
		if err != nil {
			return err
		}
		defer api.close()
		defer c.opts.Progress.Done()
		ctx, cancel := context.WithTimeoutCause(ctx, readyTimeout, errTooLong)
		defer cancel()
		if err := c.await(ctx, s, []string{part}, "the API server to be ready again", api.ready); err != nil {
			return err
		}
		c.opts.Progress.Line("The API server was killed, and answers again after %.1f s.", time.Since(begin).Seconds())
		return nil
	})
}

// kill gives the process no time for anything, and returns when it has let go of
// its port. That is some milliseconds after its end, as others see it: the kernel
// ends its threads one by one, and closes its files with the last.
func kill(p Process, port int) error {
	const soon = 10 * time.Second
	if err := p.signal(syscall.SIGKILL); err != nil {
		return err
	}
	deadline := time.Now().Add(soon)
	if left := waitGone(soon, []Process{p}); len(left) > 0 {
		return fmt.Errorf("process %d does not end, even when killed", p.PID)
	}
	for {
		err := portFree(port)
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("process %d was killed, but its port is still in use: %w", p.PID, err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// CompactEtcd makes the store forget every state but the last: who asks for an
// older one is told that it is gone. Watches that run are not disturbed.
//
// etcd is asked through its JSON gateway: its client would be a second large
// dependency of the supervisor, which is built within a second.
func (c *Cluster) CompactEtcd(ctx context.Context) error {
	return c.locked(ctx, func(s *State) error {
		if err := c.running(s, "etcd"); err != nil {
			return err
		}
		etcd, err := newClient(url(s.Ports[portEtcd]), c.pki, "etcd-client", "etcd-ca")
		if err != nil {
			return err
		}
		defer etcd.close()
		revision, err := compact(ctx, etcd)
		if err != nil {
			return fmt.Errorf("compact etcd: %w", err)
		}
		c.opts.Progress.Line("etcd has forgotten what was before its revision %s.", revision)
		return nil
	})
}

// compact returns the revision, a number that JSON has as a string.
func compact(ctx context.Context, etcd *api) (revision string, err error) {
	var now struct{ Header struct{ Revision string } }
	// The revision stands in every answer: here in that to "how often is there the key \0?".
	if err := etcd.do(ctx, http.MethodPost, "/v3/kv/range", []byte(`{"key":"AA==","count_only":true}`), &now); err != nil {
		return "", err
	}
	body, err := json.Marshal(map[string]string{"revision": now.Header.Revision})
	if err != nil {
		return "", err
	}
	err = etcd.do(ctx, http.MethodPost, "/v3/kv/compaction", body, nil)
	if err != nil && strings.Contains(err.Error(), "has been compacted") {
		err = nil // since then nobody has written anything
	}
	return now.Header.Revision, err
}

// running says which part would have to run, if it does not.
func (c *Cluster) running(s *State, part string) error {
	r, ok := s.Parts[part]
	switch {
	case len(s.Parts) == 0:
		return errDown
	case !ok:
		return errors.New(part + " does not run; make up starts it")
	case !r.Alive():
		return crashOf(part, "", c.log(part))
	}
	return nil
}
