package apitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	randv2 "math/rand/v2"
	"mime"
	"net/http"
	"reflect"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (s *Server) serveCreate(w http.ResponseWriter, r *Request, e encoding) error {
	var opts metav1.CreateOptions
	if err := decodeQuery(r.URL.Query(), &opts); err != nil {
		return err
	}
	obj, err := s.decode(r)
	if err != nil {
		return err
	}
	created, err := s.create(r.kind, r.Namespace, obj, len(opts.DryRun) > 0)
	if err != nil {
		return err
	}
	return writeRevision(w, e, http.StatusCreated, created)
}

// create stores obj, which is the store's from then on.
func (s *Server) create(k *kind, namespace string, obj runtime.Object, dryRun bool) (*revision, error) {
	m := accessor(obj)
	if err := claimNamespace(m, namespace); err != nil {
		return nil, err
	}
	if m.GetResourceVersion() != "" {
		return nil, apierrors.NewBadRequest("resourceVersion should not be set on objects to be created")
	}
	if m.GetName() == "" {
		if m.GetGenerateName() == "" {
			return nil, apierrors.NewInvalid(k.GroupVersionKind.GroupKind(), "", field.ErrorList{
				field.Required(field.NewPath("metadata", "name"), "name or generateName is required"),
			})
		}
		m.SetName(m.GetGenerateName() + rand.String(5))
	}
	m.SetUID(newUID())
	m.SetCreationTimestamp(metav1.Now().Rfc3339Copy())
	m.SetDeletionTimestamp(nil)
	m.SetDeletionGracePeriodSeconds(nil)
	m.SetGeneration(0)
	if k.Status {
		m.SetGeneration(1)
		copyStatus(obj, k.newObject())
	}
	return s.store.write(k, ref{k, namespace, m.GetName()}.key(), dryRun, func(old runtime.Object) (runtime.Object, error) {
		if old != nil {
			return nil, apierrors.NewAlreadyExists(k.groupResource(), m.GetName())
		}
		return obj, nil
	})
}

// newUID is a random UUID, version 4.
func newUID() types.UID {
	high, low := randv2.Uint64(), randv2.Uint64()
	return types.UID(fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", high>>32, high&0xffff, high>>16&0xfff, low>>48&0xfff, low&0xffffffffffff))
}

// claimNamespace fills in the namespace of the path, which the object may leave out but not contradict.
func claimNamespace(m metav1.Object, namespace string) error {
	if m.GetNamespace() != "" && m.GetNamespace() != namespace {
		return apierrors.NewBadRequest(fmt.Sprintf("the namespace of the provided object does not match the namespace sent on the request: %q, %q", m.GetNamespace(), namespace))
	}
	m.SetNamespace(namespace)
	return nil
}

func (s *Server) serveUpdate(w http.ResponseWriter, r *Request, e encoding) error {
	var opts metav1.UpdateOptions
	if err := decodeQuery(r.URL.Query(), &opts); err != nil {
		return err
	}
	next, err := s.decode(r)
	if err != nil {
		return err
	}
	if err := r.ref().checkName(accessor(next)); err != nil {
		return err
	}
	return s.update(w, r, e, opts.DryRun, func(runtime.Object) (runtime.Object, error) { return next, nil })
}

func (s *Server) servePatch(w http.ResponseWriter, r *Request, e encoding) error {
	var opts metav1.PatchOptions
	if err := decodeQuery(r.URL.Query(), &opts); err != nil {
		return err
	}
	apply, err := patcher(r)
	if err != nil {
		return err
	}
	return s.update(w, r, e, opts.DryRun, func(old runtime.Object) (runtime.Object, error) {
		before, err := json.Marshal(old)
		if err != nil {
			return nil, err
		}
		after, err := apply(before)
		if err != nil {
			return nil, err
		}
		next := r.kind.newObject()
		if err := json.Unmarshal(after, next); err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		return next, nil
	})
}

// patcher returns the function from JSON to JSON that the request's body describes.
func patcher(r *Request) (func(before []byte) ([]byte, error), error) {
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch patch := r.Payload; types.PatchType(mediaType) {
	case types.JSONPatchType:
		steps, err := jsonpatch.DecodePatch(patch)
		if err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
		return func(before []byte) ([]byte, error) {
			after, err := steps.Apply(before)
			if err != nil {
				return nil, statusError(http.StatusUnprocessableEntity, metav1.StatusReasonInvalid, err.Error())
			}
			return after, nil
		}, nil
	case types.MergePatchType:
		return func(before []byte) ([]byte, error) { return badRequest(jsonpatch.MergePatch(before, patch)) }, nil
	case types.StrategicMergePatchType:
		if r.kind.typed {
			return func(before []byte) ([]byte, error) {
				return badRequest(strategicpatch.StrategicMergePatch(before, patch, r.kind.empty))
			}, nil
		}
		return nil, unsupportedMediaType(string(types.JSONPatchType), string(types.MergePatchType))
	}
	return nil, unsupportedMediaType(string(types.JSONPatchType), string(types.MergePatchType), string(types.StrategicMergePatchType))
}

func badRequest(after []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return after, nil
}

func (s *Server) update(w http.ResponseWriter, r *Request, e encoding, dryRun []string, change edit) error {
	updated, err := s.replace(r.ref(), change, updateOptions{statusOnly: r.Subresource == "status", dryRun: len(dryRun) > 0})
	if err != nil {
		return err
	}
	return writeRevision(w, e, http.StatusOK, updated)
}

type updateOptions struct{ statusOnly, dryRun bool }

// replace puts in the place of an object what change makes of it.
func (s *Server) replace(at ref, change edit, opts updateOptions) (*revision, error) {
	return s.store.write(at.kind, at.key(), opts.dryRun, func(old runtime.Object) (runtime.Object, error) {
		if old == nil {
			return nil, apierrors.NewNotFound(at.kind.groupResource(), at.name)
		}
		next, err := change(old)
		if err != nil {
			return nil, err
		}
		if err := at.checkUpdate(accessor(next), accessor(old)); err != nil {
			return nil, err
		}
		return at.kind.settle(next, old, opts.statusOnly), nil
	})
}

// ref is where an object is, or would be.
type ref struct {
	kind            *kind
	namespace, name string
}

func (r *Request) ref() ref { return ref{kind: r.kind, namespace: r.Namespace, name: r.Name} }

// key is where the store keeps the object.
func (at ref) key() string {
	if at.namespace == "" {
		return at.name
	}
	return at.namespace + "/" + at.name
}

// checkName refuses an object that says that it is another one.
func (at ref) checkName(m metav1.Object) error {
	if m.GetName() != at.name {
		return apierrors.NewBadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", m.GetName(), at.name))
	}
	return claimNamespace(m, at.namespace)
}

const staleMessage = "the object has been modified; please apply your changes to the latest version and try again"

// checkUpdate refuses what belongs to another object, and what was made from an older version of this one.
func (at ref) checkUpdate(next, old metav1.Object) error {
	if err := at.checkName(next); err != nil {
		return err
	}
	if uid := next.GetUID(); uid != "" && uid != old.GetUID() {
		return at.checkPreconditions(old, &metav1.Preconditions{UID: &uid})
	}
	switch rv := next.GetResourceVersion(); {
	case rv == "" && !at.kind.typed: // a real server insists on it for custom resources only
		return apierrors.NewInvalid(at.kind.GroupVersionKind.GroupKind(), at.name, field.ErrorList{
			field.Invalid(field.NewPath("metadata", "resourceVersion"), 0, "must be specified for an update"),
		})
	case rv != "" && rv != old.GetResourceVersion():
		return apierrors.NewConflict(at.kind.groupResource(), at.name, errors.New(staleMessage))
	}
	return nil
}

// settle makes next a proper successor of old: what the server owns stays, status and the rest keep to their own
// endpoints, generation counts changes of the spec. It returns old if nothing has changed,
// and nil if the last finalizer of a deleted object has gone.
func (k *kind) settle(next, old runtime.Object, statusOnly bool) runtime.Object {
	if statusOnly {
		status := next
		next = old.DeepCopyObject()
		copyStatus(next, status)
	} else if k.Status {
		copyStatus(next, old)
	}
	m, was := accessor(next), accessor(old)
	m.SetUID(was.GetUID())
	m.SetResourceVersion(was.GetResourceVersion())
	m.SetGeneration(was.GetGeneration())
	m.SetCreationTimestamp(was.GetCreationTimestamp())
	m.SetDeletionTimestamp(was.GetDeletionTimestamp())
	m.SetDeletionGracePeriodSeconds(was.GetDeletionGracePeriodSeconds())
	switch {
	case m.GetDeletionTimestamp() != nil && len(m.GetFinalizers()) == 0:
		return nil
	case equality.Semantic.DeepEqual(next, old):
		return old
	case k.Status && !equality.Semantic.DeepEqual(body(next), body(old)):
		m.SetGeneration(was.GetGeneration() + 1)
	}
	return next
}

// copyStatus gives an object the status of another one of the same type.
func copyStatus(to, from runtime.Object) {
	if custom, ok := to.(*unstructured.Unstructured); ok {
		if status, has := from.(*unstructured.Unstructured).Object["status"]; has {
			custom.Object["status"] = runtime.DeepCopyJSONValue(status)
		} else {
			delete(custom.Object, "status")
		}
		return
	}
	if status := reflect.ValueOf(to).Elem().FieldByName("Status"); status.IsValid() {
		status.Set(reflect.ValueOf(from.DeepCopyObject()).Elem().FieldByName("Status"))
	}
}

// body is an object without metadata and status: what generation counts the changes of.
func body(obj runtime.Object) any {
	if custom, ok := obj.(*unstructured.Unstructured); ok {
		rest := maps.Clone(custom.Object)
		delete(rest, "metadata")
		delete(rest, "status")
		return rest
	}
	rest := reflect.New(reflect.TypeOf(obj).Elem()).Elem()
	rest.Set(reflect.ValueOf(obj).Elem())
	for _, name := range []string{"ObjectMeta", "Status"} {
		if field := rest.FieldByName(name); field.IsValid() {
			field.SetZero()
		}
	}
	return rest.Interface()
}
