// Command 06-controller runs a controller, with other writers about, until Ctrl-C. The
// controller is in controller.go: take it as a start for your own. Here is what it goes
// through; steps.go starts and ends it, road.go has those who get in its way, log.go takes
// what it logs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
)

func main() {
	var p play
	demo.Main(p.run, func(flags *flag.FlagSet) {
		flags.BoolVar(&p.stay, "stay", false, "leave the controller running until Ctrl-C, for you to get in its way")
	})
}

// play is the demo, as its flags say.
type play struct{ stay bool }

func (p *play) run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch03-controller", func(ctx context.Context, s *demo.Stage) error {
		d, err := newSteps(s)
		if err != nil {
			return err
		}
		s.Title("A controller: each pod gets a label with its QoS class, whatever happens")

		last := demo.Step{Verb: "burst", Do: d.burst}
		if p.stay {
			last = demo.Step{Verb: "stay", Do: d.stay}
		}
		played := s.Play(ctx,
			demo.Step{Verb: "start", Do: d.start},
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "conflict", Do: d.conflict},
			demo.Step{Verb: "heal", Do: d.heal},
			last,
		)
		// Here at the end of the steps, and as soon as somebody presses Ctrl-C.
		drained := s.Play(context.WithoutCancel(ctx), demo.Step{Verb: "drain", Do: d.drain})
		if p.stay && ctx.Err() != nil {
			return drained
		}
		if err := errors.Join(played, drained); err != nil {
			return err
		}
		return s.Play(ctx, demo.Step{Verb: "again", Do: d.again})
	})
}

// start starts a controller with two workers.
func (d *steps) start(ctx context.Context) (string, error) {
	return "two workers, no pods yet", d.startController(ctx)
}

// create makes a pod of each class.
func (d *steps) create(ctx context.Context) (string, error) {
	d.log.restart()
	var rows [][]string
	for _, pod := range []*corev1.Pod{newPod("ernie", "", ""), newPod("bert", "1", ""), newPod("oscar", "1", "1")} {
		if err := d.createPod(ctx, pod); err != nil {
			return "", err
		}
		row, err := d.log.Take(ctx, 1)
		if err != nil {
			return "", err
		}
		rows = append(rows, row...)
	}
	return demo.Columns(rows...), nil
}

// conflict has somebody write the pod whenever the controller is about to, three times. What
// the controller read is old by then.
func (d *steps) conflict(ctx context.Context) (string, error) {
	d.log.restart()
	d.road.rivals("elmo", 3)
	if err := d.createPod(ctx, newPod("elmo", "", "")); err != nil {
		return "", err
	}
	rows, err := d.log.Take(ctx, 7)
	return demo.Columns(rows...), err
}

// heal has somebody overwrite what the controller wrote.
func (d *steps) heal(ctx context.Context) (string, error) {
	d.log.restart()
	patch := fmt.Appendf(nil, `{"metadata":{"labels":{%q:"Platinum"}}}`, qosLabel)
	err := d.road.blocked(func() error {
		_, err := d.pods.Patch(ctx, "ernie", types.MergePatchType, patch, metav1.PatchOptions{})
		return err
	})
	if err != nil {
		return "", err
	}
	rows, err := d.log.Take(ctx, 1)
	return "somebody says that ernie is Platinum\n" + demo.Columns(rows...), err
}

// burst makes more pods than two workers can do at once, because the server is slow.
func (d *steps) burst(ctx context.Context) (string, error) {
	const many = 20
	d.log.restart()
	d.road.block()
	for i := range many {
		if _, err := d.pods.Create(ctx, newPod(fmt.Sprintf("pod-%02d", i), "", ""), metav1.CreateOptions{}); err != nil {
			return "", err
		}
	}
	err := until(ctx, func() bool { return d.controller.queue.Len() == many-2 && d.road.held() == 2 })
	return fmt.Sprintf("%d pods, while the server is slow: 2 in work, %d queued", many, d.controller.queue.Len()), err
}

// stay shows what happens, until Ctrl-C.
func (d *steps) stay(ctx context.Context) (string, error) {
	d.log.restart()
	err := d.Play(ctx, demo.Step{Verb: "your turn", Do: func(context.Context) (string, error) {
		return "Ctrl-C ends it; until then, in another terminal:\n" +
			"kubectl --kubeconfig .workbook/kubeconfig -n " + d.Namespace + " label pod ernie " + qosLabel + "-", nil
	}})
	for err == nil && ctx.Err() == nil {
		rows, quiet := d.log.Take(ctx, 1)
		if quiet != nil {
			continue
		}
		err = d.Play(ctx, demo.Step{Verb: "log", Do: func(context.Context) (string, error) { return demo.Columns(rows...), nil }})
	}
	return "as long as you liked", err
}

// drain is the end, as after Ctrl-C: first the queue is shut down, then the server answers again.
func (d *steps) drain(ctx context.Context) (string, error) {
	if d.ended == nil {
		return "no controller runs", nil
	}
	d.stop()
	if err := until(ctx, d.controller.queue.ShuttingDown); err != nil {
		return "", err
	}
	d.road.clear()
	if err := d.endController(); err != nil {
		return "", err
	}
	rows, err := d.log.Take(ctx, 0)
	if err != nil {
		return "", err
	}
	done, known, err := d.count(ctx)
	d.Forget() // a request or two for each pod
	return fmt.Sprintf("%s\n%d of the %d pods that the controller knew have their label", demo.Columns(summary(rows)...), done, known), err
}

// again starts another controller. What came while there was none is in its first list.
func (d *steps) again(ctx context.Context) (string, error) {
	if err := d.createPod(ctx, newPod("grover", "", "")); err != nil {
		return "", err
	}
	d.log.restart()
	if err := d.startController(ctx); err != nil {
		return "", errors.Join(err, d.endController())
	}
	rows, err := d.log.Take(ctx, 1)
	return "grover came while no controller ran; now there is one\n" + demo.Columns(rows...), errors.Join(err, d.endController())
}
