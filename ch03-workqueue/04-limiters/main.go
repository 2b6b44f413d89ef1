// Command 04-limiters asks four limiters about the same failures, and draws how long each lets
// an item wait. It needs no cluster. The chart for the terminal is in chart.go, the one that
// -svg writes in svg.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/workqueue"
)

func main() {
	var d drawing
	demo.Main(d.run, func(flags *flag.FlagSet) {
		flags.StringVar(&d.svg, "svg", "", "also draw the chart into this `file`")
	})
}

// drawing is the demo, as its flags say.
type drawing struct{ svg string }

func (d *drawing) run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("Limiters: how long does an item wait after it has failed?")
		all := lines()
		steps := []demo.Step{
			{Verb: "limiters", Do: func(context.Context) (string, error) { return settings(all), nil }},
			{Verb: "waits", Do: func(context.Context) (string, error) { return table(all), nil }},
			{Verb: "chart", Do: func(context.Context) (string, error) { return chart(all), nil }},
			{Verb: "forever", Do: forever},
		}
		if d.svg != "" {
			steps = append(steps, demo.Step{Verb: "svg", Do: func(context.Context) (string, error) { return d.write(all) }})
		}
		return s.Play(ctx, steps...)
	})
}

// failures of one item, in a row.
type failures struct {
	item   string
	times  int
	forget bool // it succeeded before
	told   string
}

// story is what all limiters are asked about. It happens in one moment: what differs is what
// the limiters remember.
var story = []failures{
	{"web", 6, false, "web fails six times"},
	{"web", 4, true, "web, after Forget"},
	{"db", 4, false, "db fails"},
}

// line is what one limiter says.
type line struct {
	name, setting string
	ink           demo.Ink
	colour        string // in the SVG
	waits         []time.Duration
}

func lines() []line {
	exponential := func() workqueue.TypedRateLimiter[string] {
		return workqueue.NewTypedItemExponentialFailureRateLimiter[string](100*time.Millisecond, 2*time.Second)
	}
	bucket := func() workqueue.TypedRateLimiter[string] {
		return &workqueue.TypedBucketRateLimiter[string]{Limiter: rate.NewLimiter(5, 4)}
	}
	fastSlow := workqueue.NewTypedItemFastSlowRateLimiter[string](200*time.Millisecond, 1500*time.Millisecond, 3)
	return []line{
		{"exponential", "each item: 100ms, doubled each time, up to 2s", demo.Again, "#0072b2", ask(exponential())},
		{"fast, slow", "each item: 200ms three times, then 1.5s", demo.Come, "#009e73", ask(fastSlow)},
		{"bucket", "all items: four at once, then five a second", demo.Changed, "#e69f00", ask(bucket())},
		{"max of", "exponential or bucket, whichever is longer", demo.Gone, "#cc79a7",
			ask(workqueue.NewTypedMaxOfRateLimiter(exponential(), bucket()))},
	}
}

// ask plays the story to a limiter. The bucket looks at a clock that goes on meanwhile: its
// answers are rounded.
func ask(limiter workqueue.TypedRateLimiter[string]) []time.Duration {
	var waits []time.Duration
	for _, f := range story {
		if f.forget {
			limiter.Forget(f.item)
		}
		for range f.times {
			waits = append(waits, limiter.When(f.item).Round(50*time.Millisecond))
		}
	}
	return waits
}

func settings(all []line) string {
	var rows [][]string
	for _, l := range all {
		rows = append(rows, []string{l.ink.Paint(l.name), l.setting})
	}
	return demo.Columns(rows...)
}

func table(all []line) string {
	rows := [][]string{{"failure", ""}}
	for _, l := range all {
		rows[0] = append(rows[0], l.ink.Paint(l.name))
	}
	n := 0
	for _, f := range story {
		for i := range f.times {
			what := ""
			if i == 0 {
				what = f.told
			}
			row := []string{fmt.Sprintf("%7d", n+1), what}
			for _, l := range all {
				row = append(row, l.waits[n].String())
			}
			rows = append(rows, row)
			n++
		}
	}
	return demo.Columns(rows...)
}

// forever has an item fail so often that its wait, in nanoseconds and never cut, would fit into
// no integer.
func forever(context.Context) (string, error) {
	limiter := workqueue.DefaultTypedControllerRateLimiter[string]()
	patient := workqueue.NewTypedWithMaxWaitRateLimiter(workqueue.DefaultTypedControllerRateLimiter[string](), time.Minute)
	rows := [][]string{{"failure", "the default of controllers", "WithMaxWait(…, 1m)"}}
	for n := 1; n <= 64; n++ {
		wait, atMost := limiter.When("web"), patient.When("web")
		if slices.Contains([]int{1, 2, 3, 10, 14, 18, 64}, n) {
			rows = append(rows, []string{fmt.Sprintf("%7d", n), wait.String(), atMost.String()})
		}
	}
	return demo.Columns(rows...), nil
}

// write makes the folder, too.
func (d *drawing) write(all []line) (string, error) {
	if err := os.MkdirAll(filepath.Dir(d.svg), 0o755); err != nil {
		return "", err
	}
	picture, err := svg(all)
	if err != nil {
		return "", err
	}
	return d.svg, os.WriteFile(d.svg, picture, 0o644)
}
