package main

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/mod/modfile"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what client-gen makes of testdata/*.txtar into them")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Each testdata/*.txtar is a module with the command's arguments, and behind the file "output" what is generated in it.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob(absolute(t, "testdata/*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			golden(t, path)
		})
	}
}

// absolute is for paths that are used after a test has changed its folder.
func absolute(t *testing.T, path string) string {
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	return path
}

func golden(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	require.NoError(t, err)
	input := archive.Files
	for i, f := range input {
		if f.Name == "output" {
			input = input[:i]
		}
	}
	root := absolute(t, "../../../..")
	dir, args := unpack(t, input)
	first, second := generate(t, dir, args), generate(t, dir, args)
	require.Contains(t, second, ": 0 files written, ", "the second time nothing has changed")

	output := append(input[:len(input):len(input)], txtar.File{Name: "output", Data: []byte(first)})
	output = append(output, generated(t, dir)...)
	got := &txtar.Archive{Comment: archive.Comment, Files: output}
	if *update {
		require.NoError(t, os.WriteFile(path, txtar.Format(got), 0o644))
		return
	}
	require.Equal(t, string(txtar.Format(archive)), string(txtar.Format(got)), "go test ./lib/codegen/cmd/client-gen -update accepts the difference")
	compile(t, dir, root)
}

// unpack writes the archive's files, and returns the arguments in the one called args.
func unpack(t *testing.T, files []txtar.File) (dir string, args []string) {
	dir = t.TempDir()
	for _, f := range files {
		if f.Name == "args" {
			args = strings.Fields(string(f.Data))
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, f.Data, 0o644))
	}
	return dir, args
}

func generate(t *testing.T, dir string, args []string) string {
	t.Chdir(dir)
	var out, messages bytes.Buffer
	module, _, _ := strings.Cut(strings.TrimPrefix(read(t, "go.mod"), "module "), "\n")
	args = append([]string{"--output-dir", ".", "--output-pkg", module}, args...)
	err := new(generator).command().Run(context.Background(), args, &out, &messages)
	require.NoError(t, err, messages.String())
	require.Empty(t, messages.String())
	return out.String()
}

func read(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// generated are the files that somebody's generator has made, by path.
func generated(t *testing.T, dir string) []txtar.File {
	var files []txtar.File
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if text := read(t, filepath.Join(dir, path)); strings.Contains(text, "\n// Code generated ") || strings.HasPrefix(text, "// Code generated ") {
			files = append(files, txtar.File{Name: path, Data: []byte(text)})
		}
		return nil
	}))
	return files
}

// compile vets and tests the module with the dependencies that the workbook has.
func compile(t *testing.T, dir, root string) {
	workbook, err := modfile.Parse("go.mod", []byte(read(t, filepath.Join(root, "go.mod"))), nil)
	require.NoError(t, err)
	module, err := modfile.Parse("go.mod", []byte(read(t, filepath.Join(dir, "go.mod"))), nil)
	require.NoError(t, err)
	for _, r := range workbook.Require {
		module.AddNewRequire(r.Mod.Path, r.Mod.Version, r.Indirect)
	}
	module.AddNewRequire("client-go-workbook", "v0.0.0", false)
	require.NoError(t, module.AddReplace("client-go-workbook", "", root, ""))
	text, err := module.Format()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), text, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.sum"), []byte(read(t, filepath.Join(root, "go.sum"))), 0o644))

	for _, does := range []string{"vet", "test"} {
		command := exec.Command("go", does, "./...")
		command.Dir = dir
		message, err := command.CombinedOutput()
		require.NoError(t, err, string(message))
	}
}
