package dynamic_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

// codec is what a dynamic client encodes and decodes with.
func codec(t testing.TB) runtime.Serializer {
	t.Helper()
	offered := dynamic.ConfigFor(&rest.Config{}).NegotiatedSerializer.SupportedMediaTypes()
	require.Len(t, offered, 1)
	require.Equal(t, "application/json", offered[0].MediaType)
	return offered[0].Serializer
}

func TestNumbersKeepTheirSizeAndFractions(t *testing.T) {
	var into unstructured.Unstructured
	_, gvk, err := codec(t).Decode([]byte(`{"apiVersion":"v1","kind":"X","big":9007199254740993,"half":0.5,"e":1e3}`), nil, &into)
	require.NoError(t, err)
	require.Equal(t, schema.GroupVersionKind{Version: "v1", Kind: "X"}, *gvk)
	require.Equal(t, int64(9007199254740993), into.Object["big"], "a float64 would have rounded it")
	require.Equal(t, 0.5, into.Object["half"])
	require.Equal(t, float64(1000), into.Object["e"])
}

func TestItemsOfAListSayWhatTheyAre(t *testing.T) {
	var list unstructured.UnstructuredList
	_, _, err := codec(t).Decode([]byte(`{"apiVersion":"apps/v1","kind":"DeploymentList","metadata":{"resourceVersion":"7","continue":"c"},
		"items":[{"metadata":{"name":"a"}},{"apiVersion":"example.com/v1","kind":"Odd","metadata":{"name":"b"}},{}]}`), nil, &list)
	require.NoError(t, err)
	require.Equal(t, "7", list.GetResourceVersion())
	require.Equal(t, "c", list.GetContinue())
	require.NotContains(t, list.Object, "items", "they would be there twice")
	var kinds []string
	for _, item := range list.Items {
		kinds = append(kinds, item.GetAPIVersion()+" "+item.GetKind()+" "+item.GetName())
	}
	require.Equal(t, []string{"apps/v1 Deployment a", "example.com/v1 Odd b", "apps/v1 Deployment "}, kinds)
}

// The standard codec is slower, but what it finds in a list is what we have to find.
func TestListsDecodeAsByTheStandardCodec(t *testing.T) {
	for name, data := range map[string]string{
		"full":        string(listOf(3)),
		"no items":    `{"apiVersion":"v1","kind":"PodList","metadata":{}}`,
		"null items":  `{"apiVersion":"v1","kind":"PodList","items":null}`,
		"empty items": `{"apiVersion":"v1","kind":"PodList","items":[]}`,
		"other name":  `{"apiVersion":"v1","kind":"Pods","items":[{}]}`,
		"half typed":  `{"apiVersion":"v1","kind":"PodList","items":[{"kind":"A"},{"apiVersion":"b"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			var got, want unstructured.UnstructuredList
			_, _, err := codec(t).Decode([]byte(data), nil, &got)
			require.NoError(t, err)
			_, _, err = unstructured.UnstructuredJSONScheme.Decode([]byte(data), nil, &want)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestWhatTheCodecMakesWithoutBeingToldWhat(t *testing.T) {
	decode := func(data string, defaults *schema.GroupVersionKind) runtime.Object {
		t.Helper()
		got, _, err := codec(t).Decode([]byte(data), defaults, nil)
		require.NoError(t, err)
		return got
	}
	failure := decode(`{"apiVersion":"v1","kind":"Status","status":"Failure","reason":"Expired","code":410}`, nil)
	require.Equal(t, metav1.StatusReasonExpired, failure.(*metav1.Status).Reason)

	// A custom resource may be called Status, or have a field called items.
	require.IsType(t, &unstructured.Unstructured{}, decode(`{"apiVersion":"example.com/v1","kind":"Status"}`, nil))
	require.IsType(t, &unstructured.Unstructured{}, decode(`{"apiVersion":"example.com/v1","kind":"Basket","items":["apple"]}`, nil))

	// rest decodes a failure's body that way if it doesn't say what it is.
	status := metav1.Unversioned.WithKind("Status")
	require.IsType(t, &metav1.Status{}, decode(`{"status":"Failure"}`, &status))
	// Defaults fill gaps and replace nothing.
	require.IsType(t, &unstructured.Unstructured{}, decode(`{"apiVersion":"v1","kind":"ConfigMap"}`, &status))
	require.IsType(t, &unstructured.Unstructured{}, decode(`{"apiVersion":"v2","kind":"Status"}`, &status))
}

func TestAStatusIntoAnUnstructuredIsJustAnObject(t *testing.T) {
	var into unstructured.Unstructured
	got, _, err := codec(t).Decode([]byte(`{"apiVersion":"v1","kind":"Status","status":"Success"}`), nil, &into)
	require.NoError(t, err)
	require.Same(t, &into, got, "an eviction is answered so")
	require.Equal(t, "Success", into.Object["status"])
}

func TestWhatIsNoObjectIsRefused(t *testing.T) {
	const secret = "c2VjcmV0"
	for _, tt := range []struct {
		name, data string
		into       runtime.Object
		want       string
	}{
		{"empty", ``, nil, "unexpected end of JSON input"},
		{"not JSON", `<html>`, nil, "invalid character '<'"},
		{"cut off", `{"kind":"Pod"`, &unstructured.Unstructured{}, "unexpected end of JSON input"},
		{"null", `null`, &unstructured.Unstructured{}, "Object 'Kind' is missing"},
		{"an array", `[]`, &unstructured.Unstructured{}, "cannot unmarshal array"},
		{"no kind", `{"apiVersion":"v1","data":{"key":"` + secret + `"}}`, &unstructured.Unstructured{}, "Object 'Kind' is missing"},
		{"a kind that is no string", `{"apiVersion":"v1","kind":1}`, nil, "Object 'Kind' is missing"},
		{"a list without kind", `{"items":[]}`, &unstructured.UnstructuredList{}, "Object 'Kind' is missing"},
		{"items that are no array", `{"kind":"PodList","items":{}}`, &unstructured.UnstructuredList{}, "decode PodList: items is not an array"},
		{"an item that is no object", `{"kind":"PodList","items":[{},"` + secret + `"]}`, &unstructured.UnstructuredList{}, "decode PodList: item 1 is not an object"},
		{"a status that is none", `{"apiVersion":"v1","kind":"Status","code":"x"}`, nil, "cannot unmarshal string"},
		{"a frame that is none", `{"type":1}`, &metav1.WatchEvent{}, "cannot unmarshal number"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := codec(t).Decode([]byte(tt.data), nil, tt.into)
			require.ErrorContains(t, err, tt.want)
			require.NotContains(t, err.Error(), secret, "errors are logged, data is not to be")
		})
	}
	_, _, err := codec(t).Decode([]byte(`{}`), nil, nil)
	require.True(t, runtime.IsMissingKind(err))
}

func TestEncodingKeepsAnObjectAsItIs(t *testing.T) {
	given := &unstructured.Unstructured{Object: object{"apiVersion": "v1", "kind": "X", "n": int64(1), "html": "<a>"}}
	var buffer bytes.Buffer
	require.NoError(t, codec(t).Encode(given, &buffer))
	var back unstructured.Unstructured
	_, _, err := codec(t).Decode(buffer.Bytes(), nil, &back)
	require.NoError(t, err)
	require.Equal(t, given, &back)
}

// listOf is a list of n config maps, as a server writes it.
func listOf(n int) []byte {
	items := make([]object, n)
	for i := range items {
		items[i] = object{
			"metadata": object{"name": fmt.Sprint("map-", i), "namespace": "shop", "uid": fmt.Sprint(i), "labels": object{"app": "web"}},
			"data":     object{"key": "value", "other": "value"},
		}
	}
	data, err := json.Marshal(object{"apiVersion": "v1", "kind": "ConfigMapList", "metadata": object{"resourceVersion": "9"}, "items": items})
	if err != nil {
		panic(err)
	}
	return data
}

func BenchmarkDecodeList(b *testing.B) {
	data := listOf(500)
	for name, codec := range map[string]runtime.Decoder{"dynamic": codec(b), "standard": unstructured.UnstructuredJSONScheme} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := codec.Decode(data, nil, &unstructured.UnstructuredList{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
