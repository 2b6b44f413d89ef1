// Package cluster finds the workbook's own Kubernetes cluster, and refuses any
// other.
//
//	CLUSTER     reads                        context              server
//	(not set)   .workbook/kubeconfig         the current one      loopback only
//	embedded    .workbook/kubeconfig         workbook-embedded    loopback only
//	kind        .workbook/kubeconfig         kind-workbook        loopback only
//	existing    $WORKBOOK_KUBECONFIG         $WORKBOOK_CONTEXT    any
//
//	Config ──▶ *rest.Config ──▶ WithNamespace ──▶ fn(ctx, "ch01-x7k2p") ──▶ gone
//
//	Share ─────▶ one of many users                    ─┐ .workbook/use.lock,
//	Alone ─────▶ RestartAPIServer, CompactEtcd         ┘ across processes
//
// ForTest and ForDisruption are Config with Share and with Alone, for tests.
//
// Neither KUBECONFIG nor ~/.kube/config is read: a demo can't reach a cluster
// that matters because somebody's current context happened to point there.
//
// Upstream: none; client-go's clients take whatever configuration they are given.
package cluster

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// module is how the workbook's root is told from the nested modules beneath it.
const module = "client-go-workbook"

// choice is one value of CLUSTER.
type choice struct {
	context string // in .workbook/kubeconfig
	start   string // the line that starts it
}

var own = map[string]choice{
	"embedded": {"workbook-embedded", "make up"},
	"kind":     {"kind-workbook", "make kind-up"},
}

// ErrNotUp is what Config's error wraps where starting a cluster would help. The
// error's text has the line that does.
var ErrNotUp = errors.New("no cluster is up")

// Config returns the configuration for the cluster that CLUSTER chooses. Each
// call returns a value of its own.
//
// It fails where there is none, where nothing listens at its address (ErrNotUp),
// and where the context or the server is not the workbook's own, unless
// CLUSTER=existing names both file and context.
func Config() (*rest.Config, error) {
	name := os.Getenv("CLUSTER")
	if name == "existing" {
		return existing(os.Getenv("WORKBOOK_KUBECONFIG"), os.Getenv("WORKBOOK_CONTEXT"))
	}
	o, err := findOwn(name)
	if err != nil {
		return nil, err
	}
	return o.config()
}

// ownCluster is the one of the workbook's own clusters that is meant. It need not be up.
type ownCluster struct {
	name       string // a key of own
	root       string // of the workbook
	file       string // the kubeconfig
	kubeconfig *api.Config
}

// findOwn finds the cluster of that name; "" is the current one.
func findOwn(name string) (*ownCluster, error) {
	if _, ok := own[name]; !ok && name != "" {
		return nil, fmt.Errorf("CLUSTER=%s is none of embedded, kind, existing", name)
	}
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	o := &ownCluster{name: name, root: root, file: filepath.Join(root, ".workbook", "kubeconfig")}
	o.kubeconfig, err = clientcmd.LoadFromFile(o.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notUp(name, "there is no "+o.file)
	}
	if err != nil {
		return nil, err
	}
	if name == "" {
		if o.name, err = current(o.kubeconfig); err != nil {
			return nil, fmt.Errorf("%s: %w", o.file, err)
		}
		if o.name == "" {
			return nil, notUp("", "there is no current context in "+o.file)
		}
	}
	if _, ok := o.kubeconfig.Contexts[own[o.name].context]; !ok {
		return nil, notUp(o.name, fmt.Sprintf("%s has no context %s", o.file, own[o.name].context))
	}
	return o, nil
}

func (o *ownCluster) config() (*rest.Config, error) {
	context := own[o.name].context
	cfg, err := configFor(o.kubeconfig, context)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.file, err)
	}
	if err := requireLoopback(cfg.Host); err != nil {
		return nil, fmt.Errorf("%s: context %s: %w", o.file, context, err)
	}
	if err := dial(cfg.Host); err != nil {
		if o.name == "embedded" && onRecord(o.root, "kube-apiserver") {
			err = fmt.Errorf("%w (it has ended by itself; the next start shows the end of its log)", err)
		}
		return nil, notUp(o.name, err.Error())
	}
	return cfg, nil
}

// existing is a cluster that the user names in full. A half-named one is refused:
// the other half would be whatever happens to be current.
func existing(file, context string) (*rest.Config, error) {
	if file == "" || context == "" {
		return nil, errors.New("CLUSTER=existing needs both WORKBOOK_KUBECONFIG=<file> and WORKBOOK_CONTEXT=<context>; " +
			"no cluster but the workbook's own is used unless both are named")
	}
	if !filepath.IsAbs(file) {
		return nil, fmt.Errorf("WORKBOOK_KUBECONFIG=%q is not an absolute path; each test runs in a folder of its own", file)
	}
	kubeconfig, err := clientcmd.LoadFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("WORKBOOK_KUBECONFIG: %w", err)
	}
	if _, ok := kubeconfig.Contexts[context]; !ok {
		return nil, fmt.Errorf("%s has no context %q; it has %s", file, context, quoted(kubeconfig.Contexts))
	}
	cfg, err := configFor(kubeconfig, context)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return cfg, nil
}

// quoted lists the names of contexts.
func quoted(contexts map[string]*api.Context) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(contexts)) {
		names = append(names, strconv.Quote(name))
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// current is which of the workbook's own clusters the file's current context is,
// "" where it has none.
func current(kubeconfig *api.Config) (string, error) {
	for name, c := range own {
		if c.context == kubeconfig.CurrentContext {
			return name, nil
		}
	}
	if kubeconfig.CurrentContext == "" {
		// kind leaves it empty when its cluster goes: one that is left is meant.
		for name, c := range own {
			if _, ok := kubeconfig.Contexts[c.context]; ok {
				return name, nil
			}
		}
		return "", nil
	}
	return "", fmt.Errorf("its current context %q is not the workbook's own; CLUSTER=embedded or CLUSTER=kind names one that is, "+
		"and CLUSTER=existing takes any that WORKBOOK_KUBECONFIG and WORKBOOK_CONTEXT name", kubeconfig.CurrentContext)
}

func configFor(kubeconfig *api.Config, context string) (*rest.Config, error) {
	return clientcmd.NewNonInteractiveClientConfig(*kubeconfig, context, &clientcmd.ConfigOverrides{}, nil).ClientConfig()
}

// requireLoopback holds the promise even where the file was edited by hand.
func requireLoopback(server string) error {
	u, err := url.Parse(server)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("the server %s is not on this machine, so it can't be the workbook's own", u.Redacted())
}

// dial tells a cluster that is down from one that answers, before the first
// request does so with less help.
func dial(server string) error {
	u, err := url.Parse(server)
	if err != nil {
		return err
	}
	conn, err := net.DialTimeout("tcp", u.Host, 5*time.Second)
	if err != nil {
		return fmt.Errorf("the API server does not answer: %w", err)
	}
	return conn.Close()
}

// onRecord says whether the embedded cluster's supervisor believes that the part
// runs: scripts/embedded/cluster keeps that file.
func onRecord(root, part string) bool {
	var state struct{ Parts map[string]any }
	data, err := os.ReadFile(filepath.Join(root, ".workbook", "embedded", "state.json"))
	return err == nil && json.Unmarshal(data, &state) == nil && state.Parts[part] != nil
}

// notUp says what is missing, and how to get it.
func notUp(name, why string) error {
	if name == "" {
		name = "embedded"
	}
	return fmt.Errorf("%w: %s; start one with: %s", ErrNotUp, why, own[name].start)
}

// findRoot walks up from the working directory to the workbook's go.mod.
func findRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if moduleAt(dir) == module {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s is not inside the workbook: neither it nor a folder above it has the go.mod of %s", start, module)
		}
	}
}

// moduleAt is the module whose go.mod lies in dir, if one does.
func moduleAt(dir string) string {
	f, err := os.Open(filepath.Join(dir, "go.mod"))
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "module" {
			return strings.Trim(fields[1], `"`)
		}
	}
	return ""
}
