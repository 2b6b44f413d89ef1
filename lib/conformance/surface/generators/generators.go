// Package generators runs both libraries' code generators on k8s.io/api and other APIs, as processes, with the flags of
// kubernetes' own hack/update-codegen.sh, but for apply configurations.
//
//	k8s.io/api ──▶ client-gen   ──▶ OUT/kubernetes
//	           ──▶ lister-gen   ──▶ OUT/listers
//	           ──▶ informer-gen ──▶ OUT/informers     of either library: the same flags, other import paths
//
// Upstream: hack/update-codegen.sh in kubernetes.
package generators

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Library is where one library's generators are, and the import path above what they generate.
type Library struct{ Commands, Module string }

var (
	ClientGo = Library{Commands: "k8s.io/code-generator/cmd/", Module: "k8s.io/client-go"}
	Workbook = Library{Commands: "client-go-workbook/lib/codegen/cmd/", Module: "client-go-workbook/lib"}
)

// Folders are what the generators write beneath a library's import path.
var Folders = []string{"kubernetes", "listers", "informers"}

// Generators are one library's three, built and ready to run.
type Generators struct {
	library Library
	input   Input
	built   map[string]string // "client-gen" → its executable
}

// Build has go build what is not in its cache. The generators must be among the tools in go.mod.
func Build(ctx context.Context, l Library, input Input) (*Generators, error) {
	g := &Generators{library: l, input: input, built: map[string]string{}}
	for _, name := range []string{"client-gen", "lister-gen", "informer-gen"} {
		var err error
		if g.built[name], err = goSays(ctx, "tool", "-n", l.Commands+name); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Run is all three, one after the other, as update-codegen.sh does it, and returns the CPU time that they took. out should be an
// empty folder.
func (g *Generators) Run(ctx context.Context, out string) (cpu time.Duration, err error) {
	for _, args := range g.runs(out) {
		took, err := run(ctx, args)
		if err != nil {
			return 0, err
		}
		cpu += took
	}
	return cpu, nil
}

// RunAtOnce is the same in less time and more memory, where nobody measures it.
func (g *Generators) RunAtOnce(ctx context.Context, out string) error {
	runs := g.runs(out)
	errs := make([]error, len(runs))
	var all sync.WaitGroup
	for i, args := range runs {
		all.Go(func() { _, errs[i] = run(ctx, args, "GOGC=400") })
	}
	all.Wait()
	return errors.Join(errs...)
}

// run is one command. Children of it, such as its go list, count as well.
func run(ctx context.Context, args []string, env ...string) (cpu time.Duration, err error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	if said, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%s: %w\n%s", filepath.Base(args[0]), err, said)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// runs are the commands with their arguments.
func (g *Generators) runs(out string) [][]string {
	module := g.library.Module
	clients := []string{
		g.built["client-gen"], "--output-dir", out, "--output-pkg", module, "--clientset-name", "kubernetes",
		"--input-base", g.input.base, "--plural-exceptions", plurals, fmt.Sprintf("--prefers-protobuf=%t", g.input.protobuf),
	}
	for _, version := range g.input.clients {
		clients = append(clients, "--input", version)
	}
	listers := []string{
		g.built["lister-gen"], "--output-dir", filepath.Join(out, "listers"), "--output-pkg", module + "/listers",
		"--plural-exceptions", plurals,
	}
	informers := []string{
		g.built["informer-gen"], "--output-dir", filepath.Join(out, "informers"), "--output-pkg", module + "/informers",
		"--single-directory", "--versioned-clientset-package", module + "/kubernetes", "--listers-package", module + "/listers",
		"--plural-exceptions", plurals,
	}
	return [][]string{clients, append(listers, g.input.packages...), append(informers, g.input.packages...)}
}

const plurals = "Endpoints:Endpoints"

// Input is what the generators read.
type Input struct {
	base     string   // import path above the groups
	packages []string // import paths of all that have a types.go: for listers and informers
	clients  []string // group/version of those with +genclient: for clients
	protobuf bool     // the server speaks it
}

// KubernetesAPI is all of k8s.io/api.
func KubernetesAPI(ctx context.Context) (Input, error) {
	const base = "k8s.io/api"
	dir, err := ModuleDir(ctx, base)
	if err != nil {
		return Input{}, err
	}
	input, err := find(base, dir)
	input.protobuf = true
	return input, err
}

// APIs are those in the folders beneath a package.
func APIs(ctx context.Context, base string) (Input, error) {
	dir, err := goSays(ctx, "list", "-find", "-f", "{{.Dir}}", base)
	if err != nil {
		return Input{}, err
	}
	return find(base, dir)
}

func find(base, dir string) (Input, error) {
	packages, clients := map[string]bool{}, map[string]bool{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) != ".go" {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, file))
		if path.Base(file) == "types.go" {
			packages[path.Join(base, path.Dir(file))] = true
		}
		if bytes.Contains(text, []byte("\n// +genclient")) {
			clients[path.Dir(file)] = true
		}
		return err
	})
	return Input{base: base, packages: slices.Sorted(maps.Keys(packages)), clients: slices.Sorted(maps.Keys(clients))}, err
}

// First is as much of it as n clients need.
func (i Input) First(n int) Input {
	i.clients, i.packages = i.clients[:min(n, len(i.clients))], nil
	for _, version := range i.clients {
		i.packages = append(i.packages, path.Join(i.base, version))
	}
	return i
}

// ModuleDir is where the source of a module in go.mod is.
func ModuleDir(ctx context.Context, module string) (string, error) {
	return goSays(ctx, "list", "-m", "-f", "{{.Dir}}", module)
}

// goSays is the output of the go command.
func goSays(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}
