package store

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"k8s.io/klog/v2"
)

// table holds objects and their indexes. It is for one goroutine, but for its directory. Always:
//   - position i of entries and of objects is about the same object, and its entry says so;
//   - the directory has each of these entries, and beside them only such as are gone;
//   - an object's place says where in which bucket its position is, and that bucket has it there;
//   - an object has one place for each posting that its index functions returned when it was put in;
//   - each position in a bucket is a place of its object, and no bucket is empty.
type table struct {
	directory *directory
	entries   []*entry // without gaps: the last one moves to where another was removed
	objects   []any    // the same objects once more, side by side
	indexes   []*index
}

// place is where an object's position stands in a bucket.
type place struct {
	bucket *bucket
	at     uint32
}

// index finds objects by the values that fn returns for them.
type index struct {
	name    string
	fn      IndexFunc
	buckets map[string]*bucket
}

// bucket holds the objects that have one value in one index.
type bucket struct {
	index     *index
	value     string
	positions []uint32
}

// posting is a value of an object in an index, before the object is there.
type posting struct {
	index *index
	value string
}

// newTable returns an empty table with room for so many objects.
func newTable(indexers Indexers, size int) *table {
	return &table{
		directory: newDirectory(nil, size),
		entries:   make([]*entry, 0, size),
		objects:   make([]any, 0, size),
		indexes:   newIndexes(indexers),
	}
}

// newIndexes returns empty indexes in the order of their names.
func newIndexes(indexers Indexers) []*index {
	indexes := make([]*index, 0, len(indexers))
	for name, fn := range indexers {
		indexes = append(indexes, &index{name: name, fn: fn, buckets: map[string]*bucket{}})
	}
	slices.SortFunc(indexes, func(a, b *index) int { return strings.Compare(a.name, b.name) })
	return indexes
}

// evaluate appends the postings of an object: its values in each index, without those that repeat.
func evaluate(postings []posting, indexes []*index, key string, obj any) ([]posting, error) {
	for _, x := range indexes {
		values, err := x.fn.call(obj)
		if err != nil {
			return nil, fmt.Errorf("index %q: object %q: %w", x.name, key, err)
		}
		for i, value := range values {
			if !slices.Contains(values[:i], value) {
				postings = append(postings, posting{x, value})
			}
		}
	}
	return postings, nil
}

// call calls the function, which may fail or panic.
func (fn IndexFunc) call(obj any) (values []string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = panicError(cause)
		}
	}()
	return fn(obj)
}

// panicError makes an error of what an index function panicked with. Where it did goes to the log.
func panicError(cause any) error {
	err, ok := cause.(error)
	if ok {
		err = fmt.Errorf("index function panicked: %w", err)
	} else {
		err = fmt.Errorf("index function panicked: %v", cause)
	}
	klog.TODO().Error(err, "An index function panicked", "stack", string(debug.Stack()))
	return err
}

func (t *table) indexers() Indexers {
	indexers := make(Indexers, len(t.indexes))
	for _, x := range t.indexes {
		indexers[x.name] = x.fn
	}
	return indexers
}

// find returns the index with this name.
func (t *table) find(name string) (*index, error) {
	for _, x := range t.indexes {
		if x.name == name {
			return x, nil
		}
	}
	return nil, fmt.Errorf("there is no index %q", name)
}

// put adds an object, or replaces the one that has this key.
func (t *table) put(key string, obj any, postings []posting) {
	e := newEntry(key, obj)
	if old := t.directory.live(key); old != nil {
		e.position, e.places = old.position, old.places
		t.entries[e.position], t.objects[e.position] = e, obj
	} else {
		e.position = uint32(len(t.entries))
		t.entries, t.objects = append(t.entries, e), append(t.objects, obj)
	}
	t.move(e, postings)
	if !t.directory.put(e) {
		t.directory = newDirectory(t.entries, 0)
	}
}

// remove takes out the object with this key, if it is there.
func (t *table) remove(key string) {
	e := t.directory.live(key)
	if e == nil {
		return
	}
	t.move(e, nil)
	t.directory.put(newEntry(e.key, gone{}))
	last := len(t.entries) - 1
	t.transfer(t.entries[last], e.position)
	t.entries[last], t.objects[last] = nil, nil
	t.entries, t.objects = t.entries[:last], t.objects[:last]
	if t.directory.taken > 4*last+64 {
		t.shrink()
	}
}

// transfer gives an object another position.
func (t *table) transfer(e *entry, position uint32) {
	e.position = position
	t.entries[position], t.objects[position] = e, e.obj
	for _, p := range e.places {
		p.bucket.positions[p.at] = position
	}
}

// shrink gives back the memory of all that has gone.
func (t *table) shrink() {
	t.entries, t.objects = slices.Clone(t.entries), slices.Clone(t.objects)
	t.directory = newDirectory(t.entries, 0)
	for _, x := range t.indexes {
		for _, b := range x.buckets {
			b.positions = slices.Clone(b.positions)
		}
	}
}

// move takes an object out of the buckets that it is in and puts it into those of its postings. Mostly they are the
// same.
func (t *table) move(e *entry, postings []posting) {
	if slices.EqualFunc(e.places, postings, place.serves) {
		return
	}
	for _, from := range e.places {
		t.leave(from)
	}
	e.places = slices.Grow(e.places[:0], len(postings))
	for _, to := range postings {
		e.places = append(e.places, to.index.enter(to.value, e.position))
	}
}

// serves tells whether this is a place for the posting.
func (p place) serves(posting posting) bool {
	return p.bucket.value == posting.value && p.bucket.index == posting.index
}

// leave gives up a place: the last of the bucket takes it. An empty bucket goes.
func (t *table) leave(from place) {
	b := from.bucket
	last := uint32(len(b.positions) - 1)
	if from.at != last {
		moved := b.positions[last]
		b.positions[from.at] = moved
		places := t.entries[moved].places
		places[slices.Index(places, place{b, last})].at = from.at
	}
	b.positions = b.positions[:last]
	if last == 0 {
		delete(b.index.buckets, b.value)
	}
}

// enter puts a position into the bucket of a value, and returns its place there.
func (x *index) enter(value string, position uint32) place {
	b := x.buckets[value]
	if b == nil {
		b = &bucket{index: x, value: value}
		x.buckets[value] = b
	}
	b.positions = append(b.positions, position)
	return place{b, uint32(len(b.positions) - 1)}
}

// positions returns those of the objects that have at least one of the values, each once. It may be the bucket's own
// slice.
func (x *index) positions(values ...string) []uint32 {
	if len(values) == 1 {
		if b := x.buckets[values[0]]; b != nil {
			return b.positions
		}
		return nil
	}
	var all []uint32
	for _, value := range values {
		all = append(all, x.positions(value)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// objectsAt returns the objects at these positions.
func (t *table) objectsAt(positions []uint32) []any {
	list := make([]any, len(positions))
	for i, position := range positions {
		list[i] = t.objects[position]
	}
	return list
}

// keysAt returns the keys of the objects at these positions.
func (t *table) keysAt(positions []uint32) []string {
	list := make([]string, len(positions))
	for i, position := range positions {
		list[i] = t.entries[position].key
	}
	return list
}

// widen returns the places that each object has once there are more indexes, and fills those. The table itself stays
// as it is, so a failure leaves nothing behind.
func (t *table) widen(more []*index) ([][]place, error) {
	places := make([][]place, len(t.entries))
	var postings []posting
	for i, e := range t.entries {
		var err error
		if postings, err = evaluate(postings[:0], more, e.key, e.obj); err != nil {
			return nil, err
		}
		places[i] = slices.Grow(slices.Clip(e.places), len(postings))
		for _, to := range postings {
			places[i] = append(places[i], to.index.enter(to.value, e.position))
		}
	}
	return places, nil
}
