package testing

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// ObjectReaction answers from tracker: gets, lists, creates, updates, patches and deletes. It leaves all else, the
// deletion of a collection for one, to the next reactor. A subresource of an object's own type (status) is read and
// written as the whole object; one of another type (an eviction, a token request, a scale) is answered as it was sent, if its
// object exists, and changes nothing.
func ObjectReaction(tracker ObjectTracker) ReactionFunc {
	t := reaction{tracker}
	return func(action Action) (bool, runtime.Object, error) {
		var ret runtime.Object
		var err error
		// By type and not by interface: a create has all methods of an update.
		switch a := action.(type) {
		case GetActionImpl:
			ret, err = tracker.Get(a.Resource, a.Namespace, a.Name, a.GetOptions)
		case ListActionImpl:
			ret, err = tracker.List(a.Resource, a.Kind, a.Namespace, a.ListOptions)
		case CreateActionImpl:
			ret, err = t.create(a)
		case UpdateActionImpl:
			ret, err = t.update(a)
		case PatchActionImpl:
			ret, err = t.patch(a)
		case DeleteActionImpl:
			err = tracker.Delete(a.Resource, a.Namespace, a.Name, a.DeleteOptions)
		default:
			return false, nil, fmt.Errorf("%s %s: the object tracker has no reaction", action.GetVerb(), action.GetResource().Resource)
		}
		return true, ret, err
	}
}

type reaction struct{ tracker ObjectTracker }

// stored is the object of a's resource and namespace.
func (t reaction) stored(a ActionImpl, name string) (runtime.Object, error) {
	return t.tracker.Get(a.Resource, a.Namespace, name, metav1.GetOptions{})
}

func (t reaction) create(a CreateActionImpl) (runtime.Object, error) {
	if a.Subresource != "" {
		return t.createSubresource(a)
	}
	object, err := meta.Accessor(a.Object)
	if err != nil {
		return nil, err
	}
	if err := t.tracker.Create(a.Resource, a.Object, a.Namespace, a.CreateOptions); err != nil {
		return nil, err
	}
	return t.stored(a.ActionImpl, object.GetName())
}

func (t reaction) createSubresource(a CreateActionImpl) (runtime.Object, error) {
	object, err := meta.Accessor(a.Object)
	if err != nil {
		return nil, err
	}
	whole, err := t.stored(a.ActionImpl, cmp.Or(object.GetName(), a.Name))
	if err != nil {
		return nil, err
	}
	if reflect.TypeOf(whole) != reflect.TypeOf(a.Object) {
		return a.Object, nil
	}
	return t.update(UpdateActionImpl{a.ActionImpl, a.Object, metav1.UpdateOptions{
		DryRun:          a.CreateOptions.DryRun,
		FieldManager:    a.CreateOptions.FieldManager,
		FieldValidation: a.CreateOptions.FieldValidation,
	}})
}

// update leaves the object alone where a subresource is of another type: a scale in a deployment's place would be of the
// wrong type for all who ask for the deployment.
func (t reaction) update(a UpdateActionImpl) (runtime.Object, error) {
	object, err := meta.Accessor(a.Object)
	if err != nil {
		return nil, err
	}
	if a.Subresource != "" {
		whole, err := t.stored(a.ActionImpl, object.GetName())
		if err == nil && reflect.TypeOf(whole) != reflect.TypeOf(a.Object) {
			return a.Object, nil
		}
	}
	if err := t.tracker.Update(a.Resource, a.Object, a.Namespace, a.UpdateOptions); err != nil {
		return nil, err
	}
	return t.stored(a.ActionImpl, object.GetName())
}

func (t reaction) patch(a PatchActionImpl) (runtime.Object, error) {
	before, err := t.stored(a.ActionImpl, a.Name)
	if err != nil {
		return nil, err
	}
	after, err := patched(before, a.PatchType, a.Patch)
	if err != nil {
		return nil, fmt.Errorf("patch %s %q: %w", a.Resource.Resource, a.Name, err)
	}
	if err := t.tracker.Patch(a.Resource, after, a.Namespace, a.PatchOptions); err != nil {
		return nil, err
	}
	return after, nil
}

// patched returns a new object: into the old one the JSON decoder would leave what the patch has removed.
func patched(obj runtime.Object, kind types.PatchType, patch []byte) (runtime.Object, error) {
	before, err := json.Marshal(obj)
	if err != nil {
		return nil, err
	}
	next := reflect.New(reflect.TypeOf(obj).Elem()).Interface().(runtime.Object)
	after, err := applyPatch(before, kind, patch, next)
	if err != nil {
		return nil, err
	}
	return next, json.Unmarshal(after, next)
}

func applyPatch(before []byte, kind types.PatchType, patch []byte, typed runtime.Object) ([]byte, error) {
	switch kind {
	case types.JSONPatchType:
		operations, err := jsonpatch.DecodePatch(patch)
		if err != nil {
			return nil, err
		}
		return operations.Apply(before)
	case types.MergePatchType:
		return jsonpatch.MergePatch(before, patch)
	case types.StrategicMergePatchType:
		return strategicpatch.StrategicMergePatch(before, patch, typed)
	}
	return nil, fmt.Errorf("no support for a patch of type %q", kind)
}
