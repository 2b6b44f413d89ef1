package testing_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"

	. "client-go-workbook/lib/testing"
)

// The shortest constructor of a family makes what the longest makes. lib/conformance compares each with client-go's.
func TestFamiliesOfConstructors(t *testing.T) {
	web, patch := pod("", "web"), []byte("{}")
	opts := metav1.ListOptions{LabelSelector: "app=x"}
	for _, tc := range []struct{ short, long Action }{
		{NewRootGetAction(pods, "web"), NewGetSubresourceActionWithOptions(pods, "", "", "web", metav1.GetOptions{})},
		{NewRootListAction(pods, podKind, opts), NewListActionWithOptions(pods, podKind, "", opts)},
		{NewRootCreateAction(pods, web), NewCreateSubresourceActionWithOptions(pods, "", "", "", web, metav1.CreateOptions{})},
		{NewRootUpdateAction(pods, web), NewUpdateSubresourceActionWithOptions(pods, "", "", web, metav1.UpdateOptions{})},
		{NewRootPatchAction(pods, "web", types.MergePatchType, patch), NewPatchSubresourceActionWithOptions(pods, "", "web", types.MergePatchType, patch, metav1.PatchOptions{})},
		{NewRootDeleteAction(pods, "web"), NewDeleteSubresourceActionWithOptions(pods, "", "", "web", metav1.DeleteOptions{})},
		{NewRootDeleteCollectionAction(pods, opts), NewDeleteCollectionActionWithOptions(pods, "", metav1.DeleteOptions{}, opts)},
		{NewRootWatchAction(pods, opts), NewWatchActionWithOptions(pods, "", opts)},
	} {
		require.Equal(t, tc.long, tc.short)
		require.Equal(t, tc.long, tc.short.DeepCopy())
	}
	require.Equal(t, "a/b", NewRootPatchSubresourceAction(pods, "web", types.MergePatchType, patch, "a", "b").GetSubresource())
}

func TestMatches(t *testing.T) {
	whole, status := NewGetAction(pods, "shop", "web"), NewGetSubresourceAction(pods, "shop", "status", "web")
	for _, tc := range []struct {
		verb, resource string
		whole, status  bool
	}{
		{"get", "pods", true, true},
		{"GET", "Pods", true, true},
		{"get", "pods/status", false, true},
		{"get", "PODS/Status", false, true},
		{"get", "pods/", true, false},
		{"get", "services", false, false},
		{"list", "pods", false, false},
		{"*", "*", false, false},
	} {
		require.Equal(t, tc.whole, whole.Matches(tc.verb, tc.resource), "%s %s", tc.verb, tc.resource)
		require.Equal(t, tc.status, status.Matches(tc.verb, tc.resource), "%s %s of the status", tc.verb, tc.resource)
	}
}

// All three actions that select say what, parsed, however they were made.
func TestRestrictions(t *testing.T) {
	opts := metav1.ListOptions{LabelSelector: "app=x", FieldSelector: "metadata.name!=a"}
	for _, action := range []interface{ GetListRestrictions() ListRestrictions }{
		NewListAction(pods, podKind, "shop", opts), NewRootListActionWithOptions(pods, podKind, opts),
		NewDeleteCollectionAction(pods, "shop", opts), NewRootDeleteCollectionActionWithOptions(pods, metav1.DeleteOptions{}, opts),
	} {
		r := action.GetListRestrictions()
		require.Equal(t, "app=x metadata.name!=a", r.Labels.String()+" "+r.Fields.String(), "%T", action)
	}
	w := NewWatchAction(pods, "shop", opts).GetWatchRestrictions()
	require.Equal(t, "app=x metadata.name!=a", w.Labels.String()+" "+w.Fields.String())
}

// Actions are exported structs, so there are some that no constructor has made.
func TestCopiesOfUnfinishedActions(t *testing.T) {
	for _, action := range []Action{
		ActionImpl{}, GenericActionImpl{Value: 1}, GetActionImpl{}, ListActionImpl{}, CreateActionImpl{}, UpdateActionImpl{}, PatchActionImpl{},
		DeleteActionImpl{}, DeleteCollectionActionImpl{}, WatchActionImpl{}, ProxyGetActionImpl{},
	} {
		require.Equal(t, action, action.DeepCopy())
	}
}

func TestCopiesShareNothing(t *testing.T) {
	dryRun := []string{metav1.DryRunAll}
	patch := NewPatchActionWithOptions(pods, "shop", "web", types.MergePatchType, []byte("{}"), metav1.PatchOptions{DryRun: dryRun})
	proxy := NewProxyGetAction(pods, "shop", "http", "web", "80", "/", map[string]string{"q": "1"})
	create := NewCreateActionWithOptions(pods, "shop", pod("shop", "web"), metav1.CreateOptions{DryRun: dryRun})
	update := NewUpdateActionWithOptions(pods, "shop", pod("shop", "web"), metav1.UpdateOptions{DryRun: dryRun})
	remove := NewDeleteActionWithOptions(pods, "shop", "web", metav1.DeleteOptions{DryRun: dryRun})
	copies := []Action{patch.DeepCopy(), proxy.DeepCopy(), create.DeepCopy(), update.DeepCopy(), remove.DeepCopy()}

	dryRun[0], patch.Patch[0], proxy.Params["q"] = "changed", '!', "2"
	create.Object.(metav1.Object).SetName("changed")
	update.Object.(metav1.Object).SetName("changed")

	require.Equal(t, []byte("{}"), copies[0].(PatchAction).GetPatch())
	require.Equal(t, "1", copies[1].(ProxyGetAction).GetParams()["q"])
	require.Equal(t, "web", copies[2].(CreateAction).GetObject().(metav1.Object).GetName())
	require.Equal(t, "web", copies[3].(UpdateAction).GetObject().(metav1.Object).GetName())
	for i, copied := range [][]string{
		copies[0].(PatchActionImpl).PatchOptions.DryRun, copies[2].(CreateActionImpl).CreateOptions.DryRun,
		copies[3].(UpdateActionImpl).UpdateOptions.DryRun, copies[4].(DeleteActionImpl).DeleteOptions.DryRun,
	} {
		require.Equal(t, []string{metav1.DryRunAll}, copied, i)
	}
}

func TestExtractFromListOptions(t *testing.T) {
	byLabels, byFields, version := ExtractFromListOptions(metav1.ListOptions{})
	require.True(t, byLabels.Empty())
	require.True(t, byFields.Empty())
	require.Empty(t, version)

	byLabels, byFields, version = ExtractFromListOptions(metav1.ListOptions{LabelSelector: "app=x", FieldSelector: "metadata.name!=a", ResourceVersion: "7"})
	require.True(t, byLabels.Matches(labels.Set{"app": "x"}))
	require.False(t, byFields.Matches(fields.Set{"metadata.name": "a"}))
	require.Equal(t, "7", version)

	require.PanicsWithValue(t, "want metav1.ListOptions, have string", func() { ExtractFromListOptions("app=x") })
	require.Panics(t, func() { ExtractFromListOptions(metav1.ListOptions{LabelSelector: "a=b=c"}) })
	require.Panics(t, func() { ExtractFromListOptions(metav1.ListOptions{FieldSelector: "a"}) })
	require.Panics(t, func() { NewListAction(pods, podKind, "shop", nil) })
	require.NotPanics(t, func() { NewWatchAction(pods, "shop", nil); NewDeleteCollectionAction(pods, "shop", nil) })
}
