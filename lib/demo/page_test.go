package demo

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPageAlignsAndStaysPlainWhenPiped(t *testing.T) {
	var out bytes.Buffer
	p := newPage(&out)
	p.title("Title")
	p.step("get", "one\ntwo", []string{"GET /x  200", "GET /y\n  ?z"})
	p.step("resources", "three: ADDED", nil)
	require.Equal(t, `Title

  get       one
            two
            GET /x  200
            GET /y
              ?z
  resources three: ADDED
`, out.String())
}

func TestPageColoursByMeaning(t *testing.T) {
	var out bytes.Buffer
	p := newPageIn(&out, true)
	p.step("delete", "ADDED and Updated, Replaced or ReplacedAll; create and Updating are no changes", nil)
	require.Equal(t, "  \x1b[31mdelete\x1b[0m    "+
		"\x1b[32mADDED\x1b[0m and \x1b[33mUpdated\x1b[0m, \x1b[36mReplaced\x1b[0m or \x1b[36mReplacedAll\x1b[0m; create and Updating are no changes\n", out.String())
}

func TestOffClusterNeedsNone(t *testing.T) {
	t.Setenv("CLUSTER", "nowhere")
	var out bytes.Buffer
	err := OffCluster(t.Context(), &out, func(ctx context.Context, s *Stage) error {
		require.Nil(t, s.Config)
		s.Title("Alone")
		return s.Play(ctx, Step{"add", func(context.Context) (string, error) { return "bert", nil }})
	})
	require.NoError(t, err)
	require.Equal(t, "Alone\n\n  add       bert\n", out.String())
}
