package codegen_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```")

// TestStart does what START.md tells a reader to paste, one step after the other, in an empty folder.
func TestStart(t *testing.T) {
	text, err := os.ReadFile("START.md")
	require.NoError(t, err)
	script := "set -e\n"
	for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		script += block[1]
	}
	require.Contains(t, script, "go test ./...")
	workbook, err := filepath.Abs("..")
	require.NoError(t, err)
	look(t, filepath.Join(workbook, "lib"))

	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "WORKBOOK="+workbook, "GOWORK=", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "ok  \texample.com/greeter\t")

	unformatted, err := exec.CommandContext(t.Context(), "gofmt", "-l", cmd.Dir).CombinedOutput()
	require.NoError(t, err)
	require.Empty(t, strings.TrimSpace(string(unformatted)), "gofmt would write it in another way")
}

// look at all files of lib: go test then counts them among the inputs of the test, as it would if it were this program that
// read them, and a pass in its cache does not outlive a change.
func look(t *testing.T, lib string) {
	require.NoError(t, filepath.WalkDir(lib, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			_, _ = os.Stat(path) // it may be gone by now: somebody is working there
		}
		return err
	}))
}

// TestStartsLinks follows the links of START.md.
func TestStartsLinks(t *testing.T) {
	text, err := os.ReadFile("START.md")
	require.NoError(t, err)
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(string(text), -1) {
		require.FileExists(t, m[1])
	}
}
