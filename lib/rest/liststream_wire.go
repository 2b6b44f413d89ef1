package rest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// protobufScanner reads the fields of one message after the other.
type protobufScanner struct {
	src  *bufio.Reader
	left int64  // of the message
	buf  []byte // what bytes returned last
}

type (
	protobufNumber uint64
	protobufWire   uint64
)

// Wire types that say how a field goes on; the groups of old (3 and 4) nobody sends.
const (
	wireVarint  protobufWire = 0
	wireFixed64 protobufWire = 1
	wireBytes   protobufWire = 2
	wireFixed32 protobufWire = 5
)

// protobufField is the start of a field: what is before its content.
type protobufField struct {
	number protobufNumber
	wire   protobufWire
	value  uint64 // of a varint
	length int64  // of the content that follows
}

func (s *protobufScanner) field() (protobufField, error) {
	tag, err := s.varint()
	if err != nil {
		return protobufField{}, err
	}
	if tag > math.MaxUint32 {
		return protobufField{}, fmt.Errorf("field %d of the list is beyond what fields are numbered by", tag>>3)
	}
	f := protobufField{number: protobufNumber(tag >> 3), wire: protobufWire(tag & 7)}
	switch f.wire {
	case wireVarint:
		f.value, err = s.varint()
	case wireFixed64:
		f.length = 8
	case wireFixed32:
		f.length = 4
	case wireBytes:
		var length uint64
		length, err = s.varint()
		f.length = int64(min(length, math.MaxInt64)) // more than left in any case
	default:
		return f, fmt.Errorf("field %d of the list has the unknown wire type %d", f.number, f.wire)
	}
	if err == nil && f.length > s.left {
		err = fmt.Errorf("field %d of the list is longer than what it is in", f.number)
	}
	return f, err
}

// appendTo writes what field reads.
func (f protobufField) appendTo(b []byte) []byte {
	b = binary.AppendUvarint(b, uint64(f.number)<<3|uint64(f.wire))
	switch f.wire {
	case wireVarint:
		b = binary.AppendUvarint(b, f.value)
	case wireBytes:
		b = binary.AppendUvarint(b, uint64(f.length))
	}
	return b
}

// copyField appends a field, with its content, to b.
func (s *protobufScanner) copyField(b []byte, f protobufField) ([]byte, error) {
	content, err := s.bytes(f.length)
	return append(f.appendTo(b), content...), err
}

// bytes takes the next n bytes, at most left. They stay as they are until its next call. It makes room for them as
// they come, not as they are announced.
func (s *protobufScanner) bytes(n int64) ([]byte, error) {
	const step = 1 << 20
	s.left -= n
	s.buf = s.buf[:0]
	for n > 0 {
		start := len(s.buf)
		s.buf = slices.Grow(s.buf, int(min(n, step)))[:start+int(min(n, step))]
		if _, err := io.ReadFull(s.src, s.buf[start:]); err != nil {
			return nil, cut(err)
		}
		n -= int64(len(s.buf) - start)
	}
	return s.buf, nil
}

func (s *protobufScanner) varint() (uint64, error) {
	return binary.ReadUvarint(s)
}

// ReadByte is for varint.
func (s *protobufScanner) ReadByte() (byte, error) {
	if s.left == 0 {
		return 0, fmt.Errorf("a number in the list goes on beyond what it is in")
	}
	c, err := s.src.ReadByte()
	s.left--
	return c, cut(err)
}

// atEnd says whether the stream ended as it should. If it ended in another way, the next read tells.
func (s *protobufScanner) atEnd() bool {
	_, err := s.src.Peek(1)
	return err == io.EOF
}

// cut makes a regular end an irregular one: there should have been more.
func cut(err error) error {
	if err == io.EOF {
		return errCut
	}
	return err
}
