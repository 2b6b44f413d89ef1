package fifo_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
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
			got := play(t, string(want))
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			require.Equal(t, string(want), got, "go test -run %s -update writes it anew", t.Name())
		})
	}
}

// play returns the scenario with what happens now behind each ----.
func play(t *testing.T, scenario string) string {
	var out []string
	s := &stage{shelf: newShelf()}
	for block := range strings.SplitSeq(strings.TrimSpace(scenario), "\n\n") {
		commands, _, isPlayed := strings.Cut(block, "----")
		if !isPlayed {
			out = append(out, block)
			continue
		}
		result := commands + "----"
		for line := range strings.Lines(commands) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
				result += s.do(t, strings.Fields(line))
			}
		}
		out = append(out, result+"\n"+s.queue.String())
		require.NoError(t, s.queue.CheckInvariants(), block)
	}
	return strings.Join(out, "\n\n") + "\n"
}

// stage is a queue, and the consumer that knows what is on the shelf.
type stage struct {
	queue queue
	shelf *shelf
}

// queue is what the tests need of both FIFOs.
type queue interface {
	fifo.Queue
	fmt.Stringer
	CheckInvariants() error
	IsLocked() bool
}

// do runs a command, and returns what it has to say, each line with a newline in front. Objects are written
// name@version, ~name@version is a tombstone.
func (s *stage) do(t *testing.T, command []string) string {
	verb, args := command[0], command[1:]
	var err error
	switch verb {
	case "delta", "real": // … with options
		s.queue = s.open(t, verb, args)
	case "know": // what the consumer knows by other ways
		for _, arg := range args {
			s.shelf.apply(fifo.Delta{Object: parse(t, arg)})
		}
	case "lose": // a key that is listed, but under which there is nothing
		s.shelf.lost = args[0]
	case "break": // a key that can't be looked up
		s.shelf.broken = args[0]
	case "add":
		err = each(t, args, s.queue.Add)
	case "update":
		err = each(t, args, s.queue.Update)
	case "delete":
		err = each(t, args, s.queue.Delete)
	case "replace": // a list, as of version 100
		var list []any
		err = each(t, args, func(obj any) error { list = append(list, obj); return nil })
		require.NoError(t, err)
		err = s.queue.Replace(list, "100")
	case "resync":
		err = s.queue.Resync()
	case "bookmark":
		err = s.queue.(*fifo.RealFIFO).Bookmark(args[0])
	case "pop", "pop-fail", "pop-requeue":
		return s.pop(verb)
	case "batch", "batch-fail", "batch-requeue":
		return s.batch(verb)
	case "close":
		s.queue.Close()
	default:
		t.Fatalf("unknown command %q", verb)
	}
	if err != nil {
		return "\n" + err.Error()
	}
	return ""
}

func (s *stage) open(t *testing.T, kind string, args []string) queue {
	delta := fifo.DeltaFIFOOptions{KeyFunction: keyOfThing, EmitDeltaTypeReplaced: true, Logger: &silent}
	real := fifo.RealFIFOOptions{KeyFunction: keyOfThing, Logger: &silent}
	batchSize := fifo.MaxBatch
	for _, arg := range args {
		switch name, value, _ := strings.Cut(arg, "="); name {
		case "known":
			delta.KnownObjects, real.KnownObjects = s.shelf, s.shelf
		case "sync-for-replaced":
			delta.EmitDeltaTypeReplaced = false
		case "transform":
			delta.Transformer, real.Transformer = mark, mark
		case "atomic":
			real.AtomicEvents = true
		case "bookmarks":
			real.EmitDeltaTypeBookmark = true
		case "batch":
			n, err := strconv.Atoi(value)
			require.NoError(t, err)
			batchSize = n
		default:
			t.Fatalf("unknown option %q", arg)
		}
	}
	if kind == "delta" {
		return fifo.NewDeltaFIFOWithOptions(delta)
	}
	f := fifo.NewRealFIFOWithOptions(real)
	f.SetBatchSize(batchSize)
	return f
}

var silent = klog.Logger{}

// pop also says what the process function was told: "initial" if that was an object of the initial list.
func (s *stage) pop(verb string) string {
	var told string
	_, err := s.queue.Pop(func(obj any, initial bool) error {
		told = s.tell(obj.(fifo.Deltas), initial)
		return outcome(verb)
	})
	return told + popError(err)
}

func (s *stage) batch(verb string) string {
	var told string
	err := s.queue.(*fifo.RealFIFO).PopBatch(func(deltas []fifo.Delta, initial bool) error {
		told = "\nbatch of " + strconv.Itoa(len(deltas)) + s.tell(deltas, initial)
		return outcome(verb)
	}, func(obj any, initial bool) error {
		told = s.tell(obj.(fifo.Deltas), initial)
		return outcome(verb)
	})
	return told + popError(err)
}

func (s *stage) tell(deltas []fifo.Delta, initial bool) string {
	for _, delta := range deltas {
		s.shelf.apply(delta)
	}
	told := "\n  " + showAll(deltas)
	if initial {
		told += " (initial)"
	}
	return told
}

var errProcess = errors.New("processing failed")

func outcome(verb string) error {
	switch _, how, _ := strings.Cut(verb, "-"); how {
	case "fail":
		return errProcess
	case "requeue":
		return fifo.ErrRequeue{Err: errProcess}
	}
	return nil
}

func popError(err error) string {
	if err == nil {
		return ""
	}
	return "\n  error: " + err.Error()
}

func each(t *testing.T, args []string, do func(any) error) error {
	for _, arg := range args {
		if err := do(parse(t, arg)); err != nil {
			return err
		}
	}
	return nil
}

func parse(t *testing.T, arg string) any {
	name, number, _ := strings.Cut(arg, "@")
	version, err := strconv.Atoi(number)
	require.NoError(t, err, "%s is not name@version", arg)
	if gone, isTombstone := strings.CutPrefix(name, "~"); isTombstone {
		return tombstone(gone, &thing{name: gone, version: version})
	}
	return &thing{name: name, version: version}
}
