package store

import (
	"fmt"
	"hash/maphash"
	"runtime/debug"
	"slices"
	"strings"

	"k8s.io/klog/v2"
)

// partCount is how many parts a table has. It is a power of two; with 32 of them a reader and a writer rarely want
// the same, and an empty store is still small.
const partCount = 32

// table holds objects and their indexes, for one goroutine. Always:
//   - a key is in the part that its hash names, at the position that the part's map says, and nowhere else;
//   - an object's place says where in which bucket its slot is, and that bucket has it there;
//   - an object has one place for each posting that its index functions returned when it was put in;
//   - each slot in a bucket is a place of its object, and no bucket is empty.
type table struct {
	parts   [partCount]part
	indexes []*index
}

// part holds the objects of some keys without gaps: the last one moves to where another was removed.
type part struct {
	positions map[string]uint32
	keys      []string
	objects   []any
	places    [][]place
}

// slot says where an object is: the number of its part, and above that its position there.
type slot uint32

func newSlot(part int, position uint32) slot { return slot(position*partCount) | slot(part) }

func (s slot) part() int        { return int(s % partCount) }
func (s slot) position() uint32 { return uint32(s / partCount) }

// place is where an object's slot stands in a bucket.
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
	index *index
	value string
	slots []slot
}

// posting is a value of an object in an index, before the object is there.
type posting struct {
	index *index
	value string
}

var seed = maphash.MakeSeed()

// partOf returns the number of the part in which a key belongs.
func partOf(key string) int { return int(maphash.String(seed, key) % partCount) }

// newTable returns an empty table with room for so many objects.
func newTable(indexers Indexers, size int) *table {
	t := &table{indexes: newIndexes(indexers)}
	size = size/partCount + size/partCount/8 // a hash deals them out unevenly
	for i := range t.parts {
		t.parts[i] = part{
			positions: make(map[string]uint32, size),
			keys:      make([]string, 0, size),
			objects:   make([]any, 0, size),
			places:    make([][]place, 0, size),
		}
	}
	return t
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

func (t *table) places(s slot) *[]place { return &t.parts[s.part()].places[s.position()] }

// put adds an object to a part, or replaces the one that has this key.
func (t *table) put(number int, key string, obj any, postings []posting) {
	p := &t.parts[number]
	position, exists := p.positions[key]
	if exists {
		p.objects[position] = obj
	} else {
		position = uint32(len(p.keys))
		p.positions[key] = position
		p.keys = append(p.keys, key)
		p.objects = append(p.objects, obj)
		p.places = append(p.places, nil)
	}
	t.move(newSlot(number, position), postings)
}

// remove takes out the object with this key, if it is there.
func (t *table) remove(number int, key string) {
	p := &t.parts[number]
	position, exists := p.positions[key]
	if !exists {
		return
	}
	t.move(newSlot(number, position), nil)
	last := uint32(len(p.keys) - 1)
	if position != last {
		p.keys[position], p.objects[position], p.places[position] = p.keys[last], p.objects[last], p.places[last]
		p.positions[p.keys[last]] = position
		for _, at := range p.places[position] {
			at.bucket.slots[at.at] = newSlot(number, position)
		}
	}
	delete(p.positions, key)
	p.keys[last], p.objects[last], p.places[last] = "", nil, nil
	p.keys, p.objects, p.places = p.keys[:last], p.objects[:last], p.places[:last]
}

// move takes an object out of the buckets that it is in and puts it into those of its postings. Mostly they are the
// same.
func (t *table) move(s slot, postings []posting) {
	places := t.places(s)
	if slices.EqualFunc(*places, postings, place.serves) {
		return
	}
	for _, from := range *places {
		t.leave(from)
	}
	*places = slices.Grow((*places)[:0], len(postings))
	for _, to := range postings {
		*places = append(*places, to.index.enter(to.value, s))
	}
}

// serves tells whether this is a place for the posting.
func (p place) serves(posting posting) bool {
	return p.bucket.value == posting.value && p.bucket.index == posting.index
}

// leave gives up a place: the last of the bucket takes it. An empty bucket goes.
func (t *table) leave(from place) {
	b := from.bucket
	last := uint32(len(b.slots) - 1)
	if from.at != last {
		moved := b.slots[last]
		b.slots[from.at] = moved
		places := *t.places(moved)
		places[slices.Index(places, place{b, last})].at = from.at
	}
	b.slots = b.slots[:last]
	if last == 0 {
		delete(b.index.buckets, b.value)
	}
}

// enter puts a slot into the bucket of a value, and returns its place there.
func (x *index) enter(value string, s slot) place {
	b := x.buckets[value]
	if b == nil {
		b = &bucket{index: x, value: value}
		x.buckets[value] = b
	}
	b.slots = append(b.slots, s)
	return place{b, uint32(len(b.slots) - 1)}
}

// slots returns the objects that have at least one of the values, each once. It may be the bucket's own slice.
func (x *index) slots(values ...string) []slot {
	if len(values) == 1 {
		if b := x.buckets[values[0]]; b != nil {
			return b.slots
		}
		return nil
	}
	var all []slot
	for _, value := range values {
		all = append(all, x.slots(value)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// size returns how many objects there are.
func (t *table) size() int {
	n := 0
	for i := range t.parts {
		n += len(t.parts[i].keys)
	}
	return n
}

// get returns the object with this key.
func (t *table) get(number int, key string) (obj any, exists bool) {
	p := &t.parts[number]
	position, exists := p.positions[key]
	if !exists {
		return nil, false
	}
	return p.objects[position], true
}

func (t *table) objects(slots []slot) []any {
	list := make([]any, len(slots))
	for i, s := range slots {
		list[i] = t.parts[s.part()].objects[s.position()]
	}
	return list
}

func (t *table) keys(slots []slot) []string {
	list := make([]string, len(slots))
	for i, s := range slots {
		list[i] = t.parts[s.part()].keys[s.position()]
	}
	return list
}

// widen returns the places that the objects of each part have once there are more indexes, and fills those. The
// table itself stays as it is, so a failure leaves nothing behind.
func (t *table) widen(more []*index) (places [partCount][][]place, err error) {
	var postings []posting
	for number := range t.parts {
		p := &t.parts[number]
		places[number] = make([][]place, len(p.keys))
		for position, key := range p.keys {
			if postings, err = evaluate(postings[:0], more, key, p.objects[position]); err != nil {
				return places, err
			}
			wider := slices.Grow(slices.Clip(p.places[position]), len(postings))
			for _, to := range postings {
				wider = append(wider, to.index.enter(to.value, newSlot(number, uint32(position))))
			}
			places[number][position] = wider
		}
	}
	return places, nil
}
