// Package cluster starts and stops the workbook's own Kubernetes: five programs
// on the loopback address, without a daemon that watches over them.
//
//	Up ── lock ── build ── keys ── ports ── start what doesn't run as it should ── wait ── kubeconfig
//	                                             │
//	.workbook/embedded/state.json  ◀── pid, birth and fingerprint of each part
//	                                             │
//	Down ── lock ── signal exactly those, latest first ── wait until they are gone
//
//	.workbook/kubeconfig           the context workbook-embedded, beside those of others
//	.workbook/embedded/etcd/       the data; kept until Down with Purge
//	.workbook/embedded/pki/        authorities, certificates, token
//	.workbook/embedded/*.log       of this run; *.log.1 of the one before
//
// A part whose recorded process is gone has crashed: whoever comes next, Up,
// Down or Status, says so and shows the end of its log.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// Context is the name of the cluster in the kubeconfig.
const Context = "workbook-embedded"

// Options are what a user can ask for.
type Options struct {
	Root  string // of the repository
	Cache string // where binaries are kept; the user's cache folder by default
	// EventTTL is how long the API server keeps Events, such as "30m". Empty
	// is what it is already, and "1h" for a new cluster.
	EventTTL string
	// APIServerPort is where the API server must listen. Empty is where it did
	// before, or any free port.
	APIServerPort string
	Progress      *Progress
}

// Cluster is the one cluster that belongs to one checkout of the repository.
type Cluster struct {
	Dir string // .workbook/embedded

	opts       Options
	kubeconfig string
	build      Build
	binaries   string // the folder of the parts; set by Up
	pki        *PKI
}

// New checks the options; it neither reads nor writes anything yet.
func New(opts Options) (*Cluster, error) {
	if opts.Cache == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return nil, fmt.Errorf("find a place for the binaries (set WORKBOOK_CACHE to name one): %w", err)
		}
		opts.Cache = filepath.Join(cache, "client-go-workbook")
	}
	if ttl := opts.EventTTL; ttl != "" {
		// The API server counts whole seconds, and 0 of them mean for ever.
		if d, err := time.ParseDuration(ttl); err != nil || d < time.Second {
			return nil, fmt.Errorf("EVENT_TTL=%s is not a duration such as 30m or 1h", ttl)
		}
	}
	if port := opts.APIServerPort; port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return nil, fmt.Errorf("WORKBOOK_APISERVER_PORT=%s is not a port from 1 to 65535", port)
		}
	}
	dir := filepath.Join(opts.Root, ".workbook", "embedded")
	return &Cluster{
		Dir:        dir,
		opts:       opts,
		kubeconfig: filepath.Join(opts.Root, ".workbook", "kubeconfig"),
		build:      Build{Source: filepath.Join(opts.Root, "scripts", "embedded"), Cache: opts.Cache},
		pki: &PKI{Dir: filepath.Join(dir, "pki"), Now: time.Now, Renewed: func(name string, why error) {
			opts.Progress.Line("Making %s anew: %v", name, why)
		}},
	}, nil
}

const lockFile = "lock"

func (c *Cluster) stateFile() string { return filepath.Join(c.Dir, "state.json") }

func (c *Cluster) log(part string) string { return filepath.Join(c.Dir, part+".log") }

// locked runs f with the state, alone among all that start and stop this cluster.
func (c *Cluster) locked(ctx context.Context, f func(*State) error) error {
	unlock, err := lock(ctx, filepath.Join(c.Dir, lockFile), func() {
		c.opts.Progress.Line("Another start or stop of this cluster is under way: waiting for it …")
	})
	if err != nil {
		return err
	}
	defer unlock()
	s, err := LoadState(c.stateFile())
	if err != nil {
		return err
	}
	return f(s)
}

// crashes reports the recorded parts that no longer run, in order of their start.
func (c *Cluster) crashes(s *State) []*Crash {
	var found []*Crash
	for _, name := range partNames {
		if r, ok := s.Parts[name]; ok && !r.Alive() {
			found = append(found, crashOf(name, "", c.log(name)))
		}
	}
	return found
}

// stopParts stops the named parts if they run, latest first: the store outlives
// the API server, which outlives its clients.
func (c *Cluster) stopParts(s *State, names ...string) error {
	for _, round := range []struct {
		names []string
		grace time.Duration
	}{
		{[]string{"kwok", "kube-scheduler", "kube-controller-manager"}, 5 * time.Second},
		// It waits for its clients' watches to end, which may be never. What it
		// has acknowledged is with etcd.
		{[]string{"kube-apiserver"}, 2 * time.Second},
		{[]string{"etcd"}, 10 * time.Second},
	} {
		var processes []Process
		for _, name := range round.names {
			if slices.Contains(names, name) {
				processes = append(processes, s.Parts[name].Process)
			}
		}
		if err := stop(round.grace, processes...); err != nil {
			return err
		}
		for _, name := range round.names {
			if slices.Contains(names, name) {
				delete(s.Parts, name)
			}
		}
		if err := s.Save(c.stateFile()); err != nil {
			return err
		}
	}
	return nil
}

// login is what people use: the certificate, or the token as a second user.
func (c *Cluster) login(s *State) (Login, error) {
	l, err := c.certLogin(s, "admin", "workbook-admin")
	if err != nil {
		return l, err
	}
	token, err := c.pki.Token()
	l.Users = append(l.Users, User{Name: "workbook-token", Token: token})
	return l, err
}

// certLogin logs in as user by the certificate of that name.
func (c *Cluster) certLogin(s *State, cert, user string) (Login, error) {
	ca, err1 := os.ReadFile(c.pki.File("ca.crt"))
	crt, err2 := os.ReadFile(c.pki.File(cert + ".crt"))
	key, err3 := os.ReadFile(c.pki.File(cert + ".key"))
	return Login{
		Context: Context,
		Server:  url(s.Ports[portAPIServer]),
		CA:      ca,
		Users:   []User{{Name: user, Cert: crt, Key: key}},
	}, errors.Join(err1, err2, err3)
}
