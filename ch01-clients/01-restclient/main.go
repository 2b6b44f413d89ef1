// Command 01-restclient talks to the API server through RESTClient: you say the
// path, the group and the codec, and it does the rest.
package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/retry"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch01-restclient", func(ctx context.Context, s *demo.Stage) error {
		// The core group has no name, so it has a root of its own: /api/v1.
		core, err := restClient(s.Config, "/api", corev1.SchemeGroupVersion, runtime.ContentTypeProtobuf)
		if err != nil {
			return err
		}
		// Every other group is named below /apis: /apis/apps/v1.
		apps, err := restClient(s.Config, "/apis", appsv1.SchemeGroupVersion, runtime.ContentTypeJSON)
		if err != nil {
			return err
		}
		d := &steps{core: core, apps: apps, ns: s.Namespace}
		s.Title("RESTClient: you name the path, the group and the codec")
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

// restClient returns a client for one group and version. A RESTClient has no default
// for group, version and codec: leave one out and it is an error.
func restClient(cfg *rest.Config, root string, gv schema.GroupVersion, contentType string) (*rest.RESTClient, error) {
	cfg = rest.CopyConfig(cfg)
	cfg.APIPath = root
	cfg.GroupVersion = &gv
	cfg.ContentType = contentType
	cfg.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	return rest.RESTClientFor(cfg)
}

type steps struct {
	core, apps *rest.RESTClient
	ns         string
}

func (d *steps) create(ctx context.Context) (string, error) {
	for _, name := range []string{"bert", "elmo", "ernie", "grover", "oscar"} {
		cm := &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"street": "sesame"}},
			Data:       map[string]string{"likes": "cookies"},
		}
		err := d.core.Post().Namespace(d.ns).Resource("configmaps").Body(cm).Do(ctx).Error()
		if err != nil {
			return "", err
		}
	}
	return "5 config maps", nil
}

func (d *steps) get(ctx context.Context) (string, error) {
	cm, err := d.configMap(ctx, "ernie")
	return fmt.Sprintf("%s likes %s", cm.Name, cm.Data["likes"]), err
}

func (d *steps) configMap(ctx context.Context, name string) (*corev1.ConfigMap, error) {
	cm := &corev1.ConfigMap{}
	err := d.core.Get().Namespace(d.ns).Resource("configmaps").Name(name).Do(ctx).Into(cm)
	return cm, err
}

func (d *steps) list(ctx context.Context) (string, error) {
	var names []string
	cms, err := d.listWith(ctx, metav1.ListOptions{LabelSelector: "street=sesame", FieldSelector: "metadata.name!=oscar"})
	for _, cm := range cms.Items {
		names = append(names, cm.Name)
	}
	return "by label and field: " + strings.Join(names, ", "), err
}

func (d *steps) listWith(ctx context.Context, opts metav1.ListOptions) (*corev1.ConfigMapList, error) {
	cms := &corev1.ConfigMapList{}
	err := d.core.Get().Namespace(d.ns).Resource("configmaps").
		VersionedParams(&opts, scheme.ParameterCodec).Do(ctx).Into(cms)
	return cms, err
}

func (d *steps) pages(ctx context.Context) (string, error) {
	var sizes []string
	opts := metav1.ListOptions{LabelSelector: "street=sesame", Limit: 2}
	for {
		page, err := d.listWith(ctx, opts)
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
	stale, err := d.configMap(ctx, "ernie")
	if err != nil {
		return "", err
	}
	if err := d.merge(ctx, `{"data":{"mood":"sleepy"}}`); err != nil {
		return "", err
	}
	stale.Data["likes"] = "rubber duck"
	if err := d.put(ctx, stale); !apierrors.IsConflict(err) {
		return "", fmt.Errorf("the stale write should be a conflict, but is: %v", err)
	}

	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		fresh, err := d.configMap(ctx, "ernie")
		if err != nil {
			return err
		}
		fresh.Data["likes"] = "rubber duck"
		return d.put(ctx, fresh)
	})
	return "the stale write is a conflict; read again, written", err
}

func (d *steps) put(ctx context.Context, cm *corev1.ConfigMap) error {
	return d.core.Put().Namespace(d.ns).Resource("configmaps").Name(cm.Name).Body(cm).Do(ctx).Error()
}

func (d *steps) patch(ctx context.Context) (string, error) {
	return "merged into ernie: friend=bert", d.merge(ctx, `{"data":{"friend":"bert"}}`)
}

func (d *steps) merge(ctx context.Context, patch string) error {
	return d.core.Patch(types.MergePatchType).Namespace(d.ns).Resource("configmaps").Name("ernie").
		Body([]byte(patch)).Do(ctx).Error()
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

func (d *steps) applyReplicas(ctx context.Context, manager string, replicas int, force bool) error {
	return d.apps.Patch(types.ApplyYAMLPatchType).Namespace(d.ns).Resource("deployments").Name("street").
		VersionedParams(&metav1.PatchOptions{FieldManager: manager, Force: &force}, scheme.ParameterCodec).
		Body(fmt.Appendf(nil, deployment, replicas)).Do(ctx).Error()
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
	cms, err := d.listWith(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	w, err := d.core.Get().Namespace(d.ns).Resource("configmaps").
		VersionedParams(&metav1.ListOptions{Watch: true, ResourceVersion: cms.ResourceVersion}, scheme.ParameterCodec).
		Watch(ctx)
	if err != nil {
		return "", err
	}
	if err := d.merge(ctx, `{"data":{"mood":"awake"}}`); err != nil {
		return "", err
	}
	err = d.core.Delete().Namespace(d.ns).Resource("configmaps").Name("oscar").Do(ctx).Error()
	if err != nil {
		return "", err
	}
	return demo.Events(ctx, w, 2)
}

func (d *steps) delete(ctx context.Context) (string, error) {
	err := d.core.Delete().Namespace(d.ns).Resource("configmaps").
		VersionedParams(&metav1.ListOptions{LabelSelector: "street=sesame"}, scheme.ParameterCodec).Do(ctx).Error()
	if err != nil {
		return "", err
	}
	if _, err = d.configMap(ctx, "ernie"); !apierrors.IsNotFound(err) {
		return "", fmt.Errorf("ernie should be gone, but: %v", err)
	}
	return "the collection by label; now: " + err.Error(), nil
}
