// Command 08-pipeline wires an informer by hand, from the parts that lib has in a package
// each, and has every station note what passes it while a Deployment is scaled. The
// informer is in pipeline.go; here is what it is shown.
package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes"
	clientappsv1 "client-go-workbook/lib/kubernetes/typed/apps/v1"
	"client-go-workbook/lib/reflector"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch02-pipeline", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{deployments: client.AppsV1().Deployments(s.Namespace), p: newPipeline()}
		pods := reflector.NewListWatchForClient(client.CoreV1().Pods(s.Namespace), func(opts *metav1.ListOptions) { opts.LabelSelector = "app=street" })
		defer demo.Meanwhile(ctx, d.p.controller(pods).RunWithContext)()

		s.Title("The pipeline: what passes each station")
		return s.Play(ctx,
			demo.Step{Verb: "start", Do: d.start},
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "scale", Do: d.scaleUp},
			demo.Step{Verb: "scale", Do: d.scaleDown},
		)
	})
}

type steps struct {
	deployments clientappsv1.DeploymentInterface
	p           *pipeline
}

// table tells what has passed, the journey of one pod after that of the other.
func table(rows [][]string) string {
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return demo.Columns(append([][]string{{"", "reflector", "fifo", "indexer", "handler"}}, rows...)...)
}

func (d *steps) start(ctx context.Context) (string, error) {
	rows, err := d.p.passed.Take(ctx, 1)
	return table(rows), err
}

func (d *steps) create(ctx context.Context) (string, error) {
	zero, now := int32(0), int64(1)
	labels := map[string]string{"app": "street"}
	_, err := d.deployments.Create(ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "street"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &zero,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{
					TerminationGracePeriodSeconds: &now,
					Containers:                    []corev1.Container{{Name: "pause", Image: "registry.k8s.io/pause:3.10"}},
				},
			},
		},
	}, metav1.CreateOptions{})
	return "a deployment of no pods: nothing to see", err
}

// pods is how many the deployment has at most.
const pods = 2

func (d *steps) scaleUp(ctx context.Context) (string, error) {
	return d.scale(ctx, pods, "→ Running")
}

func (d *steps) scaleDown(ctx context.Context) (string, error) {
	return d.scale(ctx, 0, "OnDelete")
}

// scale waits until the handler has been told, for each pod, the last that there is to
// tell.
func (d *steps) scale(ctx context.Context, replicas int, last string) (string, error) {
	patch := fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, replicas)
	if _, err := d.deployments.Patch(ctx, "street", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return "", err
	}
	rows, err := d.p.passed.TakeWhen(ctx, func(rows [][]string) bool {
		n := 0
		for _, row := range rows {
			if strings.Contains(row[len(row)-1], last) {
				n++
			}
		}
		return n == pods
	})
	return fmt.Sprintf("to %d\n", replicas) + table(rows), err
}
