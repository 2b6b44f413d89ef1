package generators_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/conformance/surface/generators"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func input(t *testing.T) generators.Input {
	all, err := generators.KubernetesAPI(t.Context())
	require.NoError(t, err)
	return all.First(1) // admissionregistration/v1
}

// In turn or at once, the generators write the same files.
func TestInTurnAndAtOnce(t *testing.T) {
	g, err := generators.Build(t.Context(), generators.Workbook, input(t))
	require.NoError(t, err)
	inTurn, atOnce := t.TempDir(), t.TempDir()
	cpu, err := g.Run(t.Context(), inTurn)
	require.NoError(t, err)
	require.Positive(t, cpu)
	require.NoError(t, g.RunAtOnce(t.Context(), atOnce))

	for _, folder := range generators.Folders {
		require.DirExists(t, filepath.Join(inTurn, folder))
	}
	require.Equal(t, files(t, inTurn), files(t, atOnce))
}

// files are the texts of all files, by path.
func files(t *testing.T, dir string) map[string]string {
	all := map[string]string{}
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		all[path] = string(text)
		return err
	}))
	return all
}

func TestWhatGoesWrongIsSaid(t *testing.T) {
	_, err := generators.Build(t.Context(), generators.Library{Commands: "nobody.example/cmd/", Module: "nobody.example"}, input(t))
	require.ErrorContains(t, err, "nobody.example/cmd/client-gen")

	g, err := generators.Build(t.Context(), generators.Workbook, input(t))
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	_, err = g.Run(t.Context(), filepath.Join(file, "out"))
	require.ErrorContains(t, err, "client-gen")
	require.ErrorContains(t, err, "file/out", "what the generator has said")
}
