package apitest

import (
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
)

// checkFields refuses what the kind can't select by; ignoring it would show objects that were not asked for.
func (k *kind) checkFields(selector fields.Selector) error {
	if selector == nil {
		return nil
	}
	for _, requirement := range selector.Requirements() {
		if known := []string{"metadata.name", "metadata.namespace"}; !slices.Contains(append(known, k.Fields...), requirement.Field) {
			return apierrors.NewBadRequest(fmt.Sprintf("field label not supported: %s", requirement.Field))
		}
	}
	return nil
}

// fieldsOf reads an object's fields by their path.
type fieldsOf struct{ obj runtime.Object }

func (f fieldsOf) Has(string) bool { return true } // checkFields has seen to it

// Get returns "" for a field that is not set.
func (f fieldsOf) Get(path string) string {
	switch m := metaOf(f.obj); path {
	case "metadata.name":
		return m.GetName()
	case "metadata.namespace":
		return m.GetNamespace()
	}
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(f.obj)
	value, found, _ := unstructured.NestedFieldNoCopy(content, strings.Split(path, ".")...)
	if err != nil || !found {
		return ""
	}
	return fmt.Sprint(value)
}
