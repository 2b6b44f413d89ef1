package watch_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/exercises/internal/watch"
)

func TestLinesFromAPipe(t *testing.T) {
	in, out, err := os.Pipe()
	require.NoError(t, err)
	keys := watch.NewKeys(in)
	require.False(t, keys.Raw)
	_, err = out.WriteString("hint\n\nq")
	require.NoError(t, err)
	require.NoError(t, out.Close())

	var read []byte
	for key := range keys.C {
		read = append(read, key)
	}
	require.Equal(t, "h\nq", string(read))
	keys.Close()
	keys.Close()
}

func TestCloseInterruptsTheRead(t *testing.T) {
	in, out, err := os.Pipe()
	require.NoError(t, err)
	defer out.Close()
	keys := watch.NewKeys(in)
	keys.Close() // nothing was typed, and nobody listens; goleak sees who stays behind
	_, open := <-keys.C
	require.False(t, open)
}

func TestCloseWithAKeyThatNobodyTook(t *testing.T) {
	in, out, err := os.Pipe()
	require.NoError(t, err)
	defer out.Close()
	_, err = out.WriteString("n\n")
	require.NoError(t, err)
	watch.NewKeys(in).Close()
}
