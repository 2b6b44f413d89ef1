// Command 04-discovery asks the API server what it serves: from a version down to
// the path that a short name stands for, and what a new resource changes in it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/memory"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/restmapper"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch01-discovery", func(ctx context.Context, s *demo.Stage) (err error) {
		client, err := discovery.NewDiscoveryClientForConfig(s.Config)
		if err != nil {
			return err
		}
		objects, err := dynamic.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		cached := memory.NewMemCacheClient(client)
		deferred := restmapper.NewDeferredDiscoveryRESTMapper(cached)
		d := &steps{
			stage:   s,
			client:  client,
			objects: objects,
			mapper:  deferred,
			names:   restmapper.NewShortcutExpander(deferred, cached, nil),
			group:   s.Namespace + ".example.com",
		}
		defer func() { err = errors.Join(err, d.uninstall(context.WithoutCancel(ctx))) }()

		s.Title("DiscoveryClient: you ask, the server says what it serves")
		return s.Play(ctx,
			demo.Step{Verb: "version", Do: d.version},
			demo.Step{Verb: "groups", Do: d.groups},
			demo.Step{Verb: "resources", Do: d.resources},
			demo.Step{Verb: "names", Do: d.shortNames},
			demo.Step{Verb: "unknown", Do: d.unknown},
			demo.Step{Verb: "create", Do: d.install},
			demo.Step{Verb: "names", Do: d.installed},
			demo.Step{Verb: "openapi", Do: d.openAPI},
			demo.Step{Verb: "delete", Do: func(ctx context.Context) (string, error) {
				return "the custom resource's definition", d.uninstall(ctx)
			}},
		)
	})
}

type steps struct {
	stage   *demo.Stage
	client  *discovery.DiscoveryClient
	objects dynamic.Interface
	mapper  meta.ResettableRESTMapper // full names, from a cache of what the server said
	names   meta.RESTMapper           // and short ones
	group   string                    // of the custom resource; no other run has it
}

func (d *steps) version(ctx context.Context) (string, error) {
	v, err := d.client.ServerVersionWithContext(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Kubernetes %s.%s", v.Major, v.Minor), nil
}

func (d *steps) groups(ctx context.Context) (string, error) {
	groups, err := d.client.ServerGroupsWithContext(ctx)
	if err != nil {
		return "", err
	}
	var told []string
	for _, g := range groups.Groups {
		switch g.Name {
		case "", "apps", "autoscaling":
			var versions []string
			for _, v := range g.Versions {
				versions = append(versions, v.Version)
			}
			told = append(told, fmt.Sprintf("%q serves %s and prefers %s", g.Name, strings.Join(versions, ", "), g.PreferredVersion.Version))
		}
	}
	return strings.Join(told, "\n"), nil
}

func (d *steps) resources(ctx context.Context) (string, error) {
	list, err := d.client.ServerResourcesForGroupVersionWithContext(ctx, "apps/v1")
	if err != nil {
		return "", err
	}
	told := []string{"in apps/v1:"}
	for _, r := range list.APIResources {
		told = append(told, strings.TrimRight(fmt.Sprintf("%-26s %-20s %s", r.Name, r.Kind, strings.Join(r.ShortNames, ",")), " "))
	}
	return strings.Join(told, "\n"), nil
}

// shortNames goes from what a person types to what a client needs. All answers come
// from one look at the server.
func (d *steps) shortNames(context.Context) (string, error) {
	var told []string
	for _, name := range []string{"po", "svc", "deploy"} {
		line, err := d.resolve(schema.GroupResource{Resource: name})
		if err != nil {
			return "", err
		}
		told = append(told, line)
	}
	return strings.Join(told, "\n"), nil
}

func (d *steps) resolve(name schema.GroupResource) (string, error) {
	gvr, err := d.names.ResourceFor(name.WithVersion(""))
	if err != nil {
		return "", err
	}
	gvk, err := d.names.KindFor(gvr)
	if err != nil {
		return "", err
	}
	mapping, err := d.names.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%-6s → %s in %s, kind %s, scope %s",
		name.Resource, mapping.Resource.Resource, mapping.Resource.GroupVersion(), gvk.Kind, mapping.Scope.Name()), nil
}

func (d *steps) website() schema.GroupResource {
	return schema.GroupResource{Group: d.group, Resource: "ws"}
}

func (d *steps) unknown(context.Context) (string, error) {
	_, err := d.resolve(d.website())
	if !meta.IsNoMatchError(err) {
		return "", fmt.Errorf("ws should be unknown, but: %v", err)
	}
	return err.Error(), nil
}

var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

func (d *steps) install(ctx context.Context) (string, error) {
	_, err := d.objects.Resource(definitions).Create(ctx, &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1",
		"kind":       "CustomResourceDefinition",
		"metadata":   map[string]any{"name": "websites." + d.group},
		"spec": map[string]any{
			"group": d.group,
			"scope": "Namespaced",
			"names": map[string]any{
				"plural": "websites", "singular": "website", "kind": "Website", "shortNames": []any{"ws"},
			},
			"versions": []any{map[string]any{
				"name": "v1", "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object"}},
			}},
		},
	}}, metav1.CreateOptions{})
	return "a definition: kind Website, short name ws", err
}

// installed waits until discovery knows the new resource. The mapper remembers
// that there was none until it is reset.
func (d *steps) installed(ctx context.Context) (told string, err error) {
	waitErr := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, 30*time.Second, true, func(context.Context) (bool, error) {
		d.stage.Forget()
		d.mapper.Reset()
		told, err = d.resolve(d.website())
		return err == nil, nil
	})
	if waitErr != nil {
		return "", errors.Join(waitErr, err)
	}
	return told, nil
}

func (d *steps) openAPI(ctx context.Context) (string, error) {
	paths, err := d.client.OpenAPIV3().Paths()
	if err != nil {
		return "", err
	}
	apps, ok := paths["apis/apps/v1"]
	if !ok {
		return "", errors.New("there is no OpenAPI document for apis/apps/v1")
	}
	document, err := apps.Schema(runtime.ContentTypeJSON)
	if err != nil {
		return "", err
	}
	var spec struct {
		Components struct {
			Schemas map[string]any
		}
	}
	if err := json.Unmarshal(document, &spec); err != nil {
		return "", err
	}
	_, known := spec.Components.Schemas["io.k8s.api.apps.v1.Deployment"]
	return fmt.Sprintf("apis/apps/v1 describes Deployment: %t", known), nil
}

// uninstall removes the definition; its absence is no error.
func (d *steps) uninstall(ctx context.Context) error {
	err := d.objects.Resource(definitions).Delete(ctx, "websites."+d.group, metav1.DeleteOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}
