package apitest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
)

// encoding is how bytes on the wire are written.
type encoding int

const (
	asJSON encoding = iota
	asProtobuf
	encodings // how many there are
)

func (e encoding) contentType() string {
	return [encodings]string{runtime.ContentTypeJSON, runtime.ContentTypeProtobuf}[e]
}

// protobufMagic starts every protobuf document, so that a reader can tell it from JSON.
var protobufMagic = []byte("k8s\x00")

// kind is a Resource with what the server needs to speak it.
type kind struct {
	Resource
	empty  runtime.Object // never changed
	typed  bool           // its Go type is in the scheme; otherwise it is Unstructured
	binary bool           // the Go type can be written as protobuf
	head   []byte         // starts a JSON document: the kind and version that a typed object itself leaves out
}

// protobufMarshaler is what the Go types of k8s.io/api can do, and those of most custom resources can't.
type protobufMarshaler interface{ Marshal() ([]byte, error) }

func newKind(r Resource, scheme *runtime.Scheme) *kind {
	k := &kind{Resource: r, head: []byte("{")}
	if empty, err := scheme.New(r.GroupVersionKind); err == nil {
		k.empty, k.typed = empty, true
		k.head = fmt.Appendf(nil, `{"kind":%q,"apiVersion":%q,`, r.Kind, r.GroupVersion())
	} else {
		custom := &unstructured.Unstructured{}
		custom.SetGroupVersionKind(r.GroupVersionKind)
		k.empty = custom
	}
	_, k.binary = k.empty.(protobufMarshaler)
	return k
}

// newObject returns an empty object of the kind.
func (k *kind) newObject() runtime.Object { return k.empty.DeepCopyObject() }

// cached is one encoding of a revision.
type cached struct {
	once  sync.Once
	bytes []byte
	err   error
}

// item is the object as it stands in a list: bare, without the kind if the list says it.
func (r *revision) item(e encoding) ([]byte, error) {
	c := &r.cache[e]
	c.once.Do(func() {
		if e == asProtobuf {
			c.bytes, c.err = r.obj.(protobufMarshaler).Marshal()
		} else {
			c.bytes, c.err = json.Marshal(r.obj)
			c.bytes = bytes.TrimSpace(c.bytes) // Unstructured ends with a newline
		}
		if c.err != nil {
			c.err = fmt.Errorf("encode %s %q: %w", r.kind.Plural, r.key, c.err)
		}
	})
	return c.bytes, c.err
}

// document is the object as it stands alone, with its kind.
func (r *revision) document(e encoding) ([]byte, error) {
	item, err := r.item(e)
	switch {
	case err != nil:
		return nil, err
	case e == asProtobuf:
		return envelope(r.kind.GroupVersionKind, item)
	}
	return append(bytes.Clone(r.kind.head), item[1:]...), nil
}

// envelope puts protobuf into the document that says what it is.
func envelope(gvk schema.GroupVersionKind, raw []byte) ([]byte, error) {
	unknown := runtime.Unknown{Raw: raw}
	unknown.APIVersion, unknown.Kind = gvk.ToAPIVersionAndKind()
	out := make([]byte, len(protobufMagic)+unknown.Size())
	n, err := unknown.MarshalTo(out[copy(out, protobufMagic):])
	return out[:len(protobufMagic)+n], err
}

// listDocument joins what each item has in its cache already; nothing is encoded twice.
func listDocument(e encoding, k *kind, m metav1.ListMeta, revisions []*revision) ([]byte, error) {
	items, size, err := encodeItems(e, revisions)
	if err != nil {
		return nil, err
	}
	gvk := k.GroupVersion().WithKind(k.Kind + "List")
	if e == asProtobuf {
		return protobufList(gvk, m, items, size)
	}
	metadata, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	out := fmt.Appendf(make([]byte, 0, size+len(metadata)+100), `{"kind":%q,"apiVersion":%q,"metadata":%s,"items":[`, gvk.Kind, gvk.GroupVersion(), metadata)
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item...)
	}
	return append(out, "]}\n"...), nil
}

// encodeItems returns the items, and how long a list of them can get without its metadata.
func encodeItems(e encoding, revisions []*revision) (items [][]byte, size int, err error) {
	const maxSeparator = 1 + binary.MaxVarintLen32
	items = make([][]byte, len(revisions))
	for i, r := range revisions {
		if items[i], err = r.item(e); err != nil {
			return nil, 0, err
		}
		size += len(items[i]) + maxSeparator
	}
	return items, size, nil
}

// protobufList writes the message that all lists share: metadata is field 1, items is field 2.
func protobufList(gvk schema.GroupVersionKind, m metav1.ListMeta, items [][]byte, size int) ([]byte, error) {
	metadata, err := m.Marshal()
	if err != nil {
		return nil, err
	}
	raw := appendField(make([]byte, 0, size+len(metadata)+10), 1, metadata)
	for _, item := range items {
		raw = appendField(raw, 2, item)
	}
	return envelope(gvk, raw)
}

// appendField writes a length-delimited protobuf field.
func appendField(out []byte, number byte, value []byte) []byte {
	const lengthDelimited = 2
	out = append(out, number<<3|lengthDelimited)
	return append(binary.AppendUvarint(out, uint64(len(value))), value...)
}

// frame is one event of a watch stream: a line of JSON, or protobuf with its length in front.
func frame(e encoding, event watch.EventType, document []byte) ([]byte, error) {
	if e == asJSON {
		return fmt.Appendf(nil, "{\"type\":%q,\"object\":%s}\n", event, document), nil
	}
	message := metav1.WatchEvent{Type: string(event), Object: runtime.RawExtension{Raw: document}}
	raw, err := message.Marshal()
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(raw))), raw...), nil
}

// encode writes an object that is not in the store: a Status, or discovery.
func encode(e encoding, obj runtime.Object) ([]byte, error) {
	if m, ok := obj.(protobufMarshaler); ok && e == asProtobuf {
		raw, err := m.Marshal()
		if err != nil {
			return nil, err
		}
		return envelope(obj.GetObjectKind().GroupVersionKind(), raw)
	}
	return json.Marshal(obj)
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

func statusError(code int32, reason metav1.StatusReason, message string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: code, Reason: reason, Message: message,
	}}
}
