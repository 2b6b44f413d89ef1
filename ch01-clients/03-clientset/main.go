// Command 03-clientset talks to the API server through the ClientSet: a method for
// each group and resource, a Go type for each object.
package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes"
	clientappsv1 "client-go-workbook/lib/kubernetes/typed/apps/v1"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/retry"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch01-clientset", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		// Group, version, path and codec are all in the method's name.
		d := &steps{
			configMaps:  client.CoreV1().ConfigMaps(s.Namespace),
			deployments: client.AppsV1().Deployments(s.Namespace),
		}
		s.Title("ClientSet: the compiler knows the resource and the type")
		return s.Play(ctx,
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "get", Do: d.get},
			demo.Step{Verb: "list", Do: d.list},
			demo.Step{Verb: "pages", Do: d.pages},
			demo.Step{Verb: "update", Do: d.update},
			demo.Step{Verb: "patch", Do: d.patch},
			demo.Step{Verb: "apply", Do: d.apply},
			demo.Step{Verb: "watch", Do: d.watch},
			demo.Step{Verb: "delete", Do: d.delete},
		)
	})
}

type steps struct {
	configMaps  clientcorev1.ConfigMapInterface
	deployments clientappsv1.DeploymentInterface
}

func (d *steps) create(ctx context.Context) (string, error) {
	for _, name := range []string{"bert", "elmo", "ernie", "grover", "oscar"} {
		cm := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"street": "sesame"}},
			Data:       map[string]string{"likes": "cookies"},
		}
		if _, err := d.configMaps.Create(ctx, cm, metav1.CreateOptions{}); err != nil {
			return "", err
		}
	}
	return "5 config maps", nil
}

func (d *steps) get(ctx context.Context) (string, error) {
	cm, err := d.configMaps.Get(ctx, "ernie", metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s likes %s", cm.Name, cm.Data["likes"]), nil
}

func (d *steps) list(ctx context.Context) (string, error) {
	cms, err := d.configMaps.List(ctx, metav1.ListOptions{LabelSelector: "street=sesame", FieldSelector: "metadata.name!=oscar"})
	if err != nil {
		return "", err
	}
	var names []string
	for _, cm := range cms.Items {
		names = append(names, cm.Name)
	}
	return "by label and field: " + strings.Join(names, ", "), nil
}

func (d *steps) pages(ctx context.Context) (string, error) {
	var sizes []string
	opts := metav1.ListOptions{LabelSelector: "street=sesame", Limit: 2}
	for {
		page, err := d.configMaps.List(ctx, opts)
		if err != nil {
			return "", err
		}
		sizes = append(sizes, fmt.Sprint(len(page.Items)))
		if page.Continue == "" {
			return strings.Join(sizes, " + ") + " items", nil
		}
		opts.Continue = page.Continue
	}
}

// update reads an object, is overtaken by another writer, and so has its own
// write refused: the resourceVersion that it read is no longer the newest.
func (d *steps) update(ctx context.Context) (string, error) {
	stale, err := d.configMaps.Get(ctx, "ernie", metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	if err := d.merge(ctx, `{"data":{"mood":"sleepy"}}`); err != nil {
		return "", err
	}
	if err := d.likeDucks(ctx, stale); !apierrors.IsConflict(err) {
		return "", fmt.Errorf("the stale write should be a conflict, but is: %v", err)
	}

	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		fresh, err := d.configMaps.Get(ctx, "ernie", metav1.GetOptions{})
		if err != nil {
			return err
		}
		return d.likeDucks(ctx, fresh)
	})
	return "the stale write is a conflict; read again, written", err
}

func (d *steps) likeDucks(ctx context.Context, cm *corev1.ConfigMap) error {
	cm.Data["likes"] = "rubber duck"
	_, err := d.configMaps.Update(ctx, cm, metav1.UpdateOptions{})
	return err
}

func (d *steps) patch(ctx context.Context) (string, error) {
	return "merged into ernie: friend=bert", d.merge(ctx, `{"data":{"friend":"bert"}}`)
}

func (d *steps) merge(ctx context.Context, patch string) error {
	_, err := d.configMaps.Patch(ctx, "ernie", types.MergePatchType, []byte(patch), metav1.PatchOptions{})
	return err
}

// apply has two managers who both want to own a Deployment's replicas.
func (d *steps) apply(ctx context.Context) (string, error) {
	if err := d.applyReplicas(ctx, "workbook", 0, false); err != nil {
		return "", err
	}
	err := d.applyReplicas(ctx, "autoscaler", 1, false)
	if !apierrors.IsConflict(err) {
		return "", fmt.Errorf("the second owner should meet a conflict, but: %v", err)
	}
	told := err.Error()
	return told + "\nforced: autoscaler owns replicas now", d.applyReplicas(ctx, "autoscaler", 1, true)
}

// applyReplicas sends what the manager wants to own, and nothing else: a
// Deployment struct would claim its zero values too.
func (d *steps) applyReplicas(ctx context.Context, manager string, replicas int, force bool) error {
	_, err := d.deployments.Patch(ctx, "street", types.ApplyYAMLPatchType, fmt.Appendf(nil, deployment, replicas),
		metav1.PatchOptions{FieldManager: manager, Force: &force})
	return err
}

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: street}
spec:
  replicas: %d
  selector: {matchLabels: {app: street}}
  template:
    metadata: {labels: {app: street}}
    spec: {containers: [{name: pause, image: "registry.k8s.io/pause:3.10"}], terminationGracePeriodSeconds: 0}
`

func (d *steps) watch(ctx context.Context) (string, error) {
	cms, err := d.configMaps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	w, err := d.configMaps.Watch(ctx, metav1.ListOptions{ResourceVersion: cms.ResourceVersion})
	if err != nil {
		return "", err
	}
	if err := d.merge(ctx, `{"data":{"mood":"awake"}}`); err != nil {
		return "", err
	}
	if err := d.configMaps.Delete(ctx, "oscar", metav1.DeleteOptions{}); err != nil {
		return "", err
	}
	return demo.Events(ctx, w, 2)
}

func (d *steps) delete(ctx context.Context) (string, error) {
	err := d.configMaps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "street=sesame"})
	if err != nil {
		return "", err
	}
	if _, err = d.configMaps.Get(ctx, "ernie", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return "", fmt.Errorf("ernie should be gone, but: %v", err)
	}
	return "the collection by label; now: " + err.Error(), nil
}
