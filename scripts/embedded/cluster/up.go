package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// readyTimeout is long: a busy machine is slow, and a part that dies is noticed
// at once anyway.
const readyTimeout = 3 * time.Minute

const defaultEventTTL = "1h"

// Up starts what does not run, or runs with other settings, and returns when
// Pods can be created. Where everything runs it only checks. When a part fails,
// the parts that this call has started are stopped again.
func (c *Cluster) Up(ctx context.Context) error {
	var err error
	if c.binaries, err = c.build.Ensure(ctx, c.opts.Progress); err != nil {
		return err
	}
	return c.locked(ctx, func(s *State) error {
		begin := time.Now()
		c.sayCrashes(s)
		if _, err := readKubeconfig(c.kubeconfig); err != nil { // said now, or all would run and nobody could reach it
			return err
		}
		if err := c.prepare(ctx, s); err != nil {
			return err
		}
		started, err := c.start(ctx, s)
		if err != nil {
			return errors.Join(err, c.stopParts(s, started...))
		}
		login, err := c.login(s)
		if err != nil {
			return err
		}
		if err := login.AddTo(c.kubeconfig); err != nil {
			return err
		}
		return c.sayReady(s, len(started) > 0, time.Since(begin))
	})
}

// sayCrashes tells about the parts that ended on their own since the last start.
func (c *Cluster) sayCrashes(s *State) {
	crashes := c.crashes(s)
	if len(crashes) > 1 && len(crashes) == len(s.Parts) {
		c.opts.Progress.Line("The cluster ended without a stop (was the machine restarted?): starting it again.")
		return
	}
	for _, crash := range crashes {
		c.opts.Progress.Line("%v\nStarting %s again.", crash, crash.Part)
	}
}

// prepare makes all that the parts read: keys, ports, kubeconfigs, stages.
func (c *Cluster) prepare(ctx context.Context, s *State) error {
	if err := c.pki.Ensure(); err != nil {
		return err
	}
	if err := c.choosePorts(s); err != nil {
		return err
	}
	switch {
	case c.opts.EventTTL != "":
		s.EventTTL = c.opts.EventTTL
	case s.EventTTL == "":
		s.EventTTL = defaultEventTTL
	}
	for part, user := range map[string]string{
		"controller-manager": "system:kube-controller-manager", "scheduler": "system:kube-scheduler", "kwok": "workbook-kwok",
	} {
		login, err := c.certLogin(s, part, user)
		if err != nil {
			return err
		}
		if err := login.writeTo(c.config(part)); err != nil {
			return err
		}
	}
	stages, err := exec.CommandContext(ctx, filepath.Join(c.binaries, "embedded"), "stages").Output()
	if err != nil {
		return fmt.Errorf("read kwok's stages: %w", err)
	}
	return writeFile(filepath.Join(c.Dir, "kwok-stages.yaml"), stages)
}

// choosePorts keeps the ports of parts that run, and finds free ones for others.
func (c *Cluster) choosePorts(s *State) error {
	if c.opts.APIServerPort != "" {
		port, _ := strconv.Atoi(c.opts.APIServerPort) // New has checked it
		ours := port == s.Ports[portAPIServer] && s.Parts["kube-apiserver"].Alive()
		if !ours {
			if err := portFree(port); err != nil {
				return fmt.Errorf("WORKBOOK_APISERVER_PORT=%d cannot be used; leave it out for any free port: %w", port, err)
			}
			s.Ports[portAPIServer] = port
		}
	}
	var open []string
	for _, part := range c.controlPlane(s) {
		if !s.Parts[part.Name].Alive() {
			open = append(open, part.Ports...)
		}
	}
	return freePorts(s.Ports, open...)
}

// start brings everything up, and returns the parts that it had to start.
func (c *Cluster) start(ctx context.Context, s *State) (started []string, err error) {
	defer c.opts.Progress.Done()
	ctx, cancel := context.WithTimeoutCause(ctx, readyTimeout, errTooLong)
	defer cancel()
	api, err := newAPI(url(s.Ports[portAPIServer]), c.pki)
	if err != nil {
		return nil, err
	}
	defer api.close()

	for _, step := range []struct {
		parts []Part
		what  string
		check func(context.Context) error
	}{
		{[]Part{c.etcd(s), c.apiServer(s)}, "the API server to be ready", api.ready},
		// These end at once where there is no API server yet.
		{[]Part{c.controllerManager(s), c.scheduler(s), c.kwok(s)}, "the nodes to be created", api.createNodes},
		{nil, "the default namespace", api.defaultNamespace},
		{nil, "the nodes to be Ready", api.nodesReady},
		{nil, "the scheduler to be ready", func(ctx context.Context) error { return api.schedulerReady(ctx, s.Ports[portScheduler]) }},
	} {
		for _, part := range step.parts {
			fresh, err := c.reconcile(s, part)
			if fresh {
				started = append(started, part.Name)
			}
			if err != nil {
				return started, err
			}
		}
		if err := c.await(ctx, s, started, step.what, step.check); err != nil {
			return started, err
		}
	}
	return started, nil
}

// reconcile makes one part run as it should; fresh says that it had to start it.
// The state is saved at once: whatever happens next, the process is on record.
func (c *Cluster) reconcile(s *State, part Part) (fresh bool, err error) {
	fingerprint, err := part.fingerprint()
	if err != nil {
		return false, err
	}
	if r := s.Parts[part.Name]; r.Alive() {
		if r.Fingerprint == fingerprint {
			return false, nil
		}
		c.opts.Progress.Line("Restarting %s: its settings have changed.", part.Name)
		if err := c.stopParts(s, part.Name); err != nil {
			return false, err
		}
	}
	process, err := part.start(c.Dir, c.log(part.Name))
	if err != nil {
		return false, err
	}
	s.Parts[part.Name] = Running{process, fingerprint}
	return true, s.Save(c.stateFile())
}

var errTooLong = fmt.Errorf("not ready after %v", readyTimeout)

// await repeats check until it succeeds. It ends early when one of the parts
// that were just started dies.
func (c *Cluster) await(ctx context.Context, s *State, started []string, what string, check func(context.Context) error) error {
	begin := time.Now()
	for {
		last := check(ctx)
		if last == nil {
			return nil
		}
		for _, name := range started {
			if status, ended := reap(s.Parts[name].PID); ended {
				return crashOf(name, describe(status), c.log(name))
			}
		}
		c.opts.Progress.Doing("%5s  waiting for %s", time.Since(begin).Round(time.Second), what)
		select {
		case <-ctx.Done():
			if crashes := c.crashes(s); len(crashes) > 0 {
				return crashes[0]
			}
			cause := context.Cause(ctx)
			if !errors.Is(cause, errTooLong) { // Ctrl-C
				return fmt.Errorf("waiting for %s: %w; what this start had begun is stopped", what, cause)
			}
			return fmt.Errorf("waiting for %s: %w (last answer: %v)", what, cause, last)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func describe(status syscall.WaitStatus) string {
	if status.Signaled() {
		return "killed by signal: " + status.Signal().String()
	}
	return "exit status " + strconv.Itoa(status.ExitStatus())
}

func (c *Cluster) sayReady(s *State, started bool, took time.Duration) error {
	version, err := c.build.Version()
	if err != nil {
		return err
	}
	what := "runs already"
	if started {
		what = fmt.Sprintf("is ready after %.1f s", took.Seconds())
	}
	config := c.kubeconfig
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, config); err == nil && filepath.IsLocal(rel) {
			config = rel
		}
	}
	c.opts.Progress.Line("The cluster %s: Kubernetes %s at %s, two nodes. Context %s in %s.",
		what, version, url(s.Ports[portAPIServer]), Context, config)
	if s.EventTTL != defaultEventTTL { // easily forgotten
		c.opts.Progress.Line("It keeps events for %s; EVENT_TTL=%s has them live as long as elsewhere.", s.EventTTL, defaultEventTTL)
	}
	return nil
}
