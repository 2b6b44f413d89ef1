package testing

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// WatchAction asks for the changes to the objects that it selects.
type WatchAction interface {
	Action
	GetWatchRestrictions() WatchRestrictions
}

// WatchRestrictions are the selectors of a watch, parsed, and where it begins.
type WatchRestrictions struct {
	Labels          labels.Selector
	Fields          fields.Selector
	ResourceVersion string
}

// WatchActionImpl is a WatchAction.
type WatchActionImpl struct {
	ActionImpl
	WatchRestrictions WatchRestrictions
	ListOptions       metav1.ListOptions
}

func (a WatchActionImpl) GetWatchRestrictions() WatchRestrictions { return a.WatchRestrictions }

func (a WatchActionImpl) GetListOptions() metav1.ListOptions { return a.ListOptions }

func (a WatchActionImpl) DeepCopy() Action {
	selectors := ListRestrictions{Labels: a.WatchRestrictions.Labels, Fields: a.WatchRestrictions.Fields}.deepCopy()
	a.WatchRestrictions.Labels, a.WatchRestrictions.Fields = selectors.Labels, selectors.Fields
	a.ListOptions = *a.ListOptions.DeepCopy()
	return a
}

func NewWatchActionWithOptions(resource schema.GroupVersionResource, namespace string, opts metav1.ListOptions) WatchActionImpl {
	byLabels, byFields, version := ExtractFromListOptions(opts)
	return WatchActionImpl{
		ActionImpl:        ActionImpl{namespace, "watch", resource, ""},
		WatchRestrictions: WatchRestrictions{byLabels, byFields, version},
		ListOptions:       opts,
	}
}

func NewRootWatchActionWithOptions(resource schema.GroupVersionResource, opts metav1.ListOptions) WatchActionImpl {
	return NewWatchActionWithOptions(resource, "", opts)
}

// NewWatchAction takes metav1.ListOptions; anything else selects everything.
func NewWatchAction(resource schema.GroupVersionResource, namespace string, opts any) WatchActionImpl {
	return NewWatchActionWithOptions(resource, namespace, orEmpty(opts))
}

// NewRootWatchAction takes metav1.ListOptions; anything else selects everything.
func NewRootWatchAction(resource schema.GroupVersionResource, opts any) WatchActionImpl {
	return NewWatchAction(resource, "", opts)
}
