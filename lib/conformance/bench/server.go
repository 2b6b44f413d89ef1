package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"
)

// The server is as simple as it can be, for it shares the cores with the client that is measured: every byte is ready
// before the first request, nothing is compressed, and nobody writes. It serves pods at two places:
//
//	/sync/api/v1/pods     many pods, and no event after them
//	/stream/api/v1/pods   a few pods, then events of them as fast as the client takes them
//
// Like a real one it answers a list at version "0" in one piece, whatever the limit.
func serve(ctx context.Context, s scale) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	for prefix, place := range map[string]place{
		"/sync":   newPlace(s.pods, 0),
		"/stream": newPlace(s.watched, s.events),
	} {
		mux.Handle(prefix+"/api/v1/pods", place)
	}
	server := &http.Server{Handler: mux, BaseContext: func(net.Listener) context.Context { return ctx }}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	fmt.Fprintf(os.Stdout, "http://%s\n", listener.Addr())
	if err := server.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// place is a collection of pods with its documents, by media type.
type place map[string]documents

// documents is all that is sent of a collection in one format.
type documents struct {
	contentType, streamType string

	list    []byte
	initial []byte   // the events of a watch-list, with its bookmark
	later   [][]byte // the events after that, one each
}

// versions is how many versions of each pod the events go through. It takes two to make every event a change.
const versions = 4

func newPlace(pods, events int) place {
	list := &corev1.PodList{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PodList"}, ListMeta: metav1.ListMeta{ResourceVersion: strconv.Itoa(pods)}}
	for i := range pods {
		list.Items = append(list.Items, *newPod(i, strconv.Itoa(i+1)))
	}
	out := place{}
	formats := serializer.NewCodecFactory(runtime.NewScheme()).SupportedMediaTypes()
	for _, mediaType := range []string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf} {
		format, _ := runtime.SerializerInfoForMediaType(formats, mediaType)
		out[mediaType] = newDocuments(format, list, events)
	}
	return out
}

func newDocuments(format runtime.SerializerInfo, list *corev1.PodList, events int) documents {
	d := documents{contentType: format.MediaType, streamType: format.MediaType, list: encode(format, list)}
	if !format.EncodesAsText {
		d.streamType += ";stream=watch"
	}
	for i := range list.Items {
		pod := list.Items[i].DeepCopy()
		d.initial = append(d.initial, frame(format, watch.Added, pod)...)
		for v := range min(events, versions) {
			pod.ResourceVersion = strconv.Itoa((v+1)*len(list.Items) + i + 1)
			d.later = append(d.later, frame(format, watch.Modified, pod))
		}
	}
	end := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{ResourceVersion: list.ResourceVersion, Annotations: map[string]string{metav1.InitialEventsAnnotationKey: "true"}}}
	d.initial = append(d.initial, frame(format, watch.Bookmark, end)...)
	if events > 0 {
		sequence := make([][]byte, events)
		for i := range sequence {
			pod, version := i%len(list.Items), i/len(list.Items)%versions
			sequence[i] = d.later[pod*versions+version]
		}
		d.later = sequence
	}
	return d
}

func encode(format runtime.SerializerInfo, obj runtime.Object) []byte {
	var document bytes.Buffer
	must(format.Serializer.Encode(obj, &document))
	return document.Bytes()
}

func frame(format runtime.SerializerInfo, event watch.EventType, pod *corev1.Pod) []byte {
	pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
	e := &metav1.WatchEvent{Type: string(event), Object: runtime.RawExtension{Raw: encode(format, pod)}}
	var frame bytes.Buffer
	must(format.StreamSerializer.Serializer.Encode(e, format.StreamSerializer.Framer.NewFrameWriter(&frame)))
	return frame.Bytes()
}

func (p place) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d := p[runtime.ContentTypeJSON]
	if strings.HasPrefix(r.Header.Get("Accept"), runtime.ContentTypeProtobuf) {
		d = p[runtime.ContentTypeProtobuf]
	}
	query := r.URL.Query()
	if watching := query.Get("watch"); watching != "true" && watching != "1" {
		w.Header().Set("Content-Type", d.contentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(d.list)))
		_, _ = w.Write(d.list)
		return
	}
	w.Header().Set("Content-Type", d.streamType)
	out := bufio.NewWriterSize(w, 64<<10)
	if query.Get("sendInitialEvents") == "true" {
		_, _ = out.Write(d.initial)
	}
	for _, event := range d.later {
		_, _ = out.Write(event) // its errors stay
	}
	_ = out.Flush()
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}
