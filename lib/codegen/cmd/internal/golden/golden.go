// Package golden holds what a generator makes of a whole module against what it once made, and has the result compiled and tested.
//
//	testdata/shop.txtar
//	  -- args --               the command's arguments, in the module's folder
//	  -- go.mod --             without requirements: it gets the workbook's
//	  -- apis/shop/v1/… --     the input, hand-written expansions, tests of what is generated
//	  -- output --             what the command printed
//	  -- listers/shop/v1/… --  what it generated
//
// go test ./lib/codegen/cmd/lister-gen -update writes all from output on anew.
package golden

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
	"golang.org/x/tools/txtar"

	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/model"
)

var update = flag.Bool("update", false, "write testdata/*.txtar anew")

// Generator is what is tested.
type Generator struct {
	// Command returns the generator's command; each run has one of its own.
	Command func() command.Command
	// Before generates what the result needs to compile, in the module's folder, which is the working one. It may be nil.
	Before func(t *testing.T)
}

// Test runs the generator on each testdata/*.txtar.
func (g Generator) Test(t *testing.T) {
	archives, err := filepath.Glob(absolute(t, "testdata/*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	root := workbook(t)
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { g.test(t, root, path) })
	}
}

func (g Generator) test(t *testing.T, root, path string) {
	want, err := txtar.ParseFile(path)
	require.NoError(t, err)
	args := unpack(t, input(want))
	depend(t, root)
	if g.Before != nil {
		g.Before(t)
	}
	output := g.run(t, args)
	require.Contains(t, string(g.run(t, args)), ": 0 files written, ", "the second time nothing has changed")

	got := &txtar.Archive{Comment: want.Comment, Files: append(input(want), txtar.File{Name: "output", Data: output})}
	got.Files = append(got.Files, generated(t, model.GeneratedBy(g.Command().Name))...)
	if *update {
		require.NoError(t, os.WriteFile(path, txtar.Format(got), 0o644))
	} else if diff := difference(string(txtar.Format(want)), string(txtar.Format(got))); diff != "" {
		t.Fatalf("%s%s\ngo test -update accepts it, and git diff shows all of it", path, diff)
	}
	Compile(t)
}

// difference is the first line in which two texts differ; empty if there is none.
func difference(want, got string) string {
	if want == got {
		return ""
	}
	wanted, lines := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := 0; ; i++ {
		switch {
		case i == len(wanted):
			return fmt.Sprintf(":%d: %q is new", i+1, lines[i])
		case i == len(lines):
			return fmt.Sprintf(":%d: %q is gone", i+1, wanted[i])
		case wanted[i] != lines[i]:
			return fmt.Sprintf(":%d: it is %q, and was %q", i+1, lines[i], wanted[i])
		}
	}
}

// Unpack makes a copy of an archive's module the working folder, with nothing generated so far, until the test has ended.
func Unpack(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	require.NoError(t, err)
	root := workbook(t)
	unpack(t, input(archive))
	depend(t, root)
}

// input is what stands above the output.
func input(archive *txtar.Archive) []txtar.File {
	end := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "output" })
	if end < 0 {
		end = len(archive.Files)
	}
	return archive.Files[:end:end]
}

// unpack writes files to a folder, and makes that the working one.
func unpack(t *testing.T, files []txtar.File) (args []string) {
	t.Chdir(t.TempDir())
	for _, f := range files {
		if f.Name == "args" {
			args = strings.Fields(string(f.Data))
			continue
		}
		require.NoError(t, os.MkdirAll(filepath.Dir(f.Name), 0o755))
		require.NoError(t, os.WriteFile(f.Name, f.Data, 0o644))
	}
	return args
}

func (g Generator) run(t *testing.T, args []string) []byte {
	var out, messages bytes.Buffer
	require.NoError(t, g.Command().Run(t.Context(), args, &out, &messages), messages.String())
	require.Empty(t, messages.String())
	return out.Bytes()
}

// generated are the files with this line, by path.
func generated(t *testing.T, line string) (files []txtar.File) {
	require.NoError(t, fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if model.GeneratedLine(text) == line {
			files = append(files, txtar.File{Name: path, Data: text})
		}
		return err
	}))
	return files
}

// depend gives the module the workbook's dependencies, and the workbook.
func depend(t *testing.T, root string) {
	ours, theirs := module(t, root), module(t, ".")
	for _, r := range ours.Require {
		theirs.AddNewRequire(r.Mod.Path, r.Mod.Version, r.Indirect)
	}
	theirs.AddNewRequire(ours.Module.Mod.Path, "v0.0.0", false)
	require.NoError(t, theirs.AddReplace(ours.Module.Mod.Path, "", root, ""))
	text, err := theirs.Format()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("go.mod", text, 0o644))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("go.sum", sums, 0o644))
}

// Compile vets and tests the module that is the working folder.
func Compile(t *testing.T) {
	for _, does := range []string{"vet", "test"} {
		message, err := exec.CommandContext(t.Context(), "go", does, "./...").CombinedOutput()
		require.NoError(t, err, string(message))
	}
}

func module(t *testing.T, dir string) *modfile.File {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	file, err := modfile.Parse("go.mod", text, nil)
	require.NoError(t, err)
	return file
}

// workbook is the folder of the module that the test is in.
func workbook(t *testing.T) string {
	dir := absolute(t, ".")
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		require.NotEqual(t, dir, filepath.Dir(dir), "there is no go.mod")
		dir = filepath.Dir(dir)
	}
}

// absolute is for paths that are used after the working folder has changed.
func absolute(t *testing.T, path string) string {
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	return path
}
