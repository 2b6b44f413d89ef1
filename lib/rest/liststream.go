package rest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/klog/v2"
)

// EachListItem sends the request, whose answer is a list, and calls fn for each item, in order, while the answer
// arrives. Neither the body nor the list is ever in memory as a whole: an item is as long as fn keeps it.
//
//	{"kind":"PodList","apiVersion":"v1","metadata":{…},"items":[ {…} , {…} ,  …  ]}
//	 └─ the list, decoded without its items ──────────┘          └ fn(*Pod), fn(*Pod), …
//
// It returns the list: into, or if that is nil, an object of the kind that the answer has. If the items came one by
// one they aren't in it. An answer that can't be taken apart is decoded as a whole, as Do would, and each item copied
// out of it: so any list will do, in any format, and the objects are those that Do yields. (An UnstructuredList of JSON
// is taken apart by apimachinery's rules, whatever the client's own decoder would do.)
//
// The answer is being read while fn runs: a slow fn holds up the server, and counts for Timeout.
//
// Errors are those of Do and Into. After any error, also one of fn, which is returned as it is, the items so far
// count for nothing: the list may have been cut short. A request is tried again only while there is no answer, so
// that fn never sees an item twice.
func (r *Request) EachListItem(
	ctx context.Context, into runtime.Object, fn func(runtime.Object) error,
) (runtime.Object, error) {
	var (
		list runtime.Object
		fail error
	)
	err := r.roundTrip(ctx, func(resp *http.Response) { list, fail = r.eachListItem(ctx, resp, into, fn) })
	if err != nil {
		return nil, err
	}
	if fail != nil {
		return nil, fail
	}
	return list, nil
}

func (r *Request) eachListItem(
	ctx context.Context, resp *http.Response, into runtime.Object, fn func(runtime.Object) error,
) (runtime.Object, error) {
	body := &rewinder{src: resp.Body}
	if s := r.newListStream(ctx, resp, body, into); s != nil {
		list, err := s.each(func(item runtime.Object) error {
			body.forget()
			return fn(item)
		})
		if err == nil || body.forgotten {
			r.handleWarnings(ctx, resp.Header)
			return list, err
		}
		resp.Body = body.rewound()
	}
	list, err := r.result(ctx, resp).asList(into)
	if err != nil {
		return nil, err
	}
	// A pointer into the list's array would keep the whole array alive.
	return list, meta.EachListItemWithAlloc(list, fn)
}

// asList is Into, or Get if into is nil.
func (r Result) asList(into runtime.Object) (runtime.Object, error) {
	if into == nil {
		return r.Get()
	}
	return into, r.Into(into)
}

// listStream takes one answer apart.
type listStream struct {
	request *Request
	reader  listReader
	decode  documentDecoder
}

// documentDecoder makes the list of its bytes without those of its items.
type documentDecoder func(document []byte) (runtime.Object, error)

// listReader cuts a list into the bytes of its items and the bytes around them.
type listReader interface {
	// open reads up to where the items start, and finds out how to decode one.
	open(decode documentDecoder) (itemDecoder, error)
	// next returns the bytes of the next item, which stay as they are until the next call; io.EOF after the last.
	next() ([]byte, error)
	// close reads to the end and returns the list, without its items.
	close(decode documentDecoder) (runtime.Object, error)
}

// itemDecoder makes an object of an item's bytes. It keeps none of them.
type itemDecoder func(raw []byte) (runtime.Object, error)

// newListStream returns nil for an answer that has to be read as a whole: one that isn't a success, or whose format
// is decoded by something unknown, which might want to see everything; or if bodies are logged.
func (r *Request) newListStream(
	ctx context.Context, resp *http.Response, body io.Reader, into runtime.Object,
) *listStream {
	result, err := r.unread(resp)
	if err != nil || resp.StatusCode != http.StatusOK || klog.FromContext(ctx).V(8).Enabled() {
		return nil
	}
	reader := newListReader(body, result, into)
	if reader == nil {
		return nil
	}
	return &listStream{request: r, reader: reader, decode: func(document []byte) (runtime.Object, error) {
		result.body = document
		return result.asList(into)
	}}
}

// newListReader knows the two decoders of apimachinery that unmarshal each item of a list as if it stood alone, and
// what the items of an Unstructured list are, whoever decodes it. A decoder that also converts or sets defaults is
// neither.
func newListReader(body io.Reader, result Result, into runtime.Object) listReader {
	media, _, _ := mediaType(result.contentType)
	if _, ok := into.(*unstructured.UnstructuredList); ok && media == runtime.ContentTypeJSON {
		return &jsonList{scanner: jsonScanner{src: body}, items: &unstructuredItems{}}
	}
	decoder := result.decoder
	if d, ok := decoder.(runtime.WithoutVersionDecoder); ok {
		decoder = d.Decoder
	}
	switch d := decoder.(type) {
	case *json.Serializer:
		if media == runtime.ContentTypeJSON && !d.IsStrict() {
			return &jsonList{scanner: jsonScanner{src: body}, items: &typedItems{}}
		}
	case *protobuf.Serializer:
		return newProtobufList(body)
	}
	return nil
}

func (s *listStream) each(fn func(runtime.Object) error) (runtime.Object, error) {
	decodeItem, err := s.reader.open(s.decode)
	if err != nil {
		return nil, s.explain(err)
	}
	for i := 0; ; i++ {
		raw, err := s.reader.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, s.explain(err)
		}
		item, err := decodeItem(raw)
		if err != nil {
			return nil, s.explain(fmt.Errorf("decode item %d of the list: %w", i, err))
		}
		if err := fn(item); err != nil {
			return nil, err
		}
	}
	list, err := s.reader.close(s.decode)
	if err != nil {
		return nil, s.explain(err)
	}
	return list, nil
}

func (s *listStream) explain(err error) error {
	return fmt.Errorf("%s: %w", s.request.describe(), err)
}

// sameType holds against a list, read to its end, what it looked like before its items.
func sameType(before, after runtime.Object) error {
	if reflect.TypeOf(before) != reflect.TypeOf(after) {
		return fmt.Errorf("the list began as %T and ended as %T", before, after)
	}
	return nil
}

// itemField is the field Items of a list whose items are structs and objects: the usual form.
func itemField(list runtime.Object) (reflect.StructField, error) {
	object := reflect.TypeFor[runtime.Object]()
	if t := reflect.TypeOf(list); t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct {
		items, ok := t.Elem().FieldByName("Items")
		if ok && items.Type.Kind() == reflect.Slice && items.Type.Elem().Kind() == reflect.Struct &&
			reflect.PointerTo(items.Type.Elem()).Implements(object) {
			return items, nil
		}
	}
	return reflect.StructField{}, fmt.Errorf("%T isn't a list of objects", list)
}

// newItem makes an empty object for the slice of itemField.
func newItem(items reflect.Type) runtime.Object {
	return reflect.New(items.Elem()).Interface().(runtime.Object)
}

// rewinder reads a body that can be read again from its beginning, until forget is called.
type rewinder struct {
	src       io.ReadCloser
	read      bytes.Buffer // of src
	forgotten bool
}

func (r *rewinder) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	if !r.forgotten {
		r.read.Write(p[:n])
	}
	return n, err
}

func (r *rewinder) forget() {
	if !r.forgotten {
		r.forgotten, r.read = true, bytes.Buffer{}
	}
}

// rewound is the body from its beginning: what was read, and what is left.
func (r *rewinder) rewound() io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(&r.read, r.src), r.src}
}
