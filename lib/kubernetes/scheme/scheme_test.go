package scheme_test

import (
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/kubernetes/scheme"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// k8s.io/api itself is the list of what there is.
func TestNoGroupIsForgotten(t *testing.T) {
	notForClients := map[string]bool{"admission.k8s.io": true, "apidiscovery.k8s.io": true}
	core, err := build.Import("k8s.io/api/core/v1", ".", build.FindOnly)
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(core.Dir, "../../*/v*/register.go"))
	require.NoError(t, err)
	require.Greater(t, len(files), 50)

	groupName := regexp.MustCompile(`GroupName\s*=\s*"([^"]*)"`)
	want := map[schema.GroupVersion]bool{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		group := groupName.FindSubmatch(source)
		require.NotNil(t, group, file)
		gv := schema.GroupVersion{Group: string(group[1]), Version: filepath.Base(filepath.Dir(file))}
		want[gv] = !notForClients[gv.Group]
	}
	for gv, registered := range want {
		require.Equal(t, registered, scheme.Scheme.IsVersionRegistered(gv), gv)
	}
}

func TestAnotherSchemeCanHaveTheSame(t *testing.T) {
	mine := runtime.NewScheme()
	require.NoError(t, scheme.AddToScheme(mine))
	require.Equal(t, scheme.Scheme.AllKnownTypes(), mine.AllKnownTypes())
}

// A kind that is in the scheme but can't be written in a format would fail at the first request only.
func TestEveryKindCanBeWrittenAndReadInEachFormat(t *testing.T) {
	for _, info := range scheme.Codecs.SupportedMediaTypes() {
		if strings.HasSuffix(info.MediaType, "cbor") {
			continue // lib/rest does not speak it
		}
		t.Run(info.MediaType, func(t *testing.T) {
			for gvk := range scheme.Scheme.AllKnownTypes() {
				if gvk.Version == runtime.APIVersionInternal || gvk.Kind == metav1.WatchEventKind {
					continue // frames of a watch are no objects
				}
				empty, err := scheme.Scheme.New(gvk)
				require.NoError(t, err)
				data, err := runtime.Encode(scheme.Codecs.EncoderForVersion(info.Serializer, gvk.GroupVersion()), empty)
				require.NoError(t, err, gvk)
				_, got, err := info.Serializer.Decode(data, nil, nil)
				require.NoError(t, err, gvk)
				require.Equal(t, gvk, *got)
			}
		})
	}
}

func TestEachFormatKeepsAnObject(t *testing.T) {
	replicas := int32(3)
	given := &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", Labels: map[string]string{"app": "web"}},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "app", Image: "nginx"}}}},
		},
	}
	codecs := scheme.Codecs.WithoutConversion()
	for _, mediaType := range []string{runtime.ContentTypeJSON, runtime.ContentTypeYAML, runtime.ContentTypeProtobuf} {
		t.Run(mediaType, func(t *testing.T) {
			info, ok := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), mediaType)
			require.True(t, ok)
			data, err := runtime.Encode(codecs.EncoderForVersion(info.Serializer, appsv1.SchemeGroupVersion), given)
			require.NoError(t, err)
			got := &appsv1.Deployment{}
			require.NoError(t, runtime.DecodeInto(codecs.DecoderToVersion(info.Serializer, appsv1.SchemeGroupVersion), data, got))
			got.TypeMeta = metav1.TypeMeta{}
			require.Equal(t, given, got)
		})
	}
}

func TestOptionsBecomeAQueryInEveryGroup(t *testing.T) {
	for _, gv := range []schema.GroupVersion{corev1.SchemeGroupVersion, appsv1.SchemeGroupVersion, {Group: "storage.k8s.io", Version: "v1"}} {
		query, err := scheme.ParameterCodec.EncodeParameters(&metav1.ListOptions{LabelSelector: "app=web", Limit: 5}, gv)
		require.NoError(t, err)
		require.Equal(t, "labelSelector=app%3Dweb&limit=5", query.Encode())
	}
	query, err := scheme.ParameterCodec.EncodeParameters(&corev1.PodLogOptions{Follow: true}, corev1.SchemeGroupVersion)
	require.NoError(t, err)
	require.Equal(t, "follow=true", query.Encode())
}
