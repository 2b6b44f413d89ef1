package screen_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/screen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWrapKeepsTheShapeOfMarkdown(t *testing.T) {
	text := `A paragraph of words
that are wrapped again.

- an item which is longer than the line
- another

` + "```" + `
code stays   as wide as it is, even beyond
` + "```" + `

1. first
2. second`
	require.Equal(t, []string{
		"A paragraph of words",
		"that are wrapped",
		"again.",
		"",
		"- an item which is",
		"  longer than the",
		"  line",
		"- another",
		"",
		"    code stays   as wide as it is, even beyond",
		"",
		"1. first",
		"2. second",
	}, screen.Wrap(text, 20))
}

func TestCodeStaysOnALine(t *testing.T) {
	require.Equal(t, []string{"type", "`go run . check`,", "a `go test ./x`"}, screen.Wrap("type `go run . check`, a `go\ntest ./x`", 17))
}

func TestCodeThatIsLongerThanALineIsBroken(t *testing.T) {
	require.Equal(t, []string{"what does", "`f(1,", "long(2))`", "do?"}, screen.Wrap("what does `f(1, long(2))` do?", 9))
}

func TestAWordThatIsTooLongStaysWhole(t *testing.T) {
	require.Equal(t, []string{"a", "verylongword", "b"}, screen.Wrap("a verylongword b", 5))
}

func TestColourOnlyWhereItIsWanted(t *testing.T) {
	var plain, coloured bytes.Buffer
	s := screen.New(&plain, false)
	s.Line(s.Good("✓"), " solved  ")
	require.Equal(t, "✓ solved\n", plain.String())
	s = screen.New(&coloured, true)
	s.Line(s.Good("✓"), " solved")
	require.True(t, strings.HasPrefix(coloured.String(), "\x1b[32m✓\x1b["))
}

func TestColumns(t *testing.T) {
	require.Equal(t, "✓  ", screen.Pad("✓", 3))
	require.Equal(t, "long", screen.Pad("long", 3))
	require.Equal(t, "äö…", screen.Cut("äöüx", 3))
	require.Equal(t, "äöü", screen.Cut("äöü", 3))
}
