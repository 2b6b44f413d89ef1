package reference_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/reference"
)

var shopWeb = metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "u-1", ResourceVersion: "7"}

func scheme(t *testing.T) *runtime.Scheme {
	s := runtime.NewScheme()
	require.NoError(t, corev1.AddToScheme(s))
	require.NoError(t, appsv1.AddToScheme(s))
	return s
}

// noMeta is an object of the scheme without metadata.
type noMeta struct{ metav1.TypeMeta }

func (n *noMeta) DeepCopyObject() runtime.Object { return &noMeta{n.TypeMeta} }

func TestReferences(t *testing.T) {
	web := corev1.ObjectReference{Namespace: "shop", Name: "web", UID: "u-1", ResourceVersion: "7"}
	of := func(apiVersion, kind string) corev1.ObjectReference {
		ref := web
		ref.APIVersion, ref.Kind = apiVersion, kind
		return ref
	}
	custom := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "shop.example.test/v2", "kind": "Till",
		"metadata": map[string]any{"namespace": "shop", "name": "web", "uid": "u-1", "resourceVersion": "7"},
	}}
	for name, tt := range map[string]struct {
		scheme *runtime.Scheme
		object runtime.Object
		want   corev1.ObjectReference
	}{
		"its kind is in the scheme":                              {scheme(t), &corev1.Pod{ObjectMeta: shopWeb}, of("v1", "Pod")},
		"a kind of a group":                                      {scheme(t), &appsv1.Deployment{ObjectMeta: shopWeb}, of("apps/v1", "Deployment")},
		"it says its kind itself, which the scheme doesn't know": {nil, custom, of("shop.example.test/v2", "Till")},
		"it says another kind than the scheme": {
			scheme(t), &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v9", Kind: "Whale"}, ObjectMeta: shopWeb}, of("v9", "Whale"),
		},
		"half a kind is one": {nil, &corev1.Pod{TypeMeta: metav1.TypeMeta{Kind: "Pod"}, ObjectMeta: shopWeb}, of("", "Pod")},
		"a node has no namespace": {
			scheme(t), &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}},
			corev1.ObjectReference{APIVersion: "v1", Kind: "Node", Name: "node-1"},
		},
		"a list": {
			scheme(t), &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "9"}},
			corev1.ObjectReference{APIVersion: "v1", Kind: "PodList", ResourceVersion: "9"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := reference.GetReference(tt.scheme, tt.object)
			require.NoError(t, err)
			require.Equal(t, &tt.want, got)

			tt.want.FieldPath = "spec.containers{web}"
			got, err = reference.GetPartialReference(tt.scheme, tt.object, "spec.containers{web}")
			require.NoError(t, err)
			require.Equal(t, &tt.want, got)
		})
	}
}

func TestWhatCannotBeReferenced(t *testing.T) {
	for name, tt := range map[string]struct {
		scheme *runtime.Scheme
		object runtime.Object
		want   string
	}{
		"nothing":           {scheme(t), nil, reference.ErrNilObject.Error()},
		"a nil pod":         {scheme(t), (*corev1.Pod)(nil), reference.ErrNilObject.Error()},
		"a nil reference":   {scheme(t), (*corev1.ObjectReference)(nil), reference.ErrNilObject.Error()},
		"no scheme":         {nil, &corev1.Pod{}, "*v1.Pod doesn't say its kind, and there is no scheme to look it up"},
		"an unknown scheme": {runtime.NewScheme(), &corev1.Pod{}, "no kind is registered for the type v1.Pod"},
		"no metadata":       {scheme(t), &noMeta{}, "reference *reference_test.noMeta: object does not implement"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := reference.GetReference(tt.scheme, tt.object)
			require.ErrorContains(t, err, tt.want)
			_, err = reference.GetPartialReference(tt.scheme, tt.object, "spec")
			require.ErrorContains(t, err, tt.want)
			if tt.want == reference.ErrNilObject.Error() {
				require.ErrorIs(t, err, reference.ErrNilObject)
			}
		})
	}
}

func TestReferenceToAReference(t *testing.T) {
	whole := &corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web"}
	got, err := reference.GetReference(nil, whole)
	require.NoError(t, err)
	require.Same(t, whole, got)

	part, err := reference.GetPartialReference(nil, whole, "spec.containers{web}")
	require.NoError(t, err)
	require.Equal(t, "spec.containers{web}", part.FieldPath)
	require.Empty(t, whole.FieldPath, "the caller's own reference means the whole pod still")
}

func TestTheFirstOfSeveralKindsCounts(t *testing.T) {
	s := runtime.NewScheme()
	s.AddKnownTypeWithName(schema.GroupVersionKind{Group: "a", Version: "v1", Kind: "First"}, &corev1.Pod{})
	s.AddKnownTypeWithName(schema.GroupVersionKind{Group: "b", Version: "v1", Kind: "Second"}, &corev1.Pod{})
	ref, err := reference.GetReference(s, &corev1.Pod{})
	require.NoError(t, err)
	require.Equal(t, "a/v1 First", ref.APIVersion+" "+ref.Kind)
}
