package rest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"

	"k8s.io/apimachinery/pkg/runtime"
)

// body is what a request sends; at most one field is set. net/http may go on reading a body after it has returned,
// so that no attempt shares a reader with the one before it.
type body struct {
	bytes  []byte
	region *io.SectionReader // read afresh by each attempt
	stream io.Reader         // can be sent once
}

// Body sets what is sent:
//   - a string: the content of the file of that name;
//   - a []byte: itself, so don't change it before the request is done;
//   - a *bytes.Buffer: what it holds, unread, so the same goes for it;
//   - an io.Reader that is also an io.ReaderAt and io.Seeker (a file, a bytes.Reader, a strings.Reader): what lies
//     ahead of it, as often as there are attempts; it stays open, and where it is;
//   - another io.Reader: read, and closed, by the first attempt, which then is the only one;
//   - a runtime.Object: encoded once, with its Content-Type; a nil pointer sends nothing.
func (r *Request) Body(obj any) *Request {
	if r.err != nil {
		return r
	}
	switch b := obj.(type) {
	case string:
		data, err := os.ReadFile(b)
		if err != nil {
			return r.fail(err)
		}
		r.body = body{bytes: data}
	case []byte:
		r.body = body{bytes: b}
	case *bytes.Buffer: // its length is known, which spares the server a chunked body
		r.body = body{bytes: b.Bytes()}
	case io.Reader:
		r.body = readerBody(b)
	case runtime.Object:
		return r.objectBody(b)
	default: // not its value, which may be confidential
		return r.fail(fmt.Errorf("unknown type used for body: %T", obj))
	}
	return r
}

func (r *Request) objectBody(obj runtime.Object) *Request {
	if v := reflect.ValueOf(obj); v.Kind() == reflect.Pointer && v.IsNil() {
		return r
	}
	data, err := r.content.encode(obj)
	if err != nil {
		return r.fail(err)
	}
	r.body = body{bytes: data}
	return r.SetHeader("Content-Type", r.content.ContentType)
}

func readerBody(reader io.Reader) body {
	file, ok := reader.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return body{stream: reader}
	}
	start, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return body{stream: reader} // a pipe, for one, is an *os.File that can't seek
	}
	end, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(start, io.SeekStart)
	}
	if err != nil {
		return body{stream: reader}
	}
	return body{region: io.NewSectionReader(file, start, end-start)}
}

// replayable says whether a further attempt can send the same bytes.
func (b *body) replayable() bool { return b.stream == nil }

// attach gives req its own reader. GetBody lets net/http send the body again by itself, on another connection or
// after a redirect.
func (b *body) attach(req *http.Request) {
	var open func() io.Reader
	switch {
	case b.stream != nil:
		req.Body = asReadCloser(b.stream)
		return
	case len(b.bytes) > 0:
		req.ContentLength = int64(len(b.bytes))
		open = func() io.Reader { return bytes.NewReader(b.bytes) }
	case b.region != nil && b.region.Size() > 0:
		req.ContentLength = b.region.Size()
		open = func() io.Reader { return io.NewSectionReader(b.region, 0, b.region.Size()) }
	default:
		return
	}
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(open()), nil }
	req.Body, _ = req.GetBody()
}

func asReadCloser(r io.Reader) io.ReadCloser {
	if rc, ok := r.(io.ReadCloser); ok {
		return rc
	}
	return io.NopCloser(r)
}
