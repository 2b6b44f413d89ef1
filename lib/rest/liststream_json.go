package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// jsonList is a listReader of JSON. It looks for where values begin and end; what is in them is checked by those
// who decode them.
type jsonList struct {
	scanner jsonScanner
	items   jsonItems

	fields   []byte // all that isn't an item, as it came: "kind":"PodList","metadata":{…}
	started  bool   // a field has been read, so that a comma comes before the next
	seen     bool   // one of them was the array of items
	position position
}

// position is where a jsonList is.
type position int

const (
	inFields     position = iota // before a field or its comma, or at the list's end
	beforeItems                  // after the [
	betweenItems                 // before a comma or the ]
	afterFields                  // after the list's }
)

// jsonItems knows what the items are.
type jsonItems interface {
	open(document []byte, decode documentDecoder) (itemDecoder, error)
	close(document []byte, decode documentDecoder) (runtime.Object, error)
}

func (l *jsonList) open(decode documentDecoder) (itemDecoder, error) {
	if err := l.scanner.expect('{'); err != nil {
		return nil, err
	}
	if err := l.readFields(); err != nil {
		return nil, err
	}
	return l.items.open(l.document(), decode)
}

func (l *jsonList) next() ([]byte, error) {
	if l.position != beforeItems && l.position != betweenItems {
		return nil, io.EOF
	}
	c, err := l.scanner.peek()
	if err != nil {
		return nil, err
	}
	if c == ']' {
		l.scanner.pos++
		l.position = inFields
		return nil, io.EOF
	}
	if l.position == betweenItems {
		if err := l.scanner.expect(','); err != nil {
			return nil, err
		}
	}
	l.position = betweenItems
	return l.scanner.value()
}

func (l *jsonList) close(decode documentDecoder) (runtime.Object, error) {
	if err := l.readFields(); err != nil {
		return nil, err
	}
	if err := l.scanner.end(); err != nil {
		return nil, err
	}
	return l.items.close(l.document(), decode)
}

// document is what has been read of the list, without its items, as a list.
func (l *jsonList) document() []byte { return fmt.Appendf(nil, "{%s}", l.fields) }

// readFields stops at the first item or after the list's end.
func (l *jsonList) readFields() error {
	for l.position == inFields {
		if err := l.readField(); err != nil {
			return err
		}
	}
	return nil
}

func (l *jsonList) readField() error {
	c, err := l.scanner.peek()
	if err != nil {
		return err
	}
	if c == '}' {
		l.scanner.pos++
		l.position = afterFields
		return nil
	}
	if l.started {
		if err := l.scanner.expect(','); err != nil {
			return err
		}
	}
	l.started = true
	key, err := l.scanner.value()
	if err != nil {
		return err
	}
	var name string
	if err := json.Unmarshal(key, &name); err != nil {
		return fmt.Errorf("the name of a field: %w", err)
	}
	key = append([]byte(nil), key...)
	if err := l.scanner.expect(':'); err != nil {
		return err
	}
	if name == "items" {
		return l.startItems(key)
	}
	return l.keepField(key)
}

// startItems keeps items that aren't an array, null for one, among the other fields.
func (l *jsonList) startItems(key []byte) error {
	if l.seen {
		return errors.New("the list has items twice")
	}
	l.seen = true
	c, err := l.scanner.peek()
	if err != nil {
		return err
	}
	if c != '[' {
		return l.keepField(key)
	}
	l.scanner.pos++
	l.position = beforeItems
	return nil
}

func (l *jsonList) keepField(key []byte) error {
	value, err := l.scanner.value()
	if err != nil {
		return err
	}
	if len(l.fields) > 0 {
		l.fields = append(l.fields, ',')
	}
	l.fields = append(l.fields, key...)
	l.fields = append(l.fields, ':')
	l.fields = append(l.fields, value...)
	return nil
}

// typedItems are what the Go type of the list says.
type typedItems struct{ list runtime.Object }

func (t *typedItems) open(document []byte, decode documentDecoder) (itemDecoder, error) {
	list, err := decode(document)
	if err != nil {
		return nil, err
	}
	t.list = list
	items, err := itemField(list)
	if err != nil {
		return nil, err
	}
	name, _, _ := strings.Cut(items.Tag.Get("json"), ",")
	if _, custom := list.(json.Unmarshaler); custom || name != "items" {
		return nil, fmt.Errorf("%T isn't decoded field by field", list)
	}
	return func(raw []byte) (runtime.Object, error) {
		item := newItem(items.Type)
		return item, utiljson.Unmarshal(raw, item)
	}, nil
}

func (t *typedItems) close(document []byte, decode documentDecoder) (runtime.Object, error) {
	list, err := decode(document)
	if err != nil {
		return nil, err
	}
	return list, sameType(t.list, list)
}

// unstructuredItems are maps. Servers leave out the kind of a built-in list's items; the list, which says its own
// before them then, says theirs.
type unstructuredItems struct {
	list    unstructured.Unstructured
	guessed bool // an item had no kind of its own
}

func (u *unstructuredItems) open(document []byte, _ documentDecoder) (itemDecoder, error) {
	return u.decode, utiljson.Unmarshal(document, &u.list.Object)
}

func (u *unstructuredItems) decode(raw []byte) (runtime.Object, error) {
	var content map[string]any
	if err := utiljson.Unmarshal(raw, &content); err != nil {
		return nil, err
	}
	if content == nil {
		return nil, errors.New("null isn't an object")
	}
	item := &unstructured.Unstructured{Object: content}
	if item.GetAPIVersion() == "" && item.GetKind() == "" {
		if u.list.GetKind() == "" {
			return nil, errors.New("the list's kind comes too late for an item without one")
		}
		u.guessed = true
		content["apiVersion"] = u.list.GetAPIVersion()
		content["kind"] = strings.TrimSuffix(u.list.GetKind(), "List")
	}
	return item, nil
}

func (u *unstructuredItems) close(document []byte, decode documentDecoder) (runtime.Object, error) {
	list, err := decode(document)
	if err != nil {
		return nil, err
	}
	before, after := u.list.GroupVersionKind(), list.GetObjectKind().GroupVersionKind()
	if u.guessed && before != after {
		return nil, fmt.Errorf("the list began as %v and ended as %v", before, after)
	}
	return list, nil
}
