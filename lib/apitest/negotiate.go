package apitest

import (
	"fmt"
	"mime"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// accepted is one media type of an Accept header.
type accepted struct {
	mediaType string
	params    map[string]string
}

// accept reads the Accept header, in the client's order of preference. Clients of Kubernetes write no q values.
func accept(r *http.Request) []accepted {
	header := strings.Join(r.Header.Values("Accept"), ",")
	if header == "" {
		return []accepted{{mediaType: "*/*"}}
	}
	var out []accepted
	for clause := range strings.SplitSeq(header, ",") {
		if mediaType, params, err := mime.ParseMediaType(clause); err == nil {
			out = append(out, accepted{mediaType, params})
		}
	}
	return out
}

// negotiate picks the first media type that the client accepts and the server can write. A client that asks for
// a form that the server does not have (as=Table) usually names a plain one after it.
func negotiate(r *http.Request, binary bool) (encoding, error) {
	for _, a := range accept(r) {
		switch {
		case a.params["as"] != "":
		case a.mediaType == runtime.ContentTypeProtobuf && binary:
			return asProtobuf, nil
		case a.mediaType == runtime.ContentTypeJSON, a.mediaType == "application/*", a.mediaType == "*/*":
			return asJSON, nil
		}
	}
	return asJSON, statusError(http.StatusNotAcceptable, metav1.StatusReasonNotAcceptable,
		"only the following media types are accepted: "+strings.Join(mediaTypes(binary), ", "))
}

func mediaTypes(binary bool) []string {
	if binary {
		return []string{runtime.ContentTypeJSON, runtime.ContentTypeYAML, runtime.ContentTypeProtobuf}
	}
	return []string{runtime.ContentTypeJSON, runtime.ContentTypeYAML}
}

func unsupportedMediaType(accepted ...string) error {
	return statusError(http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType,
		"the body of the request was in an unknown format - accepted media types include: "+strings.Join(accepted, ", "))
}

// decode reads the object in a request, as its Content-Type says. A typed object comes without kind and version.
func (s *Server) decode(r *Request) (runtime.Object, error) {
	mediaType := runtime.ContentTypeJSON
	if contentType := r.Header.Get("Content-Type"); contentType != "" {
		mediaType, _, _ = mime.ParseMediaType(contentType)
	}
	info, known := runtime.SerializerInfoForMediaType(s.codecs.SupportedMediaTypes(), mediaType)
	if !known || mediaType == runtime.ContentTypeProtobuf && !r.kind.binary {
		return nil, unsupportedMediaType(mediaTypes(r.kind.binary)...)
	}
	obj, got, err := info.Serializer.Decode(r.Payload, &r.kind.GroupVersionKind, r.kind.newObject())
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if *got != r.kind.GroupVersionKind {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s", got.Kind, got.GroupVersion(), r.kind.Kind))
	}
	if r.kind.typed {
		obj.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
	}
	return obj, nil
}
