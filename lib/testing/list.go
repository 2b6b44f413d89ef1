package testing

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ListAction reads the objects that it selects.
type ListAction interface {
	Action
	GetListRestrictions() ListRestrictions
}

// ListActionImpl is a ListAction. Kind is that of the items: the list's has List behind it.
type ListActionImpl struct {
	ActionImpl
	Kind             schema.GroupVersionKind
	Name             string
	ListRestrictions ListRestrictions
	ListOptions      metav1.ListOptions
}

func (a ListActionImpl) GetKind() schema.GroupVersionKind { return a.Kind }

func (a ListActionImpl) GetListRestrictions() ListRestrictions { return a.ListRestrictions }

func (a ListActionImpl) GetListOptions() metav1.ListOptions { return a.ListOptions }

func (a ListActionImpl) DeepCopy() Action {
	a.ListRestrictions = a.ListRestrictions.deepCopy()
	a.ListOptions = *a.ListOptions.DeepCopy()
	return a
}

func NewListActionWithOptions(resource schema.GroupVersionResource, kind schema.GroupVersionKind, namespace string, opts metav1.ListOptions) ListActionImpl {
	return ListActionImpl{
		ActionImpl:       ActionImpl{namespace, "list", resource, ""},
		Kind:             kind,
		ListRestrictions: restrict(opts),
		ListOptions:      opts,
	}
}

func NewRootListActionWithOptions(resource schema.GroupVersionResource, kind schema.GroupVersionKind, opts metav1.ListOptions) ListActionImpl {
	return NewListActionWithOptions(resource, kind, "", opts)
}

// NewListAction takes metav1.ListOptions, and of them the selectors alone.
func NewListAction(resource schema.GroupVersionResource, kind schema.GroupVersionKind, namespace string, opts any) ListActionImpl {
	byLabels, byFields, _ := ExtractFromListOptions(opts)
	return NewListActionWithOptions(resource, kind, namespace, metav1.ListOptions{
		LabelSelector: byLabels.String(), FieldSelector: byFields.String(),
	})
}

// NewRootListAction takes metav1.ListOptions, and of them the selectors alone.
func NewRootListAction(resource schema.GroupVersionResource, kind schema.GroupVersionKind, opts any) ListActionImpl {
	return NewListAction(resource, kind, "", opts)
}

// ExtractFromListOptions takes metav1.ListOptions apart. An empty selector selects everything. It panics if opts is
// anything else, or if a selector can't be parsed: then the mistake is the test's own, and none of the functions that need
// this returns an error. (The fakes in lib/typed look at a caller's selectors first, and return one.)
func ExtractFromListOptions(opts any) (labelSelector labels.Selector, fieldSelector fields.Selector, resourceVersion string) {
	options, ok := opts.(metav1.ListOptions)
	if !ok {
		panic(fmt.Sprintf("want metav1.ListOptions, have %T", opts))
	}
	labelSelector, err := labels.Parse(options.LabelSelector)
	if err != nil {
		panic(fmt.Sprintf("label selector %q: %v", options.LabelSelector, err))
	}
	fieldSelector, err = fields.ParseSelector(options.FieldSelector)
	if err != nil {
		panic(fmt.Sprintf("field selector %q: %v", options.FieldSelector, err))
	}
	return labelSelector, fieldSelector, options.ResourceVersion
}

// orEmpty is what opts holds, if it is metav1.ListOptions at all.
func orEmpty(opts any) metav1.ListOptions {
	options, _ := opts.(metav1.ListOptions)
	return options
}
