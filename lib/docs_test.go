package lib_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const root = ".." // of the repository, seen from lib/

// TestREADMEsCommands runs what the documents tell a reader to paste. Commands that
// start, stop or name a whole cluster, or run this very test, would pull the ground
// from under the other tests: of those it checks that they resolve.
func TestREADMEsCommands(t *testing.T) {
	for _, readme := range readmes(t) {
		for _, command := range shellCommands(t, readme) {
			t.Run(command, func(t *testing.T) {
				t.Parallel()
				paste(t, command)
			})
		}
	}
}

// TestREADMEsLinks follows every link to a file of the repository. A link that bears a test's name leads to that test.
func TestREADMEsLinks(t *testing.T) {
	link := regexp.MustCompile(`\[([^\]]*)\]\(([^)#:]+)[)#]`)
	documents := readmes(t)
	for _, more := range []string{"ch05-codegen/START.md", "exercises/README.md", "lib/conformance/README.md"} { // their commands are run elsewhere
		documents = append(documents, filepath.Join(root, more))
	}
	for _, readme := range documents {
		text, err := os.ReadFile(readme)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			name, file := m[1], filepath.Join(filepath.Dir(readme), m[2])
			_, err := os.Stat(file)
			require.NoError(t, err, "a link in %s leads nowhere", readme)
			if strings.HasPrefix(name, "Test") {
				tests, err := os.ReadFile(file)
				require.NoError(t, err)
				require.Contains(t, string(tests), "func "+name+"(", "a link in %s names a test that isn't there", readme)
			}
		}
	}
}

// readmes returns README.md and those of the chapters.
func readmes(t *testing.T) []string {
	chapters, err := filepath.Glob(filepath.Join(root, "ch*", "README.md"))
	require.NoError(t, err)
	require.NotEmpty(t, chapters)
	return append(chapters, filepath.Join(root, "README.md"))
}

var (
	shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```")
	comment    = regexp.MustCompile(`\s+#.*`)
	settings   = regexp.MustCompile(`^([A-Z_]+=\S* )+`)
	makeTarget = regexp.MustCompile(`(?:^|\s)make((?: [a-z-]+)*)$`)
)

// shellCommands returns the lines of a document's sh blocks, without comments.
func shellCommands(t *testing.T, readme string) []string {
	text, err := os.ReadFile(readme)
	require.NoError(t, err)
	var commands []string
	for _, block := range shellBlock.FindAllStringSubmatch(string(text), -1) {
		for line := range strings.Lines(block[1]) {
			if line = strings.TrimSpace(comment.ReplaceAllString(line, "")); line != "" {
				commands = append(commands, line)
			}
		}
	}
	return commands
}

// paste stands at the root, as a reader who follows the documents does.
func paste(t *testing.T, command string) {
	if m := makeTarget.FindStringSubmatch(command); m != nil {
		run(t, "make -n"+m[1])
		return
	}
	if script, _, _ := strings.Cut(settings.ReplaceAllString(command, ""), " "); strings.HasPrefix(script, "scripts/") {
		info, err := os.Stat(filepath.Join(root, script))
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&fs.FileMode(0o100), "%s can't be executed", script)
		run(t, "bash -n "+script)
		return
	}
	if testing.Short() {
		t.Skip("needs the cluster")
	}
	// The command asks for the cluster itself. Held here as well, it would make one wait for ever that wants it alone.
	run(t, command)
}

func run(t *testing.T, command string) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", command)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", command, out)
}
