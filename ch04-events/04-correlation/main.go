// Command 04-correlation records 1,000 similar events, in three ways, and counts at each
// station what goes on: what is handed out, combined, skipped, and what reaches the API.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
)

// limits are the correlator's; zero is its default.
var limits record.CorrelatorOptions

func main() {
	demo.Main(run, func(flags *flag.FlagSet) {
		flags.IntVar(&limits.BurstSize, "burst", 25, "let `n` events of a source about an object pass at once")
		flags.IntVar(&limits.MaxEvents, "max", 10, "combine similar events from the `n`th on")
	})
}

const all = 1000 // as many as a broadcaster has room for, if nobody reads

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch04-correlation", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{core: client.CoreV1(), ns: s.Namespace, forget: s.Forget}
		s.Title("EventCorrelator: many events, few writes")
		return s.Play(ctx,
			demo.Step{Verb: "similar", Do: d.similar},
			demo.Step{Verb: "get", Do: d.get},
			demo.Step{Verb: "same", Do: d.same},
			demo.Step{Verb: "ten pods", Do: d.tenPods},
			demo.Step{Verb: "later", Do: d.later},
		)
	})
}

type steps struct {
	core   clientcorev1.CoreV1Interface
	ns     string
	forget func()
}

// similar events differ in their messages only.
func (d *steps) similar(ctx context.Context) (string, error) {
	l, err := d.record(ctx, func(i int) (pod, message string) { return "bert", fmt.Sprintf("Attempt %d failed", i+1) })
	return "1,000 events about bert: one reason, 1,000 messages\n" + l.String(), err
}

// get shows what has become of them. They are sorted by their names, which have the time.
func (d *steps) get(ctx context.Context) (string, error) {
	told, err := demo.Table(ctx, d.core.RESTClient().Get().Namespace(d.ns).Resource("events"), "Reason", "Object", "Count", "Message")
	return "$ kubectl get events -o wide, some columns\n" + told, err
}

// same has the same message each time: nothing to combine, only to count.
func (d *steps) same(ctx context.Context) (string, error) {
	l, err := d.record(ctx, func(int) (pod, message string) { return "ernie", "It failed again" })
	return "1,000 events about ernie, all the same\n" + l.String(), err
}

// tenPods has a tenth of the trouble at each of ten pods. The limits are for one object.
func (d *steps) tenPods(ctx context.Context) (string, error) {
	l, err := d.record(ctx, func(i int) (pod, message string) { return fmt.Sprint("grover-", i%10), "It failed again" })
	d.forget() // requests: twenty lines that look alike
	return "100 events about each of ten pods, all the same\n" + l.String(), err
}

// later has one event more, which comes when the correlator's clock has gone on by five
// minutes. It passes. Does it know of those that were skipped?
func (d *steps) later(ctx context.Context) (string, error) {
	elmo := func(int) (pod, message string) { return "elmo", "It failed again" }
	l := openLine(ctx, d.core.Events(""))
	err := errors.Join(l.send(ctx, d.ns, all, elmo), l.send(ctx, d.ns, 1, elmo), l.close(ctx))
	lastTwo := l.written[max(0, len(l.written)-2):]
	return "1,000 events about elmo, and five minutes later one more; the last two writes\n" + demo.Columns(lastTwo...), err
}

// record sends 1,000 events down a line of their own, which has counted them when it returns.
func (d *steps) record(ctx context.Context, event func(i int) (pod, message string)) (*line, error) {
	l := openLine(ctx, d.core.Events(""))
	return l, errors.Join(l.send(ctx, d.ns, all, event), l.close(ctx))
}
