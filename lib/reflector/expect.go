package reflector

import (
	"fmt"
	"reflect"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	metav1beta1 "k8s.io/apimachinery/pkg/apis/meta/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// expectation is what the events of a watch have to hold.
type expectation struct {
	goType reflect.Type            // nil: anything
	gvk    schema.GroupVersionKind // empty: any; of Unstructured only, whose Go type says nothing
}

func expect(example any) expectation {
	e := expectation{goType: reflect.TypeOf(example)}
	if u, ok := example.(*unstructured.Unstructured); ok {
		e.gvk = u.GroupVersionKind()
	}
	return e
}

func (e expectation) String() string {
	switch {
	case e.goType == nil:
		return "<unspecified>"
	case !e.gvk.Empty():
		return e.gvk.String()
	default:
		return e.goType.String()
	}
}

func (e expectation) check(obj runtime.Object) error {
	if actual := reflect.TypeOf(obj); e.goType != nil && actual != e.goType {
		return fmt.Errorf("expected an object of type %v, got %v", e.goType, actual)
	}
	if !e.gvk.Empty() {
		if actual := obj.GetObjectKind().GroupVersionKind(); actual != e.gvk {
			return fmt.Errorf("expected an object of kind %v, got %v", e.gvk, actual)
		}
	}
	return checkNotTable(obj)
}

var tables = map[schema.GroupVersionKind]bool{
	metav1.SchemeGroupVersion.WithKind("Table"):      true,
	metav1beta1.SchemeGroupVersion.WithKind("Table"): true,
}

// checkList refuses what a client may take for an empty list: a table, and a Status that didn't come as an error.
func checkList(list runtime.Object) error {
	if list.GetObjectKind().GroupVersionKind() == metav1.Unversioned.WithKind("Status") {
		return fmt.Errorf("the answer isn't a list, but a Status: %w", apierrors.FromObject(list))
	}
	return checkNotTable(list)
}

// checkNotTable refuses the form for people to look at: its rows aren't objects, but a list's reader might take the
// table for an empty list.
func checkNotTable(obj runtime.Object) error {
	switch obj.(type) {
	case *unstructured.Unstructured, *unstructured.UnstructuredList:
		if gvk := obj.GetObjectKind().GroupVersionKind(); tables[gvk] {
			return fmt.Errorf("a %v isn't supported: ask for objects, not for a table", gvk)
		}
	}
	return nil
}
