package grade

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/gotest"
)

// clusterFile holds the tests that need a cluster, and no others.
const clusterFile = "cluster_test.go"

// test is a test as its source has it, whether it runs or not.
type test struct{ name, file string }

func (t test) cluster() bool { return strings.HasPrefix(t.name, gotest.ClusterPrefix) }

// readTests returns all that go runs as a test, or that looks as if it should, from every test file: also from one
// that a build constraint leaves out.
func readTests(e *catalog.Exercise) (tests []test, problems []string, err error) {
	used := map[string]int{}
	for _, name := range e.Tests {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(e.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name]++
			}
			return true
		})
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && looksLikeTest(f) {
				tests = append(tests, test{f.Name.Name, name})
			}
		}
	}
	kept := tests[:0]
	for _, t := range tests {
		switch {
		case isTestName(t.name):
			kept = append(kept, t)
			if t.cluster() != (t.file == clusterFile) {
				problems = append(problems, fmt.Sprintf("%s: %s: the tests named %s… and those in %s are to be the same",
					t.file, t.name, gotest.ClusterPrefix, clusterFile))
			}
		case used[t.name] == 1: // its declaration: not a helper of other tests
			problems = append(problems, fmt.Sprintf("%s: %s never runs: no test has such a name", t.file, t.name))
		}
	}
	return kept, problems, nil
}

func looksLikeTest(f *ast.FuncDecl) bool {
	if f.Recv != nil || !strings.HasPrefix(strings.ToLower(f.Name.Name), "test") || len(f.Type.Params.List) != 1 {
		return false
	}
	star, ok := f.Type.Params.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	sel, ok := star.X.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "T"
}

// isTestName is go's own rule.
func isTestName(name string) bool {
	rest, ok := strings.CutPrefix(name, "Test")
	if !ok {
		return false
	}
	first, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !unicode.IsLower(first)
}

// runs counts how often each test ran.
type runs map[string]int

func (r runs) add(result *gotest.Result) {
	for _, t := range result.Top() {
		r[t.Name] += t.Runs
	}
}

// checkOrder finds tests whose subtests don't always begin in the same order: a learner would see another failure
// first each time, and so would the kill table. began are the names of tests, times over; but go repeats all that are
// named Test…, then all Fuzz…, then all Example….
func (x *exam) checkOrder(began []string, times int) {
	for _, kind := range []string{"Test", "Fuzz", "Example"} {
		of := slices.DeleteFunc(slices.Clone(began), func(name string) bool { return !strings.HasPrefix(name, kind) })
		x.checkOrderOf(of, times)
	}
}

func (x *exam) checkOrderOf(began []string, times int) {
	once := len(began) / times
	if len(began)%times != 0 {
		return // not each ran once, which is found elsewhere
	}
	for i, name := range began {
		if name != began[i%once] {
			parent, _, _ := strings.Cut(name, "/")
			x.found("%s: its subtests begin in another order each time: range over a slice, not over a map", parent)
		}
	}
}

// checkRuns demands that each test that had its turn ran exactly once for each time. A test that ran without standing
// in the source doesn't exist, so looking through the source's is enough.
func (x *exam) checkRuns(ran runs, withCluster bool) {
	for _, t := range x.tests {
		if t.cluster() && !withCluster {
			continue
		}
		switch n := ran[t.name]; {
		case n == 0:
			x.found("%s: %s never runs", t.file, t.name)
		case n != x.Times:
			x.found("%s: %s ran %d times in %d runs, expected once each", t.file, t.name, n, x.Times)
		}
	}
}
