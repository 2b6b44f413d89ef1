package demo_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/demo"
)

func TestStatesShowWhatChanges(t *testing.T) {
	var table demo.States
	table.Row("", "queue [] dirty [] processing []")
	table.Row("Get() → a", "queue [b c] dirty [b c] processing [a]")
	table.Row("ShutDown()", "queue [b c] dirty [b c] processing [a], shut down", "for good")
	table.Row("Done(a)", "queue [b c] dirty [b c] processing [], shut down")

	painted := demo.Changed.Paint
	require.Equal(t, `            queue  dirty  processing
            ·      ·      ·
Get() → a   `+painted("b c")+`    `+painted("b c")+`    `+painted("a")+`
ShutDown()  b c    b c    a           for good, shut down
Done(a)     b c    b c    `+painted("·"), table.String())
}

func TestStatesShowTheColumnsThatAreWanted(t *testing.T) {
	table := demo.States{Columns: []string{"waiting", "failures"}}
	table.Row("now", "failures [a×2] waiting [a in 40ms, b in 1s] queue [c]")
	require.Equal(t, `     waiting             failures
now  a in 40ms, b in 1s  a×2`, table.String())
}

func TestStatesRoundWaits(t *testing.T) {
	table := demo.States{Precision: 20 * time.Millisecond}
	table.Row("now", "waiting [pod-2s in 99.98ms, b in 1m0.0301s, c in 12µs, d in 2h0m0s, e in 3ss] queue [11ms]")
	require.Equal(t, `     waiting                                                        queue
now  pod-2s in 100ms, b in 1m0.04s, c in 0s, d in 2h0m0s, e in 3ss  11ms`, table.String())
}

func TestInkIsForTerminals(t *testing.T) {
	var out bytes.Buffer
	err := demo.OffCluster(t.Context(), &out, func(ctx context.Context, s *demo.Stage) error {
		return s.Play(ctx, demo.Step{Verb: "look", Do: func(context.Context) (string, error) {
			return demo.Columns([]string{demo.Gone.Paint("lost"), "1"}, []string{"found", "2"}), nil
		}})
	})
	require.NoError(t, err)
	require.Equal(t, "  look      lost   1\n            found  2\n", out.String())
}
