package dynamic

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/rest"
)

// resourceClient implements NamespaceableResourceInterface.
type resourceClient struct {
	client    rest.Interface
	resource  schema.GroupVersionResource
	namespace string // "" for cluster-scoped resources and for all namespaces
}

// target is what one call is about: the object of that name, one of its subresources, or the
// whole collection if the name is empty.
type target struct {
	verb         string // for errors
	name         string
	subresources []string
}

func (c *resourceClient) Namespace(namespace string) ResourceInterface {
	return &resourceClient{client: c.client, resource: c.resource, namespace: namespace}
}

func (c *resourceClient) Create(
	ctx context.Context, obj *unstructured.Unstructured, opts metav1.CreateOptions, subresources ...string,
) (*unstructured.Unstructured, error) {
	t := target{verb: "create", subresources: subresources}
	if err := checkBody(obj); err != nil {
		return nil, c.wrap(t, err)
	}
	// A new object is posted to the collection, something done to an object to that object.
	if len(subresources) > 0 {
		if t.name = obj.GetName(); t.name == "" {
			return nil, c.wrap(t, errNoName)
		}
	}
	return c.send(ctx, c.client.Post().Body(obj), t, &opts)
}

func (c *resourceClient) Update(
	ctx context.Context, obj *unstructured.Unstructured, opts metav1.UpdateOptions, subresources ...string,
) (*unstructured.Unstructured, error) {
	t := target{verb: "update", subresources: subresources}
	if err := checkBody(obj); err != nil {
		return nil, c.wrap(t, err)
	}
	if t.name = obj.GetName(); t.name == "" {
		return nil, c.wrap(t, errNoName)
	}
	return c.send(ctx, c.client.Put().Body(obj), t, &opts)
}

func (c *resourceClient) UpdateStatus(
	ctx context.Context, obj *unstructured.Unstructured, opts metav1.UpdateOptions,
) (*unstructured.Unstructured, error) {
	return c.Update(ctx, obj, opts, "status")
}

func (c *resourceClient) Delete(ctx context.Context, name string, opts metav1.DeleteOptions, subresources ...string) error {
	t := target{verb: "delete", name: name, subresources: subresources}
	if name == "" {
		return c.wrap(t, errNoName) // the path would be the collection's, and delete it all
	}
	return c.delete(ctx, t, opts, nil)
}

func (c *resourceClient) DeleteCollection(
	ctx context.Context, opts metav1.DeleteOptions, listOptions metav1.ListOptions,
) error {
	return c.delete(ctx, target{verb: "delete all"}, opts, &listOptions)
}

func (c *resourceClient) Get(
	ctx context.Context, name string, opts metav1.GetOptions, subresources ...string,
) (*unstructured.Unstructured, error) {
	t := target{verb: "get", name: name, subresources: subresources}
	if name == "" {
		return nil, c.wrap(t, errNoName)
	}
	return c.send(ctx, c.client.Get(), t, &opts)
}

func (c *resourceClient) List(ctx context.Context, opts metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	r, err := c.request(c.client.Get(), target{verb: "list"}, &opts)
	if err != nil {
		return nil, err
	}
	var list unstructured.UnstructuredList
	if err := r.Do(ctx).Into(&list); err != nil {
		return nil, err
	}
	return &list, nil
}

// EachListItem reads what List reads and calls fn for each *unstructured.Unstructured while the list arrives, so that
// the whole of it is never in memory. It isn't in ResourceInterface, which is upstream's: ask for it by assertion.
// After an error the objects so far count for nothing: see rest.Request.EachListItem.
func (c *resourceClient) EachListItem(
	ctx context.Context, opts metav1.ListOptions, fn func(runtime.Object) error,
) (runtime.Object, error) {
	r, err := c.request(c.client.Get(), target{verb: "list"}, &opts)
	if err != nil {
		return nil, err
	}
	return r.EachListItem(ctx, &unstructured.UnstructuredList{}, fn)
}

func (c *resourceClient) Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
	opts.Watch = true
	r, err := c.request(c.client.Get(), target{verb: "watch"}, &opts)
	if err != nil {
		return nil, err
	}
	return r.Watch(ctx)
}

func (c *resourceClient) Patch(
	ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string,
) (*unstructured.Unstructured, error) {
	t := target{verb: "patch", name: name, subresources: subresources}
	if name == "" {
		return nil, c.wrap(t, errNoName)
	}
	return c.send(ctx, c.client.Patch(pt).Body(data), t, &opts)
}

func (c *resourceClient) Apply(
	ctx context.Context, name string, obj *unstructured.Unstructured, opts metav1.ApplyOptions, subresources ...string,
) (*unstructured.Unstructured, error) {
	t := target{verb: "apply", name: name, subresources: subresources}
	if name == "" {
		return nil, c.wrap(t, errNoName)
	}
	if err := checkApply(obj); err != nil {
		return nil, c.wrap(t, err)
	}
	// The patch type says YAML; JSON is YAML, and faster to write and to read.
	body, err := json.Marshal(obj.Object)
	if err != nil {
		return nil, c.wrap(t, err)
	}
	patch := opts.ToPatchOptions()
	return c.send(ctx, c.client.Patch(types.ApplyYAMLPatchType).Body(body), t, &patch)
}

func (c *resourceClient) ApplyStatus(
	ctx context.Context, name string, obj *unstructured.Unstructured, opts metav1.ApplyOptions,
) (*unstructured.Unstructured, error) {
	return c.Apply(ctx, name, obj, opts, "status")
}

var errNoName = errors.New("name is required")

// checkBody refuses what is no object. Whether kind and apiVersion may be left out is the server's to say: for its
// built-in types it knows them from the path.
func checkBody(obj *unstructured.Unstructured) error {
	if obj == nil || obj.Object == nil {
		return errors.New("the object is nil")
	}
	return nil
}

func checkApply(obj *unstructured.Unstructured) error {
	if err := checkBody(obj); err != nil {
		return err
	}
	if len(obj.GetManagedFields()) > 0 {
		return errors.New("the object has managedFields, so it was read from a server: apply only the fields that you own")
	}
	return nil
}

// send points r at t, sends it and decodes the object in the answer.
func (c *resourceClient) send(
	ctx context.Context, r *rest.Request, t target, params runtime.Object,
) (*unstructured.Unstructured, error) {
	r, err := c.request(r, t, params)
	if err != nil {
		return nil, err
	}
	var object unstructured.Unstructured
	if err := r.Do(ctx).Into(&object); err != nil {
		return nil, err
	}
	return &object, nil
}

func (c *resourceClient) delete(
	ctx context.Context, t target, opts metav1.DeleteOptions, selected *metav1.ListOptions,
) error {
	opts.SetGroupVersionKind(metav1.Unversioned.WithKind("DeleteOptions"))
	r := c.client.Delete().Body(&opts)
	if selected == nil {
		selected = &metav1.ListOptions{} // adds no parameters
	}
	r, err := c.request(r, t, selected)
	if err != nil {
		return err
	}
	return r.Do(ctx).Error()
}

// request points r at t.
func (c *resourceClient) request(r *rest.Request, t target, params runtime.Object) (*rest.Request, error) {
	path, err := c.path(t)
	if err != nil {
		return nil, c.wrap(t, err)
	}
	return r.AbsPath(path...).SpecificallyVersionedParams(params, metav1.ParameterCodec, metav1.SchemeGroupVersion), nil
}

// path is the segments of t's URL. Each has to stay one segment: a name "../../other/secrets/x" must
// not lead to another namespace.
func (c *resourceClient) path(t target) ([]string, error) {
	gvr := c.resource
	if gvr.Version == "" || gvr.Resource == "" {
		return nil, fmt.Errorf("resource %q in version %q: both are required", gvr.Resource, gvr.Version)
	}
	path := []string{"api", gvr.Version}
	if gvr.Group != "" {
		path = []string{"apis", gvr.Group, gvr.Version}
	}
	if c.namespace != "" {
		path = append(path, "namespaces", c.namespace)
	}
	path = append(path, gvr.Resource)
	if t.name != "" {
		path = append(path, t.name)
	}
	path = append(path, t.subresources...)
	for _, segment := range path {
		if problems := rest.IsValidPathSegmentName(segment); len(problems) > 0 {
			return nil, fmt.Errorf("%q can't be part of a path: it %s", segment, strings.Join(problems, ", "))
		}
	}
	return path, nil
}

// wrap says what was asked for when err happened: `get deployments.apps/scale "web" in "shop": …`.
func (c *resourceClient) wrap(t target, err error) error {
	what := strings.Join(append([]string{c.resource.GroupResource().String()}, t.subresources...), "/")
	if t.name != "" {
		what += fmt.Sprintf(" %q", t.name)
	}
	if c.namespace != "" {
		what += fmt.Sprintf(" in %q", c.namespace)
	}
	return fmt.Errorf("%s %s: %w", t.verb, what, err)
}
