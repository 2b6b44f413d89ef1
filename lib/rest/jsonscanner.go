package rest

import (
	"fmt"
	"io"
	"slices"
)

// jsonScanner finds the values in a stream of JSON. It pairs brackets and knows strings, and leaves everything
// else to whoever decodes a value.
//
//	buf   …"items":[{"metadata":{…},"spec":{…}},{"meta
//	                ▲ pos                        ▲ what is read next
//
// buf grows to the largest value, and only with bytes that have arrived.
type jsonScanner struct {
	src  io.Reader // nil: buf is all
	buf  []byte    // read from src
	pos  int       // buf[:pos] is used up
	open []byte    // what closes the brackets that are open in the value, innermost last
}

// errCut is the end of a stream in the middle of a list.
var errCut = fmt.Errorf("the list isn't complete: %w", io.ErrUnexpectedEOF)

// fill reads more. It may move buf[pos:] to the front. At the end of src it returns errCut.
func (s *jsonScanner) fill() error {
	const chunk = 8 << 10 // each watch keeps one
	if s.src == nil {
		return errCut
	}
	if cap(s.buf)-len(s.buf) < chunk/2 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
		s.pos = 0
		s.buf = slices.Grow(s.buf, chunk)
	}
	n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	switch {
	case n > 0 || err == nil: // the error comes again
		return nil
	case err == io.EOF:
		return errCut
	default:
		return err
	}
}

// at returns the i-th byte from pos.
func (s *jsonScanner) at(i int) (byte, error) {
	for s.pos+i >= len(s.buf) {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	return s.buf[s.pos+i], nil
}

// peek returns the first byte that isn't a space, and leaves it there.
func (s *jsonScanner) peek() (byte, error) {
	for {
		switch c, err := s.at(0); {
		case err != nil:
			return 0, err
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			s.pos++
		default:
			return c, nil
		}
	}
}

// expect takes the next byte that isn't a space.
func (s *jsonScanner) expect(want byte) error {
	c, err := s.peek()
	if err != nil {
		return err
	}
	if c != want {
		return fmt.Errorf("the list has %q where %q belongs", c, want)
	}
	s.pos++
	return nil
}

// end makes sure that nothing comes any more.
func (s *jsonScanner) end() error {
	switch c, err := s.peek(); err {
	case nil:
		return fmt.Errorf("the list goes on after its end, with %q", c)
	case errCut:
		return nil
	default:
		return err
	}
}

// value takes the next value. Its bytes stay as they are until the next call of any method.
func (s *jsonScanner) value() ([]byte, error) {
	c, err := s.peek()
	if err != nil {
		return nil, err
	}
	var n int
	switch c {
	case '{', '[', '"':
		n, err = s.measure()
	default:
		n, err = s.measureWord()
	}
	if err != nil {
		return nil, err
	}
	value := s.buf[s.pos : s.pos+n : s.pos+n]
	s.pos += n
	return value, nil
}

// measure returns the length of an object, an array or a string: it ends where nothing is open any more. It stops early
// at what would never end so: brackets that don't pair, and a string that isn't closed on its line.
func (s *jsonScanner) measure() (int, error) {
	inString := false
	s.open = s.open[:0]
	for i := 0; ; {
		if _, err := s.at(i); err != nil {
			return 0, err
		}
		for data := s.buf[s.pos:]; i < len(data); i++ {
			switch c := data[i]; {
			case inString && c == '\\':
				i++ // what it is before means nothing, even if it hasn't arrived yet
			case c == '"':
				inString = !inString
			case inString && c < ' ':
				return 0, fmt.Errorf("invalid character %q in a string", c)
			case inString:
			case c == '{' || c == '[':
				s.open = append(s.open, c+2) // as they stand in ASCII, both close two places later
			case c == '}' || c == ']':
				last := len(s.open) - 1
				if s.open[last] != c {
					return 0, fmt.Errorf("invalid character %q where %q belongs", c, s.open[last])
				}
				s.open = s.open[:last]
			}
			if len(s.open) == 0 && !inString {
				return i + 1, nil
			}
		}
	}
}

// measureWord returns the length of a number, true, false or null.
func (s *jsonScanner) measureWord() (int, error) {
	for i := 0; ; i++ {
		switch c, err := s.at(i); {
		case err != nil:
			return 0, err
		case c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\n' || c == '\r':
			return i, nil
		}
	}
}
