package rest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// jsonFramer cuts a stream of JSON into its objects.
type jsonFramer struct{ runtime.Framer }

func (jsonFramer) NewFrameReader(r io.ReadCloser) io.ReadCloser {
	return &jsonFrames{ReadCloser: r, scanner: jsonScanner{src: r}}
}

type jsonFrames struct {
	io.ReadCloser
	scanner jsonScanner
	rest    []byte // of the frame that is being read
}

// Read returns io.ErrShortBuffer while there is more of a frame.
func (f *jsonFrames) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	if len(f.rest) > 0 {
		return n, io.ErrShortBuffer
	}
	return n, nil
}

func (f *jsonFrames) next() error {
	c, err := f.scanner.peek()
	switch {
	case err == errCut:
		return io.EOF
	case err != nil:
		return err
	case c != '{':
		return fmt.Errorf("invalid character %q where an event should start", c)
	}
	f.rest, err = f.scanner.value()
	if errors.Is(err, errCut) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// openJSONEnvelope knows {"type":"ADDED","object":{…}}, in this order or the other one, and nothing else in it.
func openJSONEnvelope(frame []byte, into *metav1.WatchEvent) bool {
	s := jsonScanner{buf: frame}
	var event, object []byte
	for _, before := range []byte{'{', ','} {
		switch name, value := s.member(before); string(name) {
		case `"type"`:
			event = value
		case `"object"`:
			object = value
		}
	}
	plain := len(event) > 0 && event[0] == '"' && !bytes.ContainsRune(event, '\\')
	if !plain || object == nil || s.expect('}') != nil || s.end() != nil {
		return false
	}
	into.Type, into.Object.Raw = string(event[1:len(event)-1]), object
	return true
}

// openJSON knows objects that say their kind first: {"kind":"Pod","apiVersion":"v1", …
func openJSON(data []byte) (kind []byte, unmarshal func(runtime.Object) error) {
	s := jsonScanner{buf: data}
	first, _ := s.member('{')
	second, _ := s.member(',')
	switch string(first) + string(second) {
	case `"kind""apiVersion"`, `"apiVersion""kind"`:
		return data[:s.pos], func(obj runtime.Object) error { return utiljson.Unmarshal(data, obj) }
	}
	return nil, nil
}

// member takes the next member of an object, and the bracket or the comma before it. The name is nil if there is none.
// It is for a buf that is all there is: name and value stay as they are.
func (s *jsonScanner) member(before byte) (name, value []byte) {
	if s.expect(before) != nil {
		return nil, nil
	}
	name, err := s.value()
	if err != nil || s.expect(':') != nil {
		return nil, nil
	}
	if value, err = s.value(); err != nil {
		return nil, nil
	}
	return name, value
}
