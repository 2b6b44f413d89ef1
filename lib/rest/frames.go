package rest

import (
	"io"

	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
)

// maxFrameBytes bounds one event of a watch, as streaming.NewDecoder does. The decoder alone isn't enough: it sees a JSON frame only
// after the JSON framer has gathered all of it.
const maxFrameBytes = 16 << 20

// frameBody is the body of a watch response. It refuses to read on when maxFrameBytes have gone into one frame. Only the
// goroutine that decodes reads from it.
//
//	response body ──▶ frameBody ──bytes──▶ framer ──▶ frameReader ──frames──▶ decoder
//	                      ▲ a frame is complete, count from 0 ──┘
type frameBody struct {
	io.ReadCloser
	sinceFrame int
	err        error // how the connection ended; nil while it stands
}

func (b *frameBody) Read(p []byte) (int, error) {
	if b.sinceFrame > maxFrameBytes {
		return 0, streaming.ErrObjectTooLarge
	}
	n, err := b.ReadCloser.Read(p)
	b.sinceFrame += n
	if err != nil {
		b.err = err
	}
	return n, err
}

type frameReader struct {
	io.ReadCloser
	body *frameBody
}

// Read returns io.ErrShortBuffer, as the framer does, as long as there is more of the frame.
func (f *frameReader) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if err == nil {
		f.body.sinceFrame = 0
	}
	return n, err
}
