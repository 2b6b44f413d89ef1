// Command 05-controller runs a controller for a custom resource, a Website, from its definition to the
// clean-up, with users and other programs about. All of it stands on lib and on code that lib's
// generators wrote. Read it in this order, and take it as a start for your own:
//
//	controller.go  what wakes it, how it works, how it ends; sync, the loop's body
//	parts.go       Deployment and Service: made, put right, adopted, left to others
//	zone.go        a host, which only one may have
//	finalizer.go   what must be done before a Website may go
//	status.go      what the user gets to know
//	install.go     the definition of Websites
//	program.go     the clients, the recorder of events, all of it together
//
// Here is what it goes through; steps.go starts and ends it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
)

func main() {
	var p play
	demo.Main(p.run, func(flags *flag.FlagSet) {
		flags.BoolVar(&p.stay, "stay", false, "leave the controller running until Ctrl-C, for you to make Websites of your own")
	})
}

// play is the demo, as its flags say.
type play struct{ stay bool }

func (p *play) run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch05-controller", func(ctx context.Context, s *demo.Stage) error {
		d, err := newSteps(s)
		if err != nil {
			return err
		}
		s.Title("A controller: each Website becomes a Deployment, a Service and a host in the zone")

		last := demo.Step{Verb: "two", Do: d.two}
		if p.stay {
			last = demo.Step{Verb: "stay", Do: d.yourTurn}
		}
		played := s.Play(ctx,
			demo.Step{Verb: "install", Do: d.install},
			demo.Step{Verb: "check", Do: d.check},
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "scale", Do: d.scale},
			demo.Step{Verb: "meddle", Do: d.meddle},
			demo.Step{Verb: "taken", Do: d.taken},
			demo.Step{Verb: "not ours", Do: d.inTheWay},
			demo.Step{Verb: "delete", Do: d.delete},
			demo.Step{Verb: "drain", Do: d.drain},
			last,
		)
		// Here at the end of the steps, and as soon as somebody presses Ctrl-C.
		cleared := s.Play(context.WithoutCancel(ctx), demo.Step{Verb: "clear", Do: d.clear})
		if p.stay && errors.Is(played, context.Canceled) {
			played = nil
		}
		return errors.Join(played, cleared)
	})
}

// install makes the server know Websites.
func (d *steps) install(ctx context.Context) (string, error) {
	defer d.Forget() // whether it is there already differs
	return "websites.workbook.example.com is established, and stays: who removes it removes all Websites", install(ctx, d.dynamic)
}

// check shows what the definition alone is good for. No controller runs yet.
func (d *steps) check(ctx context.Context) (string, error) {
	dryRun := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	nonsense := website("shop", "nowhere")
	nonsense.Spec.Port = 70000
	_, err := d.sites.Create(ctx, nonsense, dryRun)
	if !apierrors.IsInvalid(err) {
		return "", fmt.Errorf("nonsense should be refused as invalid, not %w", err)
	}
	var rows [][]string
	for _, cause := range err.(apierrors.APIStatus).Status().Details.Causes {
		rows = append(rows, []string{"refused", cause.Field, cause.Message})
	}
	slices.SortFunc(rows, slices.Compare) // the server has no order
	sensible := website("shop", "shop.example.com")
	complete, err := d.sites.Create(ctx, sensible, dryRun)
	if err != nil {
		return "", err
	}
	rows = append(rows, []string{"accepted", "host and image", fmt.Sprintf("the server adds port %d, replicas %d", complete.Spec.Port, *complete.Spec.Replicas)})
	return demo.Columns(rows...), nil
}

// create makes a Website.
func (d *steps) create(ctx context.Context) (string, error) {
	if err := d.startController(ctx); err != nil {
		return "", err
	}
	return d.follow(ctx, 4, func() error { return d.createSite(ctx, "shop", "shop.example.com") })
}

// scale goes through the subresource that kubectl scale uses, and a HorizontalPodAutoscaler: none of them
// knows what a Website is.
func (d *steps) scale(ctx context.Context) (string, error) {
	return d.follow(ctx, 2, func() error {
		scale, err := d.sites.GetScale(ctx, "shop", metav1.GetOptions{})
		if err != nil {
			return err
		}
		scale.Spec.Replicas = 3
		_, err = d.sites.UpdateScale(ctx, "shop", scale, metav1.UpdateOptions{})
		return err
	})
}

// meddle has somebody delete and change what belongs to the Website.
func (d *steps) meddle(ctx context.Context) (string, error) {
	again, err := d.news(ctx, 1, func() error { return d.core.Services(d.Namespace).Delete(ctx, "shop", metav1.DeleteOptions{}) })
	if err != nil {
		return "", err
	}
	right, err := d.follow(ctx, 1, func() error {
		patch := []byte(`{"spec":{"selector":{"app":"other"}}}`)
		_, err := d.core.Services(d.Namespace).Patch(ctx, "shop", types.MergePatchType, patch, metav1.PatchOptions{})
		return err
	})
	return "somebody deletes the Service\n" + again + "\nsomebody leads it to other pods\n" + right, err
}

// taken makes a Website whose host another one has.
func (d *steps) taken(ctx context.Context) (string, error) {
	return d.follow(ctx, 3, func() error { return d.createSite(ctx, "blog", "shop.example.com") })
}

// inTheWay makes a Website where a Deployment of that name is somebody else's.
func (d *steps) inTheWay(ctx context.Context) (string, error) {
	if err := d.createForeign(ctx, "docs"); err != nil {
		return "", err
	}
	refused, err := d.news(ctx, 1, func() error { return d.createSite(ctx, "docs", "docs.example.com") })
	if err != nil {
		return "", err
	}
	accepted, err := d.follow(ctx, 4, func() error {
		return d.apps.Deployments(d.Namespace).Delete(ctx, "docs", metav1.DeleteOptions{})
	})
	return "somebody has a Deployment docs\n" + refused + "\nit is deleted\n" + accepted, err
}

// delete deletes a Website, and waits for all that goes with it. Its host is free then.
func (d *steps) delete(ctx context.Context) (string, error) {
	return d.follow(ctx, 2, func() error {
		if err := d.sites.Delete(ctx, "shop", metav1.DeleteOptions{}); err != nil {
			return err
		}
		return d.gone(ctx, "shop")
	})
}

// drain ends the controller, as after Ctrl-C.
func (d *steps) drain(ctx context.Context) (string, error) {
	defer d.Forget()
	return "the controller has finished what it had, and is gone", d.endControllers()
}

// two starts two controllers after things have happened while there was none.
func (d *steps) two(ctx context.Context) (string, error) {
	if err := d.sites.Delete(ctx, "blog", metav1.DeleteOptions{}); err != nil {
		return "", err
	}
	patch := []byte(`{"spec":{"host":"www.example.com","replicas":2}}`)
	if _, err := d.sites.Patch(ctx, "docs", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return "", err
	}
	table, err := d.table(ctx)
	if err != nil {
		return "", err
	}
	told, err := d.follow(ctx, 3, func() error {
		return errors.Join(d.startController(ctx), d.startController(ctx), d.gone(ctx, "blog"))
	})
	return "blog is deleted, docs changed, but nobody does anything about it\n" + table + "\nthen there are two controllers\n" + told, err
}

// clear deletes all Websites while there is a controller: without one, their finalizers would keep them, and
// they the namespace.
func (d *steps) clear(ctx context.Context) (string, error) {
	defer d.Forget()
	left, err := d.deleteAll(ctx)
	return fmt.Sprintf("%d Websites deleted and gone; the zone has %d hosts", left, d.hosts(ctx)), errors.Join(err, d.endControllers())
}

// yourTurn shows what happens, until Ctrl-C.
func (d *steps) yourTurn(ctx context.Context) (string, error) {
	defer d.Forget() // how much the controller has asked for by then differs
	if err := d.startController(ctx); err != nil {
		return "", err
	}
	err := d.Play(ctx, demo.Step{Verb: "your turn", Do: func(context.Context) (string, error) {
		return "Ctrl-C ends it; until then, in another terminal:\n" +
			"kubectl --kubeconfig .workbook/kubeconfig -n " + d.Namespace + " scale website docs --replicas 5", nil
	}})
	for err == nil && ctx.Err() == nil {
		rows, quiet := d.events.Take(ctx, 1)
		if quiet != nil {
			continue
		}
		d.Forget()
		err = d.Play(ctx, demo.Step{Verb: "event", Do: func(context.Context) (string, error) { return demo.Columns(rows...), nil }})
	}
	return "as long as you liked", err
}

// note is where a controller's events arrive.
func (d *steps) note(event *corev1.Event) {
	reason := event.Reason
	if event.Type == corev1.EventTypeWarning {
		reason = demo.Changed.Paint(reason)
	}
	d.events.Note(event.InvolvedObject.Name, reason, event.Message)
}
