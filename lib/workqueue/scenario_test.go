package workqueue_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

var update = flag.Bool("update", false, "write what the scenarios of testdata/ do now into them")

// TestScenarios plays the stories of testdata/*.txt: blocks of commands, then ---- and what came of them.
// Look at stage.do for the commands.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			var got string
			synctest.Test(t, func(t *testing.T) { got = play(t, string(want)) })
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			require.Equal(t, string(want), got, "go test -run %s -update writes it anew", t.Name())
		})
	}
}

// play returns the scenario with what happens now behind each ----. A line is what a command led to, until all
// goroutines wait; the last one is the state after the block.
func play(t *testing.T, scenario string) string {
	var out []string
	s := &stage{events: make(chan string, 100)}
	for block := range strings.SplitSeq(strings.TrimSpace(scenario), "\n\n") {
		commands, _, isPlayed := strings.Cut(block, "----")
		if !isPlayed {
			out = append(out, block)
			continue
		}
		result := commands + "----"
		for line := range strings.Lines(commands) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
				s.do(t, strings.Fields(line))
				result += s.happened()
			}
		}
		out = append(out, result+"\n"+s.queue.String())
		require.NoError(t, s.queue.CheckInvariants(), block)
	}
	s.queue.ShutDown() // whoever waits still, ends
	return strings.Join(out, "\n\n") + "\n"
}

// queue is what the tests need of all queues.
type queue interface {
	workqueue.TypedInterface[string]
	fmt.Stringer
	CheckInvariants() error
}

// stage is a queue and those who use it.
type stage struct {
	queue   queue
	workers int
	events  chan string
}

// happened lists what the goroutines did, each line with a newline in front.
func (s *stage) happened() string {
	synctest.Wait()
	var lines []string
	for len(s.events) > 0 {
		lines = append(lines, "\n  "+<-s.events)
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func (s *stage) do(t *testing.T, command []string) {
	verb, args := command[0], command[1:]
	switch verb {
	case "queue":
		s.queue = workqueue.NewTyped[string]()
	case "priority": // a storage that gives items that are touched the first place
		s.queue = workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[string]{Queue: &urgent{}})
	case "delaying":
		s.queue = workqueue.NewTypedDelayingQueue[string]().(queue)
	case "limited": // base and maximum of the delay
		limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](duration(t, args[0]), duration(t, args[1]))
		s.queue = workqueue.NewTypedRateLimitingQueue(limiter).(queue)
	case "add":
		each(args, s.queue.Add)
	case "after":
		delay := duration(t, args[0])
		each(args[1:], func(item string) { s.queue.(workqueue.TypedDelayingInterface[string]).AddAfter(item, delay) })
	case "fail":
		each(args, s.limited().AddRateLimited)
	case "forget":
		each(args, s.limited().Forget)
	case "requeues":
		each(args, func(item string) { s.events <- fmt.Sprint(item, " ", s.limited().NumRequeues(item)) })
	case "get": // a worker that gets one item
		s.workers++
		go s.get(fmt.Sprint("worker ", s.workers))
	case "done":
		each(args, s.queue.Done)
	case "pass":
		time.Sleep(duration(t, args[0]))
	case "shutdown":
		s.queue.ShutDown()
		s.events <- fmt.Sprint("shutting down is ", s.queue.ShuttingDown())
	case "drain": // a goroutine that waits for the end
		go func() {
			s.queue.ShutDownWithDrain()
			s.events <- "drained"
		}()
	default:
		t.Fatalf("unknown command %q", verb)
	}
}

func (s *stage) limited() workqueue.TypedRateLimitingInterface[string] {
	return s.queue.(workqueue.TypedRateLimitingInterface[string])
}

func (s *stage) get(name string) {
	item, shutdown := s.queue.Get()
	if shutdown {
		item = "shutdown"
	}
	s.events <- name + ": " + item
}

func each(items []string, do func(string)) {
	for _, item := range items {
		do(item)
	}
}

func duration(t *testing.T, text string) time.Duration {
	d, err := time.ParseDuration(text)
	require.NoError(t, err)
	return d
}

// urgent is a Queue in which the item that was touched last is the first.
type urgent struct{ items []string }

func (u *urgent) Touch(item string) {
	u.items = slices.DeleteFunc(u.items, func(i string) bool { return i == item })
	u.items = slices.Insert(u.items, 0, item)
}
func (u *urgent) Push(item string) { u.items = append(u.items, item) }
func (u *urgent) Len() int         { return len(u.items) }
func (u *urgent) Pop() string {
	item := u.items[0]
	u.items = u.items[1:]
	return item
}
func (u *urgent) String() string { return fmt.Sprint(u.items) }
