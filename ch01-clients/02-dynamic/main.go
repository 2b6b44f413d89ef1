// Command 02-dynamic talks to the API server through DynamicClient: you say the
// group, the version and the resource, and get every object as a tree of maps.
package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/retry"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch01-dynamic", func(ctx context.Context, s *demo.Stage) error {
		client, err := dynamic.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		// The empty group is the core group. The client finds the path from these
		// three names; it asks nobody whether such a resource exists.
		d := &steps{
			configMaps:  client.Resource(schema.GroupVersionResource{Group: "", Version: "v1", Resource: "configmaps"}).Namespace(s.Namespace),
			deployments: client.Resource(schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}).Namespace(s.Namespace),
		}
		s.Title("DynamicClient: you name the resource, objects are trees of maps")
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
	configMaps, deployments dynamic.ResourceInterface
}

func (d *steps) create(ctx context.Context) (string, error) {
	for _, name := range []string{"bert", "elmo", "ernie", "grover", "oscar"} {
		cm := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1",
			"kind":       "ConfigMap",
			"metadata":   map[string]any{"name": name, "labels": map[string]any{"street": "sesame"}},
			"data":       map[string]any{"likes": "cookies"},
		}}
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
	// No field is checked by the compiler: found says whether it is there.
	likes, found, err := unstructured.NestedString(cm.Object, "data", "likes")
	return fmt.Sprintf("%s likes %s (found: %t)", cm.GetName(), likes, found), err
}

func (d *steps) list(ctx context.Context) (string, error) {
	cms, err := d.configMaps.List(ctx, metav1.ListOptions{LabelSelector: "street=sesame", FieldSelector: "metadata.name!=oscar"})
	if err != nil {
		return "", err
	}
	var names []string
	for _, cm := range cms.Items {
		names = append(names, cm.GetName())
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
		if page.GetContinue() == "" {
			return strings.Join(sizes, " + ") + " items", nil
		}
		opts.Continue = page.GetContinue()
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

func (d *steps) likeDucks(ctx context.Context, cm *unstructured.Unstructured) error {
	if err := unstructured.SetNestedField(cm.Object, "rubber duck", "data", "likes"); err != nil {
		return err
	}
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

func (d *steps) applyReplicas(ctx context.Context, manager string, replicas int64, force bool) error {
	street := map[string]any{"app": "street"}
	_, err := d.deployments.Apply(ctx, "street", &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1",
		"kind":       "Deployment",
		"metadata":   map[string]any{"name": "street"},
		"spec": map[string]any{
			"replicas": replicas,
			"selector": map[string]any{"matchLabels": street},
			"template": map[string]any{
				"metadata": map[string]any{"labels": street},
				"spec": map[string]any{
					"containers":                    []any{map[string]any{"name": "pause", "image": "registry.k8s.io/pause:3.10"}},
					"terminationGracePeriodSeconds": int64(0),
				},
			},
		},
	}}, metav1.ApplyOptions{FieldManager: manager, Force: force})
	return err
}

func (d *steps) watch(ctx context.Context) (string, error) {
	cms, err := d.configMaps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	w, err := d.configMaps.Watch(ctx, metav1.ListOptions{ResourceVersion: cms.GetResourceVersion()})
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
