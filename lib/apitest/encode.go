package apitest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"
)

// formats are JSON and protobuf. Their scheme is empty: whoever reads or writes an object here knows its kind.
var formats = serializer.NewCodecFactory(runtime.NewScheme()).SupportedMediaTypes()

// negotiate picks the first media type that the client accepts and the server can write; clients of Kubernetes write no
// q values. A client that asks for a form that the server does not have (as=Table) usually names a plain one after it.
func negotiate(accept string, protobuf bool) (format runtime.SerializerInfo, ok bool) {
	for clause := range strings.SplitSeq(cmp.Or(accept, "*/*"), ",") {
		mediaType, params, err := mime.ParseMediaType(clause)
		switch {
		case err != nil || params["as"] != "" || mediaType == runtime.ContentTypeProtobuf && !protobuf:
			continue
		case mediaType == "*/*":
			mediaType = runtime.ContentTypeJSON
		}
		format, ok = runtime.SerializerInfoForMediaType(formats, mediaType)
		if ok && format.StreamSerializer != nil { // YAML can't be streamed, so it is not offered at all
			return format, true
		}
	}
	format, _ = runtime.SerializerInfoForMediaType(formats, runtime.ContentTypeJSON)
	return format, false
}

// decode reads the object in a request, as its Content-Type says.
func (r *Request) decode() (runtime.Object, error) {
	mediaType, _, _ := mime.ParseMediaType(cmp.Or(r.Header.Get("Content-Type"), runtime.ContentTypeJSON))
	format, known := runtime.SerializerInfoForMediaType(formats, mediaType)
	if !known || mediaType == runtime.ContentTypeProtobuf && !r.kind.protobuf {
		return nil, r.wrongFormat(http.StatusUnsupportedMediaType, mediaType)
	}
	want := r.kind.GroupVersionKind
	obj, got, err := format.Serializer.Decode(r.Payload, &want, r.kind.empty.DeepCopyObject())
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if *got != want {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s", got.Kind, got.GroupVersion(), want.Kind))
	}
	obj.GetObjectKind().SetGroupVersionKind(want)
	return obj, nil
}

// reply sends an object, which says its kind, in the client's format.
func (r *Request) reply(w http.ResponseWriter, code int, obj runtime.Object) error {
	var document bytes.Buffer
	if err := r.format.Serializer.Encode(obj, &document); err != nil {
		return err
	}
	w.Header().Set("Content-Type", r.format.MediaType)
	w.WriteHeader(code)
	_, _ = w.Write(document.Bytes()) // the client may have gone
	return nil
}

// fail sends an error as a Status.
func (r *Request) fail(w http.ResponseWriter, err error) {
	status := statusOf(err)
	if d := status.Details; d != nil && d.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(d.RetryAfterSeconds)))
	}
	_ = r.reply(w, int(status.Code), status) // a Status can be written in every format
}

// statusOf is an error in the only form in which a client learns its reason. What is no API error is the server's own.
func statusOf(err error) *metav1.Status {
	var known apierrors.APIStatus
	if !errors.As(err, &known) {
		known = apierrors.NewInternalError(err)
	}
	status := known.Status()
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	return &status
}

// wrongFormat is 406 or 415.
func (r *Request) wrongFormat(code int, format string) error {
	return apierrors.NewGenericServerResponse(code, r.Verb, r.Resource.GroupResource(), r.Name, "unknown format: "+format, 0, true)
}

// stream writes the events of a watch, one Write for each. After the first error it does nothing.
type stream struct {
	w      http.ResponseWriter
	format runtime.SerializerInfo
	err    error
}

// startStream starts the response, so that the client has its watch before there is an event.
func (r *Request) startStream(w http.ResponseWriter) *stream {
	contentType := r.format.MediaType
	if !r.format.EncodesAsText {
		contentType += ";stream=watch"
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(http.StatusOK)
	return &stream{w: w, format: r.format}
}

func (s *stream) send(event watch.EventType, obj runtime.Object) {
	var document, frame bytes.Buffer
	if s.err == nil {
		s.err = s.format.Serializer.Encode(obj, &document)
	}
	if s.err == nil {
		e := &metav1.WatchEvent{Type: string(event), Object: runtime.RawExtension{Raw: document.Bytes()}}
		s.err = s.format.StreamSerializer.Serializer.Encode(e, s.format.StreamSerializer.Framer.NewFrameWriter(&frame))
	}
	if s.err == nil {
		_, s.err = s.w.Write(frame.Bytes())
	}
}

func (s *stream) flush() {
	if s.err == nil {
		s.err = http.NewResponseController(s.w).Flush()
	}
}
