package contenttype_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	contenttype "client-go-workbook/exercises/ch01-clients/ex03-content-type"
	"client-go-workbook/lib/rest"
)

const (
	jsonType     = runtime.ContentTypeJSON
	protobufType = runtime.ContentTypeProtobuf
	yamlType     = runtime.ContentTypeYAML
)

var codecs = newCodecs()

func newCodecs() runtime.NegotiatedSerializer {
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		panic(err)
	}
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	return serializer.NewCodecFactory(scheme).WithoutConversion()
}

// server answers from memory, as an API server would that has an object in these formats.
type server struct {
	formats []string // the first is its favourite
	object  runtime.Object

	label string // Content-Type of the answers, if it isn't their format; "-" for none
	body  string // of the answers, if it isn't object

	accepts []string // of the requests so far
	sent    string   // format of the last answer
}

// client returns a client of s for which contentType and accept were chosen.
func (s *server) client(contentType, accept string) *contenttype.Client {
	return contenttype.NewClient(&http.Client{Transport: s}, rest.ClientContentConfig{
		AcceptContentTypes: accept,
		ContentType:        contentType,
		GroupVersion:       corev1.SchemeGroupVersion,
		Negotiator:         runtime.NewClientNegotiator(codecs, corev1.SchemeGroupVersion),
	})
}

func (s *server) RoundTrip(req *http.Request) (*http.Response, error) {
	accept := req.Header.Get("Accept")
	s.accepts = append(s.accepts, accept)
	format, code, obj := s.choose(accept), http.StatusOK, s.object
	if format == "" {
		status := apierrors.NewGenericServerResponse(http.StatusNotAcceptable, "get", schema.GroupResource{}, "",
			"only the following media types are accepted: "+strings.Join(s.formats, ", "), 0, true).Status()
		format, code, obj = jsonType, http.StatusNotAcceptable, &status
	}
	s.sent = format
	body := []byte(s.body)
	if s.body == "" {
		body = encode(format, obj)
	}
	header := http.Header{"Content-Type": {format}}
	switch s.label {
	case "":
	case "-":
		header.Del("Content-Type")
	default:
		header.Set("Content-Type", s.label)
	}
	return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(bytes.NewReader(body)), Request: req}, nil
}

// choose returns the first format in accept that s has, or "".
func (s *server) choose(accept string) string {
	for wanted := range strings.SplitSeq(accept, ",") {
		wanted, _, _ = strings.Cut(strings.TrimSpace(wanted), ";q=")
		switch {
		case wanted == "*/*":
			return s.formats[0]
		case slices.Contains(s.formats, wanted):
			return wanted
		}
	}
	return ""
}

func encode(format string, obj runtime.Object) []byte {
	info, ok := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), format)
	if !ok {
		panic("no serializer for " + format)
	}
	data, err := runtime.Encode(codecs.EncoderForVersion(info.Serializer, corev1.SchemeGroupVersion), obj)
	if err != nil {
		panic(err)
	}
	return data
}
