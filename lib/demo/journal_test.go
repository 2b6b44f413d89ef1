package demo_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/demo"
)

func TestJournalIsReadWhenEnoughIsNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var journal demo.Journal
		go func() {
			for _, name := range []string{"bert", "ernie", "oscar"} {
				time.Sleep(time.Second)
				journal.Note("ADDED", name)
			}
		}()
		rows, err := journal.Take(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, [][]string{{"ADDED", "bert"}, {"ADDED", "ernie"}}, rows)

		rows, err = journal.TakeWhen(t.Context(), func(rows [][]string) bool {
			return len(rows) > 0 && rows[len(rows)-1][1] == "oscar"
		})
		require.NoError(t, err)
		require.Equal(t, [][]string{{"ADDED", "oscar"}}, rows, "what is taken is gone")
	})
}

func TestJournalTellsWhatDidNotCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var journal demo.Journal
		journal.Note("ADDED", "bert")
		began := time.Now()
		_, err := journal.Take(t.Context(), 2)
		require.EqualError(t, err, "2 notes should come: after 30s there are only 1:\nADDED  bert")
		require.Equal(t, 30*time.Second, time.Since(began))

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = journal.Take(ctx, 2)
		require.Equal(t, context.Canceled, err, "who has pressed Ctrl-C need not be told what is missing")

		rows, err := journal.Take(t.Context(), 1)
		require.NoError(t, err)
		require.Len(t, rows, 1, "who waited in vain took nothing")
	})
}
