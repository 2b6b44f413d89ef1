package rest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

// protobufList is a listReader of protobuf: runtime.Unknown around a list message. Nothing is believed of a length
// but that the bytes which did arrive are there.
//
//	"k8s\0"  1: {apiVersion, kind}  2: raw                                             3: …  4: …
//	                                   └ 1: metadata  2: item  2: item …  3: remaining ┘
//	 └ before ────────────────────┘     └ message, without items ────────────────────┘  └ after ┘
type protobufList struct {
	src   protobufScanner
	list  runtime.Object // made of before
	items protobufNumber

	before, message, after []byte
}

const (
	unknownRaw    protobufNumber = 2 // the field raw of runtime.Unknown
	protobufMagic                = "k8s\x00"
)

func newProtobufList(body io.Reader) *protobufList {
	return &protobufList{src: protobufScanner{src: bufio.NewReaderSize(body, 32<<10), left: math.MaxInt64}}
}

func (l *protobufList) open(decode documentDecoder) (itemDecoder, error) {
	if err := l.readEnvelope(); err != nil {
		return nil, err
	}
	list, err := decode(l.document())
	if err != nil {
		return nil, err
	}
	l.list = list
	items, err := itemField(list)
	if err != nil {
		return nil, err
	}
	if l.items, err = fieldNumber(items.Tag.Get("protobuf")); err != nil {
		return nil, fmt.Errorf("%T: %w", list, err)
	}
	if _, ok := newItem(items.Type).(protobufUnmarshaler); !ok {
		return nil, fmt.Errorf("the items of %T: %w", list, errNotProtobuf)
	}
	return func(raw []byte) (runtime.Object, error) {
		item := newItem(items.Type)
		return item, item.(protobufUnmarshaler).Unmarshal(raw)
	}, nil
}

// protobufUnmarshaler is what apimachinery's serializer asks of an object.
type protobufUnmarshaler interface {
	Unmarshal(data []byte) error
}

var errNotProtobuf = errors.New("the type can't be read from protobuf")

// fieldNumber reads the tag of a repeated message: "bytes,2,rep,name=items".
func fieldNumber(tag string) (protobufNumber, error) {
	parts := strings.Split(tag, ",")
	if len(parts) < 3 || parts[0] != "bytes" || parts[2] != "rep" {
		return 0, errors.New("its items aren't a repeated message")
	}
	n, err := strconv.ParseUint(parts[1], 10, 29)
	return protobufNumber(n), err
}

// readEnvelope stops where the list message starts.
func (l *protobufList) readEnvelope() error {
	magic, err := l.src.bytes(int64(len(protobufMagic)))
	if err != nil {
		return err
	}
	if string(magic) != protobufMagic {
		return errors.New("not the protobuf of Kubernetes")
	}
	for {
		f, err := l.src.field()
		if err != nil {
			return err
		}
		if f.number == unknownRaw && f.wire == wireBytes {
			l.src.left = f.length
			return nil
		}
		if l.before, err = l.src.copyField(l.before, f); err != nil {
			return err
		}
	}
}

func (l *protobufList) next() ([]byte, error) {
	for l.src.left > 0 {
		f, err := l.src.field()
		if err != nil {
			return nil, err
		}
		if f.number == l.items && f.wire == wireBytes {
			return l.src.bytes(f.length)
		}
		if l.message, err = l.src.copyField(l.message, f); err != nil {
			return nil, err
		}
	}
	return nil, io.EOF
}

func (l *protobufList) close(decode documentDecoder) (runtime.Object, error) {
	l.src.left = math.MaxInt64
	for !l.src.atEnd() {
		f, err := l.src.field()
		if err == nil && f.number == unknownRaw {
			err = errors.New("there are two lists in one")
		}
		if err == nil {
			l.after, err = l.src.copyField(l.after, f)
		}
		if err != nil {
			return nil, err
		}
	}
	list, err := decode(l.document())
	if err != nil {
		return nil, err
	}
	return list, sameType(l.list, list)
}

// document is what has been read of the list, without its items, as a list.
func (l *protobufList) document() []byte {
	raw := protobufField{number: unknownRaw, wire: wireBytes, length: int64(len(l.message))}
	return slices.Concat([]byte(protobufMagic), l.before, raw.appendTo(nil), l.message, l.after)
}
