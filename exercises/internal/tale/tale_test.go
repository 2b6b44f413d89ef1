package tale_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/exercises/internal/tale"
	"client-go-workbook/lib/workqueue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var rule = invariant.Invariant{Says: "it is as it is told", Read: "here"}

func TestStoryThatIsTrue(t *testing.T) {
	bubble.Test(t, rule, func(t *testing.T) {
		q := workqueue.NewTyped[string]()
		s := tale.New(t, rule, q)
		s.Can("drain", q.ShutDownWithDrain)
		s.Tell(
			"add a b a → queue [a b] dirty [a b] processing []",
			"get → a, queue [b] dirty [b] processing [a]",
			"get",
			"get",
			"add a",
			"drain → shutdown, queue [] dirty [a] processing [a b], shut down",
			"done b",
			"done a → drain returned, queue [a] dirty [a] processing [], shut down",
		)
	})
}

func TestStoryThatIsFalse(t *testing.T) {
	if os.Getenv("FALSE") != "" {
		bubble.Test(t, rule, func(t *testing.T) {
			tale.Tell(t, rule, workqueue.NewTyped[string](), "add a", "get → b, queue [] dirty [] processing [b]", "done a")
		})
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStoryThatIsFalse$")
	cmd.Env = append(os.Environ(), "FALSE=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), `
        invariant  it is as it is told
        doing      add a
                   get
        expected   b, queue [] dirty [] processing [b]
        saw        a, queue [] dirty [] processing [a]
        read       here`)
}

// nothing is a queue whose Get returns without a key, as a wrong answer's may.
type nothing struct{ *workqueue.Typed[string] }

func (nothing) Get() (string, bool) { return "", false }

func TestGetWithoutAKeyIsSeen(t *testing.T) {
	bubble.Test(t, rule, func(t *testing.T) {
		tale.Tell(t, rule, nothing{workqueue.NewTyped[string]()}, "get → no key, queue [] dirty [] processing []")
	})
}
