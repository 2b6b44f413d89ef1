package rest

import (
	"io"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
)

// maxFrameBytes bounds one event of a watch, as streaming.NewDecoder does. The decoder alone isn't enough: it
// sees a JSON frame only after the JSON framer has gathered all of it.
const maxFrameBytes = 16 << 20

// frameReader cuts the body of a watch response into frames. Only the goroutine that decodes reads from it.
//
//	response body ──▶ meter ──bytes──▶ framer ──▶ frameReader ──frames──▶ decoder
//	                    ▲ a frame is complete: count from 0 ─┘
type frameReader struct {
	framer io.ReadCloser
	meter  *meter
	err    error // of the last Read; nil after a whole frame
}

func newFrameReader(body io.ReadCloser, framer runtime.Framer) *frameReader {
	m := &meter{ReadCloser: body}
	return &frameReader{framer: framer.NewFrameReader(m), meter: m}
}

// Read returns io.ErrShortBuffer, as the framer does, as long as there is more of the frame.
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
