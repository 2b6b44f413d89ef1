package command_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/render"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// cook is a command with a flag of its own, and what it was called with.
type cook struct {
	got    command.Flags
	spicy  bool
	result render.Result
	err    error
}

func (c *cook) run(t *testing.T, args ...string) (out, messages string, err error) {
	var o, m bytes.Buffer
	err = command.Command{
		Name:     "cook-gen",
		Does:     "writes recipes",
		AddFlags: func(f *flag.FlagSet) { f.BoolVar(&c.spicy, "spicy", false, "with pepper") },
		Generate: func(_ context.Context, f command.Flags) (render.Result, error) {
			c.got = f
			return c.result, c.err
		},
	}.Run(t.Context(), args, &o, &m)
	return o.String(), m.String(), err
}

func TestFlags(t *testing.T) {
	c := cook{}
	_, messages, err := c.run(t, "--output-dir", "out", "--output-pkg=example.test/out", "-go-header-file", "h.txt", "--plural-exceptions", "A:As, B:B", "--plural-exceptions=C:C,",
		"--spicy", "./apis/...", "--prune", "example.test/v1", "--lib=example.test/lib")
	require.NoError(t, err)
	require.Empty(t, messages)
	require.True(t, c.spicy)
	require.Equal(t, command.Flags{
		Packages: []string{"./apis/...", "example.test/v1"}, OutputDir: "out", OutputPackage: "example.test/out", GoHeaderFile: "h.txt",
		PluralExceptions: command.List{"A:As", "B:B", "C:C"}, Lib: "example.test/lib", Prune: true,
	}, c.got)
}

func TestReport(t *testing.T) {
	c := cook{result: render.Result{Written: []string{"a.go", "b.go"}, Unchanged: []string{"c.go"}, Stale: []string{"d.go"}}}
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"plain":   {nil, "d.go no longer belongs: remove it, or have it removed by --prune\n"},
		"prune":   {[]string{"--prune"}, "removed d.go, which no longer belongs\n"},
		"verbose": {[]string{"-v", "1", "--prune"}, "wrote a.go\nwrote b.go\nremoved d.go, which no longer belongs\n"},
	} {
		t.Run(name, func(t *testing.T) {
			out, messages, err := c.run(t, tc.args...)
			require.NoError(t, err)
			require.Empty(t, messages)
			require.Equal(t, tc.want+"cook-gen: 2 files written, 1 as they were\n", out)
		})
	}
}

func TestHelp(t *testing.T) {
	for _, h := range []string{"-h", "--help"} {
		out, messages, err := new(cook).run(t, h)
		require.NoError(t, err)
		require.Empty(t, out)
		require.Contains(t, messages, "cook-gen writes recipes.\n\n  cook-gen [flags] package...\n\n")
		require.Regexp(t, `\n  --output-pkg path +the import path of --output-dir\n`, messages)
		require.Regexp(t, `\n  --spicy +with pepper\n`, messages)
	}
}

func TestErrors(t *testing.T) {
	_, messages, err := new(cook).run(t, "--salty")
	require.Error(t, err)
	require.Equal(t, 2, command.ExitCode(err))
	require.Equal(t, "cook-gen: flag provided but not defined: -salty; -h lists the flags\n", messages)

	for _, lib := range []string{"", "/lib", "./lib", "a lib", `li"b`, "lib/"} {
		_, messages, err = new(cook).run(t, "--lib", lib)
		require.Error(t, err)
		require.Contains(t, messages, "is no import path: write that of the library, as in client-go-workbook/lib\n")
	}
	_, messages, err = new(cook).run(t, "./apis/...", "--salty")
	require.Equal(t, 2, command.ExitCode(err), messages)

	c := cook{err: errors.New("burnt")}
	out, messages, err := c.run(t)
	require.ErrorIs(t, err, c.err)
	require.Equal(t, 1, command.ExitCode(err))
	require.Equal(t, "cook-gen: burnt\n", messages)
	require.Empty(t, out)
	require.Zero(t, command.ExitCode(nil))
}
