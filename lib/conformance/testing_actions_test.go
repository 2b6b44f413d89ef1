package conformance_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	theirs "k8s.io/client-go/testing"
	"k8s.io/utils/dump"

	ours "client-go-workbook/lib/testing"
)

// constructors are all functions that make an action, client-go's and ours.
var constructors = map[string][2]any{
	"NewRootGetAction":                          {theirs.NewRootGetAction, ours.NewRootGetAction},
	"NewRootGetActionWithOptions":               {theirs.NewRootGetActionWithOptions, ours.NewRootGetActionWithOptions},
	"NewGetAction":                              {theirs.NewGetAction, ours.NewGetAction},
	"NewGetActionWithOptions":                   {theirs.NewGetActionWithOptions, ours.NewGetActionWithOptions},
	"NewGetSubresourceAction":                   {theirs.NewGetSubresourceAction, ours.NewGetSubresourceAction},
	"NewGetSubresourceActionWithOptions":        {theirs.NewGetSubresourceActionWithOptions, ours.NewGetSubresourceActionWithOptions},
	"NewRootGetSubresourceAction":               {theirs.NewRootGetSubresourceAction, ours.NewRootGetSubresourceAction},
	"NewRootGetSubresourceActionWithOptions":    {theirs.NewRootGetSubresourceActionWithOptions, ours.NewRootGetSubresourceActionWithOptions},
	"NewRootListAction":                         {theirs.NewRootListAction, ours.NewRootListAction},
	"NewListAction":                             {theirs.NewListAction, ours.NewListAction},
	"NewListActionWithOptions":                  {theirs.NewListActionWithOptions, ours.NewListActionWithOptions},
	"NewRootCreateAction":                       {theirs.NewRootCreateAction, ours.NewRootCreateAction},
	"NewRootCreateActionWithOptions":            {theirs.NewRootCreateActionWithOptions, ours.NewRootCreateActionWithOptions},
	"NewCreateAction":                           {theirs.NewCreateAction, ours.NewCreateAction},
	"NewCreateActionWithOptions":                {theirs.NewCreateActionWithOptions, ours.NewCreateActionWithOptions},
	"NewRootCreateSubresourceAction":            {theirs.NewRootCreateSubresourceAction, ours.NewRootCreateSubresourceAction},
	"NewRootCreateSubresourceActionWithOptions": {theirs.NewRootCreateSubresourceActionWithOptions, ours.NewRootCreateSubresourceActionWithOptions},
	"NewCreateSubresourceAction":                {theirs.NewCreateSubresourceAction, ours.NewCreateSubresourceAction},
	"NewCreateSubresourceActionWithOptions":     {theirs.NewCreateSubresourceActionWithOptions, ours.NewCreateSubresourceActionWithOptions},
	"NewRootUpdateAction":                       {theirs.NewRootUpdateAction, ours.NewRootUpdateAction},
	"NewRootUpdateActionWithOptions":            {theirs.NewRootUpdateActionWithOptions, ours.NewRootUpdateActionWithOptions},
	"NewUpdateAction":                           {theirs.NewUpdateAction, ours.NewUpdateAction},
	"NewUpdateActionWithOptions":                {theirs.NewUpdateActionWithOptions, ours.NewUpdateActionWithOptions},
	"NewRootUpdateSubresourceAction":            {theirs.NewRootUpdateSubresourceAction, ours.NewRootUpdateSubresourceAction},
	"NewRootUpdateSubresourceActionWithOptions": {theirs.NewRootUpdateSubresourceActionWithOptions, ours.NewRootUpdateSubresourceActionWithOptions},
	"NewUpdateSubresourceAction":                {theirs.NewUpdateSubresourceAction, ours.NewUpdateSubresourceAction},
	"NewUpdateSubresourceActionWithOptions":     {theirs.NewUpdateSubresourceActionWithOptions, ours.NewUpdateSubresourceActionWithOptions},
	"NewRootPatchAction":                        {theirs.NewRootPatchAction, ours.NewRootPatchAction},
	"NewRootPatchActionWithOptions":             {theirs.NewRootPatchActionWithOptions, ours.NewRootPatchActionWithOptions},
	"NewPatchAction":                            {theirs.NewPatchAction, ours.NewPatchAction},
	"NewPatchActionWithOptions":                 {theirs.NewPatchActionWithOptions, ours.NewPatchActionWithOptions},
	"NewRootPatchSubresourceAction":             {theirs.NewRootPatchSubresourceAction, ours.NewRootPatchSubresourceAction},
	"NewRootPatchSubresourceActionWithOptions":  {theirs.NewRootPatchSubresourceActionWithOptions, ours.NewRootPatchSubresourceActionWithOptions},
	"NewPatchSubresourceAction":                 {theirs.NewPatchSubresourceAction, ours.NewPatchSubresourceAction},
	"NewPatchSubresourceActionWithOptions":      {theirs.NewPatchSubresourceActionWithOptions, ours.NewPatchSubresourceActionWithOptions},
	"NewRootDeleteAction":                       {theirs.NewRootDeleteAction, ours.NewRootDeleteAction},
	"NewRootDeleteActionWithOptions":            {theirs.NewRootDeleteActionWithOptions, ours.NewRootDeleteActionWithOptions},
	"NewDeleteAction":                           {theirs.NewDeleteAction, ours.NewDeleteAction},
	"NewDeleteActionWithOptions":                {theirs.NewDeleteActionWithOptions, ours.NewDeleteActionWithOptions},
	"NewRootDeleteSubresourceAction":            {theirs.NewRootDeleteSubresourceAction, ours.NewRootDeleteSubresourceAction},
	"NewRootDeleteSubresourceActionWithOptions": {theirs.NewRootDeleteSubresourceActionWithOptions, ours.NewRootDeleteSubresourceActionWithOptions},
	"NewDeleteSubresourceAction":                {theirs.NewDeleteSubresourceAction, ours.NewDeleteSubresourceAction},
	"NewDeleteSubresourceActionWithOptions":     {theirs.NewDeleteSubresourceActionWithOptions, ours.NewDeleteSubresourceActionWithOptions},
	"NewRootDeleteCollectionAction":             {theirs.NewRootDeleteCollectionAction, ours.NewRootDeleteCollectionAction},
	"NewRootDeleteCollectionActionWithOptions":  {theirs.NewRootDeleteCollectionActionWithOptions, ours.NewRootDeleteCollectionActionWithOptions},
	"NewDeleteCollectionAction":                 {theirs.NewDeleteCollectionAction, ours.NewDeleteCollectionAction},
	"NewDeleteCollectionActionWithOptions":      {theirs.NewDeleteCollectionActionWithOptions, ours.NewDeleteCollectionActionWithOptions},
	"NewRootWatchAction":                        {theirs.NewRootWatchAction, ours.NewRootWatchAction},
	"NewRootWatchActionWithOptions":             {theirs.NewRootWatchActionWithOptions, ours.NewRootWatchActionWithOptions},
	"NewWatchAction":                            {theirs.NewWatchAction, ours.NewWatchAction},
	"NewWatchActionWithOptions":                 {theirs.NewWatchActionWithOptions, ours.NewWatchActionWithOptions},
	"NewProxyGetAction":                         {theirs.NewProxyGetAction, ours.NewProxyGetAction},
	"ExtractFromListOptions":                    {theirs.ExtractFromListOptions, ours.ExtractFromListOptions},
}

// anything makes an argument: every string is another one, so that no two parameters can be exchanged unseen.
func anything(random *rand.Rand, of reflect.Type) any {
	word := func() string { return fmt.Sprint("w", random.IntN(1_000_000)) }
	options := metav1.ListOptions{
		LabelSelector: "app=" + word(), FieldSelector: "metadata.name=" + word(), ResourceVersion: word(), Limit: random.Int64(), Continue: word(),
	}
	switch reflect.Zero(of).Interface().(type) {
	case string:
		return word()
	case types.PatchType:
		return types.PatchType(word())
	case []byte:
		return []byte(word())
	case []string:
		return []string{word(), word()}
	case map[string]string:
		return map[string]string{word(): word()}
	case schema.GroupVersionResource:
		return schema.GroupVersionResource{Group: word(), Version: word(), Resource: word()}
	case schema.GroupVersionKind:
		return schema.GroupVersionKind{Group: word(), Version: word(), Kind: word()}
	case metav1.GetOptions:
		return metav1.GetOptions{ResourceVersion: word()}
	case metav1.CreateOptions:
		return metav1.CreateOptions{DryRun: []string{word()}, FieldManager: word()}
	case metav1.UpdateOptions:
		return metav1.UpdateOptions{DryRun: []string{word()}, FieldManager: word()}
	case metav1.PatchOptions:
		return metav1.PatchOptions{DryRun: []string{word()}, FieldManager: word()}
	case metav1.DeleteOptions:
		return *metav1.NewPreconditionDeleteOptions(word())
	case metav1.ListOptions:
		return options
	}
	if of == reflect.TypeFor[runtime.Object]() {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: word(), Namespace: word()}}
	}
	return options // the constructors that take an any
}

func TestConstructorsOfActions(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for name, pair := range constructors {
		t.Run(name, func(t *testing.T) {
			theirs, ours := reflect.ValueOf(pair[0]), reflect.ValueOf(pair[1])
			require.Equal(t, theirs.Type().IsVariadic(), ours.Type().IsVariadic())
			var in []reflect.Value
			for i := range theirs.Type().NumIn() {
				require.Equal(t, theirs.Type().In(i), ours.Type().In(i), "parameter %d", i)
				in = append(in, reflect.ValueOf(anything(random, theirs.Type().In(i))))
			}
			call := reflect.Value.Call
			if theirs.Type().IsVariadic() {
				call = reflect.Value.CallSlice
			}
			theirResults, ourResults := call(theirs, in), call(ours, in)
			require.Equal(t, everything(theirResults), everything(ourResults))
			if name != "ExtractFromListOptions" {
				require.Equal(t, everything(theirResults), everything(ourResults[0].MethodByName("DeepCopy").Call(nil)), "a copy")
				compareGetters(t, theirResults[0], ourResults[0])
			}
		})
	}
}

// compareGetters calls the methods of an action that only read.
func compareGetters(t *testing.T, theirs, ours reflect.Value) {
	require.Equal(t, theirs.NumMethod(), ours.NumMethod())
	for i := range theirs.NumMethod() {
		name := theirs.Type().Method(i).Name
		if theirs.Method(i).Type().NumIn() == 0 && name != "DeepCopy" {
			require.Equal(t, everything(theirs.Method(i).Call(nil)), everything(ours.MethodByName(name).Call(nil)), name)
		}
	}
}

// everything prints values with all that they point to. The packages of both sides are called testing, so the types are too.
func everything(values []reflect.Value) (printed []string) {
	for _, v := range values {
		printed = append(printed, dump.Pretty(v.Interface()))
	}
	return printed
}

func TestActionMatches(t *testing.T) {
	for _, subresource := range []string{"", "status", "Status/deep"} {
		for _, verb := range []string{"get", "GET", "list", "*"} {
			for _, resource := range []string{"pods", "Pods", "pods/", "pods/status", "PODS/STATUS", "pods/status/deep", "services/status", "", "/", "*"} {
				gvr := schema.GroupVersionResource{Version: "v1", Resource: "pods"}
				theirs := theirs.ActionImpl{Verb: "get", Resource: gvr, Subresource: subresource}
				ours := ours.ActionImpl{Verb: "get", Resource: gvr, Subresource: subresource}
				require.Equal(t, theirs.Matches(verb, resource), ours.Matches(verb, resource), "%s %s on pods/%s", verb, resource, subresource)
			}
		}
	}
}
