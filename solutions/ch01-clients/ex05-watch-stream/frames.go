package watchstream

import (
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	"k8s.io/apimachinery/pkg/util/net"
)

// maxFrameBytes bounds one event, and so the memory that a server can make its client use. In lib it is 16 MiB.
const maxFrameBytes = 1 << 20

// frameReader cuts a body into frames: each Read is one JSON value, or a part of one that is larger than the buffer.
// Only the goroutine that decodes reads from it.
type frameReader struct {
	framer io.ReadCloser
	meter  *meter
	err    error // of the last Read; nil after a whole frame, whatever is in it
}

func newFrameReader(body io.ReadCloser) *frameReader {
	m := &meter{ReadCloser: body}
	return &frameReader{framer: json.Framer.NewFrameReader(m), meter: m}
}

func (f *frameReader) Read(p []byte) (n int, err error) {
	n, f.err = f.framer.Read(p)
	if f.err == nil {
		f.meter.sinceFrame = 0
	}
	return n, f.err
}

func (f *frameReader) Close() error { return f.framer.Close() }

// meter refuses to read on when maxFrameBytes have gone into one frame.
type meter struct {
	io.ReadCloser
	sinceFrame int
}

func (m *meter) Read(p []byte) (int, error) {
	if m.sinceFrame > maxFrameBytes {
		return 0, streaming.ErrObjectTooLarge
	}
	n, err := m.ReadCloser.Read(p)
	m.sinceFrame += n
	return n, err
}

// ended reports whether err is what a reader gets from a connection that is over: at its end, cut, closed, reset, too
// long without a sign, or lost.
func ended(err error) bool {
	return net.IsProbableEOF(err) || net.IsTimeout(err) || net.IsHTTP2ConnectionLost(err)
}

// envelopes reads what is around an object: {"type":"ADDED","object":…}.
var envelopes = newEnvelopes()

func newEnvelopes() runtime.Decoder {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	return json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{})
}
