package dynamic

import (
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// serializer offers codec as the only media type.
var serializer = runtime.NewSimpleNegotiatedSerializer(runtime.SerializerInfo{
	MediaType:        runtime.ContentTypeJSON,
	MediaTypeType:    "application",
	MediaTypeSubType: "json",
	EncodesAsText:    true,
	Serializer:       codec{unstructured.UnstructuredJSONScheme},
	StreamSerializer: &runtime.StreamSerializerInfo{
		EncodesAsText: true,
		Serializer:    codec{unstructured.UnstructuredJSONScheme},
		Framer:        json.Framer,
	},
})

// codec encodes as the codec in it does. It has a Decode of its own for three reasons: a failure has to
// come out as *metav1.Status; an object with a field named "items" is still one object; and a list
// is parsed once, where UnstructuredJSONScheme parses it three times.
type codec struct{ runtime.Codec }

// Decode fills into, or makes a *metav1.Status or an *unstructured.Unstructured if into is nil.
// Defaults stand in for a kind or apiVersion that the data doesn't have.
func (codec) Decode(
	data []byte, defaults *schema.GroupVersionKind, into runtime.Object,
) (runtime.Object, *schema.GroupVersionKind, error) {
	var err error
	switch into := into.(type) {
	case nil:
		return decodeNew(data, defaults)
	case *unstructured.Unstructured:
		into.Object, err = decodeMap(data, defaults)
	case *unstructured.UnstructuredList:
		err = decodeList(data, defaults, into)
	default: // WatchEvent, the frame around a watched object
		err = utiljson.Unmarshal(data, into)
	}
	if err != nil {
		return nil, nil, err
	}
	gvk := into.GetObjectKind().GroupVersionKind()
	return into, &gvk, nil
}

func decodeNew(data []byte, defaults *schema.GroupVersionKind) (runtime.Object, *schema.GroupVersionKind, error) {
	content, err := decodeMap(data, defaults)
	if err != nil {
		return nil, nil, err
	}
	object := &unstructured.Unstructured{Object: content}
	gvk := object.GroupVersionKind()
	if gvk != metav1.Unversioned.WithKind("Status") {
		return object, &gvk, nil
	}
	status := &metav1.Status{}
	if err := utiljson.Unmarshal(data, status); err != nil {
		return nil, nil, err
	}
	return status, &gvk, nil
}

func decodeList(data []byte, defaults *schema.GroupVersionKind, list *unstructured.UnstructuredList) error {
	content, err := decodeMap(data, defaults)
	if err != nil {
		return err
	}
	items, ok := content["items"].([]any)
	if !ok && content["items"] != nil {
		return fmt.Errorf("decode %v: items is not an array", content["kind"])
	}
	delete(content, "items") // they are in list.Items
	list.Object = content
	list.Items = make([]unstructured.Unstructured, len(items))

	// Servers leave out the kind of a built-in list's items: it is the list's.
	apiVersion, kind := list.GetAPIVersion(), strings.TrimSuffix(list.GetKind(), "List")
	for i, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			return fmt.Errorf("decode %v: item %d is not an object", content["kind"], i)
		}
		list.Items[i].Object = object
		if isEmpty(object["kind"]) && isEmpty(object["apiVersion"]) {
			object["apiVersion"], object["kind"] = apiVersion, kind
		}
	}
	return nil
}

// decodeMap decodes an object that has a kind, whatever else it has.
func decodeMap(data []byte, defaults *schema.GroupVersionKind) (map[string]any, error) {
	var content map[string]any
	if err := utiljson.Unmarshal(data, &content); err != nil {
		return nil, err
	}
	if defaults != nil && content != nil {
		apiVersion, kind := defaults.ToAPIVersionAndKind()
		if isEmpty(content["apiVersion"]) && apiVersion != "" {
			content["apiVersion"] = apiVersion
		}
		if isEmpty(content["kind"]) && kind != "" {
			content["kind"] = kind
		}
	}
	if isEmpty(content["kind"]) {
		// The data stays out of the error: it may be a Secret.
		return nil, runtime.NewMissingKindErr("what the server sent")
	}
	return content, nil
}

func isEmpty(value any) bool {
	s, _ := value.(string)
	return s == ""
}
