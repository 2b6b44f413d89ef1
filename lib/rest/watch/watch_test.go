package watch_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	"k8s.io/apimachinery/pkg/watch"

	restwatch "client-go-workbook/lib/rest/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wire is both ends of a stream of watch events in one format.
type wire struct {
	bytes.Buffer
	closed  bool
	encoder *restwatch.Encoder
	decoder *restwatch.Decoder
	raw     streaming.Encoder // writes envelopes as they are
}

func (w *wire) Close() error {
	w.closed = true
	return errors.New("nobody hears of this")
}

func newWire(t testing.TB, contentType string) *wire {
	scheme := runtime.NewScheme()
	require.NoError(t, corev1.AddToScheme(scheme))
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	codecs := serializer.NewCodecFactory(scheme)
	info, ok := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), contentType)
	require.True(t, ok)
	w := &wire{}
	stream := info.StreamSerializer
	w.raw = streaming.NewEncoder(stream.Framer.NewFrameWriter(&w.Buffer), stream.Serializer)
	w.encoder = restwatch.NewEncoder(w.raw, codecs.EncoderForVersion(info.Serializer, corev1.SchemeGroupVersion))
	w.decoder = restwatch.NewDecoder(streaming.NewDecoder(stream.Framer.NewFrameReader(w), stream.Serializer), codecs.UniversalDeserializer())
	return w
}

func TestEventsTravel(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web", Annotations: map[string]string{"odd": "}\n{\x00"}}}
	status := &metav1.Status{Status: metav1.StatusFailure, Code: 410}
	for _, contentType := range []string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf} {
		t.Run(contentType, func(t *testing.T) {
			w := newWire(t, contentType)
			events := []watch.Event{
				{Type: watch.Added, Object: pod}, {Type: watch.Modified, Object: pod}, {Type: watch.Deleted, Object: pod},
				{Type: watch.Bookmark, Object: pod}, {Type: watch.Error, Object: status},
			}
			for _, event := range events {
				require.NoError(t, w.encoder.Encode(&event))
			}
			for _, want := range events {
				event, obj, err := w.decoder.Decode()
				require.NoError(t, err)
				require.Equal(t, want.Type, event)
				if want.Object == pod {
					require.Equal(t, pod.ObjectMeta, obj.(*corev1.Pod).ObjectMeta)
				} else {
					require.Equal(t, status.Code, obj.(*metav1.Status).Code)
				}
			}
			_, _, err := w.decoder.Decode()
			require.Equal(t, io.EOF, err, "bare, for callers that compare")
			w.decoder.Close()
			require.True(t, w.closed)
		})
	}
}

func TestWhatIsNoEvent(t *testing.T) {
	for _, contentType := range []string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf} {
		for name, c := range map[string]struct {
			envelope metav1.WatchEvent
			want     string
		}{
			"no type":          {metav1.WatchEvent{Object: runtime.RawExtension{Raw: []byte(`{}`)}}, `got invalid watch event type: ""`},
			"type in lower":    {metav1.WatchEvent{Type: "added", Object: runtime.RawExtension{Raw: []byte(`{}`)}}, `got invalid watch event type: "added"`},
			"no object":        {metav1.WatchEvent{Type: "ADDED"}, "unable to decode watch event"},
			"object of no use": {metav1.WatchEvent{Type: "ADDED", Object: runtime.RawExtension{Raw: []byte(`{"kind":"Unicorn","apiVersion":"v1"}`)}}, "Unicorn"},
		} {
			t.Run(contentType+" "+name, func(t *testing.T) {
				w := newWire(t, contentType)
				require.NoError(t, w.raw.Encode(&c.envelope))
				event, obj, err := w.decoder.Decode()
				require.ErrorContains(t, err, c.want)
				require.Empty(t, event)
				require.Nil(t, obj)
			})
		}
	}
}

func TestAFrameOfAnotherKind(t *testing.T) {
	w := newWire(t, runtime.ContentTypeJSON)
	require.NoError(t, w.raw.Encode(&corev1.Pod{TypeMeta: metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"}}))
	_, _, err := w.decoder.Decode()
	require.ErrorContains(t, err, "expected a watch event, got *v1.Pod")
}

func TestAnObjectThatCannotBeWritten(t *testing.T) {
	w := newWire(t, runtime.ContentTypeJSON)
	err := w.encoder.Encode(&watch.Event{Type: watch.Added, Object: &runtime.Unknown{ContentType: "a/b"}})
	require.ErrorContains(t, err, "encode the object of a ADDED event")
	require.Zero(t, w.Len())
}
