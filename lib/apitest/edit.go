package apitest

import (
	"encoding/json"
	"mime"
	"net/http"
	"reflect"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

// edit is what a PUT or a PATCH makes of an object. Status and the rest keep to their own endpoints.
func (r *Request) edit() (edit, error) {
	read := r.put
	if r.Verb == "patch" {
		read = r.patch
	}
	change, err := read()
	return func(old runtime.Object) (runtime.Object, error) {
		next, err := change(old)
		switch {
		case err != nil || !r.kind.Status:
			return next, err
		case r.Subresource == "":
			copyStatus(next, old)
			return next, nil
		}
		whole := old.DeepCopyObject()
		copyStatus(whole, next)
		metaOf(whole).SetResourceVersion(metaOf(next).GetResourceVersion())
		return whole, nil
	}, err
}

// put returns the edit that a PUT is: its body, whatever was there.
func (r *Request) put() (edit, error) {
	next, err := r.decode()
	if err != nil {
		return nil, err
	}
	return func(runtime.Object) (runtime.Object, error) { return next, nil }, claim(metaOf(next), r.at())
}

// patch returns the edit that a PATCH describes. As everywhere, a kind without a Go type has no strategic merge:
// its server does not know which lists are sets.
func (r *Request) patch() (edit, error) {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	merge := mergePatch
	switch kind := types.PatchType(mediaType); {
	case kind == types.StrategicMergePatchType && r.kind.typed:
		merge = func(before, patch []byte) ([]byte, error) {
			return strategicpatch.StrategicMergePatch(before, patch, r.kind.empty)
		}
	case kind != types.MergePatchType:
		return nil, r.wrongFormat(http.StatusUnsupportedMediaType, mediaType)
	}
	return func(old runtime.Object) (runtime.Object, error) {
		before, err := json.Marshal(old)
		if err != nil {
			return nil, err
		}
		next := r.kind.empty.DeepCopyObject()
		after, err := merge(before, r.Payload)
		if err == nil {
			err = json.Unmarshal(after, next)
		}
		if err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		next.GetObjectKind().SetGroupVersionKind(r.kind.GroupVersionKind)
		return next, nil
	}, nil
}

func mergePatch(before, patch []byte) ([]byte, error) {
	var into, changes map[string]any
	if err := utiljson.Unmarshal(before, &into); err != nil {
		return nil, err
	}
	if err := utiljson.Unmarshal(patch, &changes); err != nil {
		return nil, err
	}
	return json.Marshal(merged(into, changes))
}

// merged is RFC 7396: objects are merged field by field, null removes one, and all else is replaced.
func merged(into, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	fields, ok := into.(map[string]any)
	if !ok {
		fields = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(fields, name)
		} else {
			fields[name] = merged(fields[name], value)
		}
	}
	return fields
}

// copyStatus gives an object the status of another one of the same type.
func copyStatus(to, from runtime.Object) {
	from = from.DeepCopyObject()
	custom, ok := to.(*unstructured.Unstructured)
	if !ok {
		reflect.ValueOf(to).Elem().FieldByName("Status").Set(reflect.ValueOf(from).Elem().FieldByName("Status"))
		return
	}
	delete(custom.Object, "status")
	if status, has := from.(*unstructured.Unstructured).Object["status"]; has {
		custom.Object["status"] = status
	}
}
