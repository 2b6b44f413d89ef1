package stub_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/stub"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			parts := map[string]string{}
			for _, f := range txtar.Parse(text).Files {
				parts[f.Name] = string(f.Data)
			}
			solved := stub.Files{"x.go": []byte(parts["solved.go"]), "whole.go": []byte("package x\n")}

			stubs, err := stub.Make("ch09/ex01", solved)
			require.NoError(t, err)
			require.Equal(t, parts["stub.go"], string(stubs["x.go"]))
			require.Equal(t, "package x\n", string(stubs["whole.go"]), "a file without a hole")

			solution, err := stub.Solution(solved)
			require.NoError(t, err)
			require.Equal(t, parts["solution.go"], string(solution["x.go"]))
			require.Equal(t, "package x\n", string(solution["whole.go"]))
		})
	}
}

func TestMarkersThatMakeNoHole(t *testing.T) {
	const (
		head  = "package x\n\nfunc F() int {\n"
		begin = "\t// BEGIN SOLUTION: Return one.\n"
		end   = "\t// END SOLUTION\n"
		tail  = "}\n"
	)
	for name, c := range map[string]struct{ src, err string }{
		"none":             {head + "\treturn 1\n" + tail, "0 holes (// BEGIN SOLUTION: …), expected one"},
		"no end":           {head + begin + "\treturn 1\n" + tail, `x.go: "// BEGIN SOLUTION:" without "// END SOLUTION"`},
		"no beginning":     {head + "\treturn 1\n" + end + tail, `x.go: "// END SOLUTION" without a beginning`},
		"two in a file":    {head + begin + end + begin + end + tail, `x.go: a second "// BEGIN SOLUTION:"; one hole is all`},
		"no instruction":   {head + "\t// BEGIN SOLUTION:\n\treturn 1\n" + end + tail, `x.go: nothing behind "// BEGIN SOLUTION:" says what to do`},
		"no function":      {"package x\n\n" + begin + "var x = 1\n\n" + end, "x.go: the hole isn't inside one function's body"},
		"two functions":    {head + begin + "\treturn 1\n}\n\nfunc G() int {\n" + end + "\treturn 1\n}\n", "x.go: the hole isn't inside one function's body"},
		"not even Go":      {"package\n" + begin + end, "x.go: 3:18: expected 'IDENT', found 'EOF'"},
		"an unclosed body": {head + begin + "\tif true {\n" + end + "\t}\n\treturn 1\n}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := stub.Make("ch09/ex01", stub.Files{"x.go": []byte(c.src)})
			if c.err == "" {
				require.Error(t, err)
				return
			}
			require.ErrorContains(t, err, c.err)
		})
	}

	t.Run("two files", func(t *testing.T) {
		src := []byte(head + begin + "\treturn 1\n" + end + tail)
		_, err := stub.Make("ch09/ex01", stub.Files{"x.go": src, "y.go": src})
		require.EqualError(t, err, "2 holes (// BEGIN SOLUTION: …), expected one")
	})
}
