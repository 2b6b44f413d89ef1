package mutant_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/mutant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const source = `package x

import "fmt"

func F() { fmt.Println(1) }

func G() { fmt.Println(1) }
`

// As diff -u and git diff write it: folders, times, line numbers, context, several hunks.
func TestApplyingADiff(t *testing.T) {
	m, err := mutant.Parse([]byte(`F prints two,
and needs no fmt
diff --git a/x.go b/x.go
index 83db48f..bf2a2b5 100644
--- a/some/x.go	2026-01-02 03:04:05
+++ b/some/x.go	2026-01-02 03:04:06
@@ -1,5 +1,4 @@ package x
 package x

-import "fmt"
-
@@ -5 +4 @@
-func F() { fmt.Println(1) }
+func F() { println(2) }
\ No newline at end of file
`))
	require.NoError(t, err)
	require.Equal(t, "F prints two, and needs no fmt", m.Name)

	files := map[string][]byte{"x.go": []byte(source), "y.go": []byte("package x\n")}
	changed, err := m.Apply(files)
	require.NoError(t, err)
	require.Equal(t, map[string][]byte{"x.go": []byte(`package x

func F() { println(2) }

func G() { fmt.Println(1) }
`)}, changed)
	require.Equal(t, source, string(files["x.go"]), "the solution stays as it was")
}

func TestDiffsThatDoNotParse(t *testing.T) {
	for name, c := range map[string]struct{ diff, err string }{
		"empty":             {"", "no name above the diff"},
		"no name":           {"--- x.go\n+++ x.go\n@@ @@\n-a\n+b\n", "no name above the diff"},
		"no hunk":           {"A name\n--- x.go\n+++ x.go\n", `"A name" changes nothing: no @@`},
		"no diff at all":    {"A name\nand more of it\n", `"A name and more of it" changes nothing: no @@`},
		"two files in one":  {"A name\n--- x.go\n+++ y.go\n@@ @@\n-a\n+b\n", "line 3: from x.go to y.go, expected one file"},
		"only new lines":    {"A name\n--- x.go\n+++ x.go\n@@ @@\n+b\n", "line 4: a hunk needs a line that is there already"},
		"nothing new":       {"A name\n--- x.go\n+++ x.go\n@@ @@\n-a\n+a\n", "line 4: a hunk that changes nothing"},
		"a line of prose":   {"A name\n--- x.go\n+++ x.go\n@@ @@\n-a\nb\n", `line 6: "b" is no line of a diff`},
		"lines before a @@": {"A name\n--- x.go\n+++ x.go\n-a\n+b\n", `line 4: "-a" is no line of a diff`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := mutant.Parse([]byte(c.diff))
			require.EqualError(t, err, c.err)
		})
	}
}

func TestHunksThatDoNotFit(t *testing.T) {
	for name, c := range map[string]struct{ diff, err string }{
		"another file":     {"--- y.go\n+++ y.go\n@@ @@\n-a\n+b\n", "line 4: no file y.go in the solution, only x.go"},
		"stale":            {"--- x.go\n+++ x.go\n@@ @@\n-func H() {}\n+\n", "line 4: its old lines stand in x.go 0 times, expected once"},
		"half a line":      {"--- x.go\n+++ x.go\n@@ @@\n-() { fmt.Println(1) }\n+\n", "line 4: its old lines stand in x.go 0 times, expected once"},
		"an ambiguous one": {"--- x.go\n+++ x.go\n@@ @@\n-\n+// here\n", "line 4: its old lines stand in x.go 3 times, expected once"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := mutant.Parse([]byte("A name\n" + c.diff))
			require.NoError(t, err)
			_, err = m.Apply(map[string][]byte{"x.go": []byte(source)})
			require.EqualError(t, err, c.err)
		})
	}
}
