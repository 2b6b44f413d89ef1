package scratch_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/ch05-codegen/internal/scratch"
	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/demo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const output = "generated/listers/website/v1alpha1"

// folder has a generator that is the test's own: it writes what make says.
func folder(t *testing.T, write func(f *scratch.Folder) (render.Result, error)) *scratch.Folder {
	f, err := scratch.New(t.Context(), scratch.Generator{Name: "cook-gen", Output: output, Run: func(_ context.Context, f *scratch.Folder) (render.Result, error) {
		return write(f)
	}})
	require.NoError(t, err)
	t.Cleanup(f.Remove)
	return f
}

// edited is the committed lister, with something else in place of a text. It is all that is written.
func edited(t *testing.T, old, new string) func(*scratch.Folder) (render.Result, error) {
	return func(f *scratch.Folder) (render.Result, error) {
		text, err := os.ReadFile("../../" + output + "/website.go")
		require.NoError(t, err)
		require.Contains(t, string(text), old)
		require.NoError(t, os.MkdirAll(f.Path(output), 0o755))
		err = os.WriteFile(f.Path(output+"/website.go"), []byte(strings.ReplaceAll(string(text), old, new)), 0o644)
		return render.Result{Written: []string{"website.go"}, Unchanged: []string{"a.go", "b.go"}, Stale: []string{"old.go"}}, err
	}
}

func TestFilesAreToldWithWhatTheyDeclare(t *testing.T) {
	f := folder(t, edited(t, "Lister", "Lister"))
	told, err := f.Generate(t.Context())
	require.NoError(t, err)
	require.Equal(t, "cook-gen: wrote 1 of 3 files; no longer belongs: old.go\n"+
		"website.go  WebsiteLister websiteLister WebsiteNamespaceLister websiteNamespaceLister", told)
}

func TestNoDifferenceIsSaidOnlyIfThereIsNone(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"a line", `Resource: "website"`, `Resource: "site"`, "website.go\n" +
			"  \x1b[31m- resource := schema.GroupResource{Group: \"workbook.example.com\", Resource: \"website\"}\x1b[0m\n" +
			"  \x1b[32m+ resource := schema.GroupResource{Group: \"workbook.example.com\", Resource: \"site\"}\x1b[0m"},
		{"a comment", "// List returns", "// List has", "website.go\n  (comments)"},
		{"white space", "\n}\n", "\n\n}\n", "website.go\n  (comments)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := folder(t, edited(t, test.old, test.new))
			told, err := f.Compare(t.Context())
			require.NoError(t, err)
			require.Contains(t, told, test.want)
			require.Contains(t, told, "expansion_generated.go\x1b[31m  gone")
			require.NotContains(t, told, "no difference")
		})
	}
}

func TestAFileThatIsNew(t *testing.T) {
	f := folder(t, edited(t, "Lister", "Lister"))
	told := play(t, f.File("generated/listers/website/v1alpha1/website_expansion.go", "package v1alpha1\n"), "no folder yet")
	require.Empty(t, told)
	_, err := f.Generate(t.Context())
	require.NoError(t, err)
	require.Contains(t, play(t, f.File("generated/listers/website/v1alpha1/website_expansion.go", "package v1alpha1\n"), ""), "website_expansion.go\x1b[32m  new")
}

// play does a step, which fails if wrong isn't empty.
func play(t *testing.T, step demo.Step, wrong string) string {
	told, err := step.Do(t.Context())
	if wrong != "" {
		require.Error(t, err, wrong)
		return ""
	}
	require.NoError(t, err)
	return told
}

func TestEachStepBeginsWithTheOriginal(t *testing.T) {
	f := folder(t, edited(t, "Lister", "Lister"))
	require.Contains(t, play(t, f.Tag("+genclient:noStatus"), ""), "\x1b[32m+ // +genclient:noStatus\x1b[0m\n")
	told := play(t, f.Type("type Theme struct{}\n"), "")
	require.Contains(t, told, "+ type Theme struct{}")
	require.NotContains(t, told, "noStatus")
}

func TestWhatAGeneratorRefusesIsToldWithoutTheFolder(t *testing.T) {
	f := folder(t, func(f *scratch.Folder) (render.Result, error) {
		return render.Result{}, errors.New(f.Path("apis") + "/website.go:3: burnt")
	})
	require.Contains(t, play(t, f.Tag("+burn"), ""), "cook-gen: \x1b[31mch05-codegen/apis/website.go:3: burnt\x1b[0m\nwrote nothing")
}

func TestAGeneratorThatFailsAndWritesIsAnError(t *testing.T) {
	write := edited(t, "Lister", "Reader")
	f := folder(t, func(f *scratch.Folder) (render.Result, error) {
		_, err := write(f)
		require.NoError(t, err)
		return render.Result{}, errors.New("burnt")
	})
	_, err := f.Tag("+burn").Do(t.Context())
	require.ErrorContains(t, err, "cook-gen failed, and wrote:\n")
}

func TestNothingIsLeft(t *testing.T) {
	f := folder(t, edited(t, "Lister", "Lister"))
	f.Remove()
	require.NoDirExists(t, f.Path(""))
}
