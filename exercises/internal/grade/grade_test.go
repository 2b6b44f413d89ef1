package grade_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/fixture"
	"client-go-workbook/exercises/internal/grade"
	"client-go-workbook/exercises/internal/screen"
)

var update = flag.Bool("update", false, "write the kill table that is seen to testdata")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func grader(repo *fixture.Repo) grade.Grader {
	return grade.Grader{
		Root:  repo.Root,
		Reach: func(context.Context) error { return nil },
		Times: 2,
		CPUs:  2, ClusterJobs: 4,
		OfflineTimeout: 30 * time.Second, ClusterTimeout: 30 * time.Second,
	}
}

func found(t *testing.T, g grade.Grader) []string {
	t.Helper()
	report, err := g.Run(t.Context())
	require.NoError(t, err)
	var texts []string
	for _, f := range report.Findings {
		texts = append(texts, f.String())
	}
	return texts
}

func TestKeptPromises(t *testing.T) {
	repo := fixture.New(t)
	g := grader(repo)
	g.Race = true
	report, err := g.Run(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Empty(t, report.Unchecked)
	require.Equal(t, 2, report.Exercises)

	require.NoError(t, report.WriteKills(repo.Root))
	kills := repo.Read("solutions/KILLS.md")
	if *update {
		require.NoError(t, os.WriteFile("testdata/KILLS.md", []byte(kills), 0o644))
	}
	expected, err := os.ReadFile("testdata/KILLS.md")
	require.NoError(t, err)
	require.Equal(t, string(expected), kills)
}

func TestShortSaysWhatItDidNotCheck(t *testing.T) {
	repo := fixture.New(t, "lib", "exercises/go.mod", "exercises/ch01", "solutions/ch01")
	g := grader(repo)
	g.Short = true
	report, err := g.Run(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, []grade.Finding{
		{"ch01-numbers/ex01-sum", "mutant many.diff (Only a hundred numbers count), which the offline part doesn't kill"},
		{"ch01-numbers/ex01-sum", "the solution's cluster part"},
	}, report.Unchecked)

	require.NoError(t, report.WriteKills(repo.Root))
	require.NoFileExists(t, repo.Root+"/solutions/KILLS.md", "a table that isn't complete")
	var out bytes.Buffer
	report.Print(screen.New(&out, false), time.Second)
	require.Contains(t, out.String(), "Not checked, for it needs a cluster (make up)")
}

func TestOnlyWhatIsNamed(t *testing.T) {
	repo := fixture.New(t, "lib", "exercises", solution)
	g := grader(repo)
	g.Only = []string{"largest"}
	report, err := g.Run(t.Context())
	require.NoError(t, err)
	require.Empty(t, report.Findings)
	require.Equal(t, 1, report.Exercises)
	require.Len(t, report.Kills, 4)
	require.NoError(t, report.WriteKills(repo.Root))
	require.NoFileExists(t, repo.Root+"/solutions/KILLS.md", "a table that lacks the others")
	var out bytes.Buffer
	report.Print(screen.New(&out, false), time.Second)
	require.Contains(t, out.String(), "1 exercise, 4 mutants killed, 0 not checked, 0 things wrong")

	g.Only = []string{"lagrest"}
	_, err = g.Run(t.Context())
	require.ErrorContains(t, err, `no exercise is called "lagrest"; did you mean ch02-order/ex01-largest`)
}

func TestNoCluster(t *testing.T) {
	g := grader(fixture.New(t))
	g.Reach = func(context.Context) error { return errors.New("make up starts one") }
	_, err := g.Run(t.Context())
	require.EqualError(t, err, "the cluster parts need a cluster (or -short, without them): make up starts one")
}

// Promises are broken one at a time, on the smaller of the two exercises.
const (
	exercise = "exercises/ch02-order/ex01-largest/"
	solution = "solutions/ch02-order/ex01-largest/"
	name     = "ch02-order/ex01-largest: "
)

func TestBrokenPromises(t *testing.T) {
	for _, c := range []struct {
		promise  string
		broken   func(*fixture.Repo)
		expected []string
	}{
		{"every mutant is killed", func(r *fixture.Repo) {
			r.Replace(exercise+"largest_test.go", "-3, -1, -2", "-1, -3, -2")
		}, []string{
			"mutant first.diff survives: The first is taken",
		}},
		{"the stub fails", func(r *fixture.Repo) {
			r.Replace(exercise+"largest_test.go", "if saw := largest.Largest(-3, -1, -2); saw != -1 {",
				"defer func() { recover() }()\n\tif saw := largest.Largest(-3, -1, -2); saw != -1 {")
		}, []string{
			"mutant panics.diff survives: One number is too few",
			"the stub passes the tests",
		}},
		{"the stub compiles", func(r *fixture.Repo) {
			r.Replace(solution+"largest.go", "\t// BEGIN", "\tx := 1\n\t// BEGIN")
			r.Replace(solution+"largest.go", "slices.Max(numbers)", "slices.Max(numbers) * x")
			_, err := grade.WriteStubs(r.Root)
			require.NoError(t, err)
		}, []string{
			"the stub does not compile: largest.go:5: declared and not used: x",
		}},
		{"the stub is vetted", func(r *fixture.Repo) {
			r.Replace(solution+"largest.go", "// END SOLUTION", "// END SOLUTION\n\tprintln()\n\treturn 0")
			_, err := grade.WriteStubs(r.Root)
			require.NoError(t, err)
		}, []string{"vet: largest.go:8:2: unreachable code"}},
		{"the stub is up to date", func(r *fixture.Repo) {
			r.Replace(exercise+"largest.go", "Return the largest.", "Return the biggest.")
		}, []string{
			"largest.go: the stub is stale: the solution makes another (-write writes it)",
		}},
		{"no answer is in the stub's place", func(r *fixture.Repo) {
			r.Replace(exercise+"largest.go", "panic(\"TODO ch02/ex01: fill in Largest\")", "return numbers[0]")
		}, []string{
			"largest.go: this is an answer, where the stub should be; try a clean clone, or go run . reset ch02/ex01 (it keeps a backup)",
		}},
		{"every test has a test's name", func(r *fixture.Repo) {
			r.Write(exercise+"more_test.go", "package largest_test\n\nimport \"testing\"\n\nfunc testTwo(t *testing.T) {}\n")
		}, []string{
			"more_test.go: testTwo never runs: no test has such a name",
		}},
		{"every test is built", func(r *fixture.Repo) {
			r.Write(exercise+"more_test.go", "//go:build never\n\npackage largest_test\n\nimport \"testing\"\n\nfunc TestTwo(t *testing.T) {}\n")
		}, []string{
			"more_test.go: TestTwo never runs",
		}},
		{"every test runs once", func(r *fixture.Repo) {
			r.Write(exercise+"main_test.go", "package largest_test\n\nimport \"testing\"\n\nfunc TestMain(m *testing.M) { m.Run(); m.Run() }\n")
		}, []string{
			"largest_test.go: TestLargest ran 4 times in 2 runs, expected once each",
		}},
		{"no test is skipped", func(r *fixture.Repo) {
			r.Write(exercise+"more_test.go", "package largest_test\n\nimport \"testing\"\n\nfunc TestTwo(t *testing.T) { t.Skip() }\n")
		}, []string{
			"TestTwo is skipped",
		}},
		{"a test for the cluster says so", func(r *fixture.Repo) {
			r.Write(exercise+"cluster_test.go", "package largest_test\n\nimport \"testing\"\n\nfunc TestTwo(t *testing.T) {}\n")
		}, []string{
			"cluster_test.go: TestTwo: the tests named TestCluster… and those in cluster_test.go are to be the same",
		}},
		{"the solution passes", func(r *fixture.Repo) {
			r.Replace(solution+"largest.go", "slices.Max(numbers)", "slices.Max(numbers) + 1")
		}, []string{
			"the solution fails its offline part: TestLargest failed",
		}},
		{"a mutant compiles", func(r *fixture.Repo) {
			r.Replace(solution+"mutants/zero.diff", "max(0,", "mix(0,")
		}, []string{
			"mutant zero.diff (Nothing is smaller than zero) does not compile: largest.go:8: undefined: mix",
		}},
		{"a mutant ends", func(r *fixture.Repo) {
			r.Replace(solution+"mutants/zero.diff", "+\treturn max(0, slices.Max(numbers))", "+\tfor {\n+\t}\n+\treturn slices.Max(numbers)")
		}, []string{
			"mutant zero.diff (Nothing is smaller than zero) hangs; if it is meant to, its name should say so",
		}},
		{"README, hints and mutants are there", func(r *fixture.Repo) {
			r.Replace(exercise+"README.md", "## Closing question", "## Last question")
			r.Replace(exercise+"README.md", "lib/sum.go", "lib/max.go")
			r.Replace(exercise+"hints.md", "Look into slices.", "Hm.")
			r.Replace(solution+"mutants/zero.diff", "-\treturn slices.Max(numbers)", "-\treturn 0")
			r.Remove(solution + "mutants/first.diff")
			r.Write("solutions/ch02-order/ex09-gone/gone.go", "package gone\n")
		}, []string{
			"3 mutants, expected at least 4",
			`README.md: no text below "## Closing question"`,
			"README.md: lib/max.go isn't there",
			"hints.md: the second hint isn't longer than the first, so hardly stronger",
			"mutant zero.diff: line 4: its old lines stand in largest.go 0 times, expected once",
		}},
		{"both hints are there", func(r *fixture.Repo) {
			r.Replace(exercise+"hints.md", "## 2\n\nLook into slices.\n", "")
		}, []string{
			`hints.md: 1 hints, expected two ("## 1" and "## 2")`,
		}},
	} {
		t.Run(c.promise, func(t *testing.T) {
			repo := fixture.New(t, "lib", "exercises/go.mod", exercise, solution)
			c.broken(repo)
			if !strings.Contains(strings.Join(c.expected, ""), "mutant") {
				require.NoError(t, os.RemoveAll(filepath.Join(repo.Root, solution, "mutants"))) // not worth the time
			}
			g := grader(repo)
			if c.promise == "a mutant ends" {
				g.OfflineTimeout = time.Second
			}
			saw := found(t, g)
			for _, text := range c.expected {
				require.Contains(t, saw, name+text)
			}
		})
	}
}

func TestSubtestsInTheOrderOfAMap(t *testing.T) {
	repo := fixture.New(t, "lib", "exercises/go.mod", exercise, solution)
	require.NoError(t, os.RemoveAll(filepath.Join(repo.Root, solution, "mutants")))
	repo.Write(exercise+"more_test.go", `package largest_test

import "testing"

func TestMap(t *testing.T) {
	for name := range map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5} {
		t.Run(name, func(*testing.T) {})
	}
}

func TestSlice(t *testing.T) {
	for _, name := range []string{"a", "b"} {
		t.Run(name, func(*testing.T) {})
	}
}

func FuzzNumbers(f *testing.F) {
	for n := range 3 {
		f.Add(n)
	}
	f.Fuzz(func(*testing.T, int) {})
}

func Example() {
	// Output:
}
`)
	g := grader(repo)
	g.Times = 20
	report, err := g.Run(t.Context())
	require.NoError(t, err)
	const finding = "its subtests begin in another order each time: range over a slice, not over a map"
	require.Contains(t, report.Findings, grade.Finding{"ch02-order/ex01-largest", "TestMap: " + finding})
	for _, ordered := range []string{"TestSlice", "FuzzNumbers", "Example"} {
		require.NotContains(t, report.Findings, grade.Finding{"ch02-order/ex01-largest", ordered + ": " + finding})
	}
}

func TestAMutantMayHangIfItSaysSo(t *testing.T) {
	repo := fixture.New(t, "lib", "exercises/go.mod", exercise, solution)
	repo.Replace(solution+"mutants/zero.diff", "Nothing is smaller than zero", "Hangs on numbers")
	repo.Replace(solution+"mutants/zero.diff", "+\treturn max(0, slices.Max(numbers))", "+\tfor {\n+\t}\n+\treturn slices.Max(numbers)")
	g := grader(repo)
	g.OfflineTimeout = time.Second
	require.Empty(t, found(t, g))
}

func TestWriteStubsSparesAnswers(t *testing.T) {
	repo := fixture.New(t)
	stub := repo.Read(exercise + "largest.go")
	repo.Remove(exercise + "largest.go")
	written, err := grade.WriteStubs(repo.Root)
	require.NoError(t, err)
	require.Equal(t, []string{"ch02-order/ex01-largest/largest.go"}, written)
	require.Equal(t, stub, repo.Read(exercise+"largest.go"))

	repo.Write(exercise+"largest.go", "package largest\n\n// my own answer\n")
	_, err = grade.WriteStubs(repo.Root)
	require.EqualError(t, err, "ch02-order/ex01-largest looks solved; go run . reset ch02/ex01 first (it keeps a backup)")
	require.Contains(t, repo.Read(exercise+"largest.go"), "my own answer")
}
