package rest

import (
	"bytes"
	"encoding/binary"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// openProtobufEnvelope knows a metav1.WatchEvent of two fields, the type and the object, which is a message of one.
func openProtobufEnvelope(frame []byte, into *metav1.WatchEvent) bool {
	event, rest, ok := cutField(frame, 1)
	object, rest, ok2 := cutField(rest, 2)
	raw, after, ok3 := cutField(object, 1)
	if !ok || !ok2 || !ok3 || len(rest) > 0 || len(after) > 0 {
		return false
	}
	into.Type, into.Object.Raw = string(event), raw
	return true
}

// openProtobuf knows a runtime.Unknown that says its kind first and has nothing behind the object but the two empty
// fields that servers send.
func openProtobuf(data []byte) (kind []byte, unmarshal func(runtime.Object) error) {
	message, ok := bytes.CutPrefix(data, []byte(protobufMagic))
	kind, message, ok2 := cutField(message, 1)
	raw, message, ok3 := cutField(message, 2)
	if !ok || !ok2 || !ok3 || len(message) > 0 && string(message) != "\x1a\x00\x22\x00" {
		return nil, nil
	}
	return kind, func(obj runtime.Object) error {
		u, ok := obj.(protobufUnmarshaler)
		if !ok {
			return errNotProtobuf
		}
		return u.Unmarshal(raw)
	}
}

// cutField takes a field of bytes off the front of a message.
func cutField(message []byte, number protobufNumber) (content, rest []byte, ok bool) {
	tag, n := binary.Uvarint(message)
	if n <= 0 || tag != uint64(number)<<3|uint64(wireBytes) {
		return nil, message, false
	}
	length, m := binary.Uvarint(message[n:])
	if m <= 0 || length > uint64(len(message)-n-m) {
		return nil, message, false
	}
	content = message[n+m:]
	return content[:length:length], content[length:], true
}
