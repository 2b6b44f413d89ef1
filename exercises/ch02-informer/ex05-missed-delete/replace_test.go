package misseddelete_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	misseddelete "client-go-workbook/exercises/ch02-informer/ex05-missed-delete"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	sameAsList = invariant.Invariant{
		Says: "after a Replace, who pops everything knows exactly the objects in the list",
		Read: "README.md, Invariant; lib/fifo/deltafifo.go, Replace",
	}
	tombstone = invariant.Invariant{
		Says: "a delete that nobody saw is a tombstone: the key, and the newest state that was seen",
		Read: "README.md, second paragraph; lib/store/tombstone.go, DeletedFinalStateUnknown",
	}
	toldOnce = invariant.Invariant{
		Says: "what is gone is told once",
		Read: "README.md, Invariant; lib/fifo/deltafifo.go, Replace",
	}
	keeps = invariant.Invariant{
		Says: "what waits is what happened: a list is put behind it, never in its place",
		Read: "README.md, What the tests verify; lib/fifo/deltafifo.go, Replace",
	}
)

// obj reads "a7": the object a in version 7.
func obj(text string) *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: text[:1], ResourceVersion: text[1:]}}
}

func objects(text string) []any {
	var objs []any
	for field := range strings.FieldsSeq(text) {
		objs = append(objs, obj(field))
	}
	return objs
}

// show is the inverse of obj; a tombstone has a question mark, whose key comes in front if it isn't the object's.
func show(o any) string {
	switch o := o.(type) {
	case *metav1.PartialObjectMetadata:
		return o.Name + o.ResourceVersion
	case store.DeletedFinalStateUnknown:
		if inner := show(o.Obj); strings.HasPrefix(inner, o.Key) {
			return inner + "?"
		}
		return fmt.Sprintf("%s?%s", o.Key, show(o.Obj))
	}
	return fmt.Sprintf("(%v)", o)
}

func knowing(text string) store.Store {
	known := store.NewStore(store.MetaNamespaceKeyFunc)
	for _, o := range objects(text) {
		if err := known.Add(o); err != nil {
			panic(err) // a mistake in the test
		}
	}
	return known
}

// waiting queues changes that are written "Added d5, Deleted d5".
func waiting(q *misseddelete.Queue, changes string) {
	for change := range strings.SplitSeq(changes, ", ") {
		if kind, text, ok := strings.Cut(change, " "); ok {
			q.Add(text[:1], fifo.Delta{Type: fifo.DeltaType(kind), Object: obj(text)})
		}
	}
}

// popAll returns lines as "a: Replaced a9". Deletes come in any order, since what is known has none.
func popAll(t *testing.T, q *misseddelete.Queue) []string {
	t.Helper()
	var popped []string
	for len(popped) < 1000 {
		key, deltas := q.Pop()
		if key == "" {
			return popped
		}
		popped = append(popped, key+": "+changes(deltas))
	}
	toldOnce.Broken(t, invariant.Report{Doing: "pop until the queue is empty", Expected: "an end", Saw: strings.Join(popped[:5], "\n") + "\n…"})
	return nil
}

func changes(deltas fifo.Deltas) string {
	var changes []string
	for _, d := range deltas {
		changes = append(changes, fmt.Sprintf("%s %s", d.Type, show(d.Object)))
	}
	return strings.Join(changes, ", ")
}

// story is one Replace.
type story struct{ known, waiting, list string }

func (s story) String() string {
	return fmt.Sprintf("replace with a list of %s, where %s is known and %s waits", some(s.list), some(s.known), some(s.waiting))
}

func some(text string) string { return cmp.Or(text, "nothing") }

func (s story) replaced(t *testing.T, known fifo.KeyListerGetter) *misseddelete.Queue {
	t.Helper()
	q := misseddelete.New(known)
	waiting(q, s.waiting)
	sameAsList.NoError(t, q.Replace(objects(s.list)), "%s", s)
	return q
}

// becomes demands what then is popped, one line for each object, sorted.
func (s story) becomes(t *testing.T, rule invariant.Invariant, lines ...string) {
	t.Helper()
	popped := popAll(t, s.replaced(t, knowing(s.known)))
	slices.Sort(popped)
	rule.Equal(t, strings.Join(lines, "\n"), strings.Join(popped, "\n"), "%s", s)
}

func TestListedObjectsAreReplaced(t *testing.T) {
	story{"", "", "a1 b2"}.becomes(t, sameAsList, "a: Replaced a1", "b: Replaced b2")
	story{"a1 b2", "", "a9 b2"}.becomes(t, sameAsList, "a: Replaced a9", "b: Replaced b2")
	story{"", "", ""}.becomes(t, sameAsList)
}

func TestListKeepsItsOrder(t *testing.T) {
	q := story{"a1 b2 c3 d4", "", "d9 a9 c9 b9"}.replaced(t, knowing("a1 b2 c3 d4"))
	sameAsList.Equal(t, "d: Replaced d9\na: Replaced a9\nc: Replaced c9\nb: Replaced b9", strings.Join(popAll(t, q), "\n"), "replace with a list of d, a, c, b")
}

func TestKnownAndNotListed(t *testing.T) {
	story{"a7 b3", "", "a9"}.becomes(t, tombstone, "a: Replaced a9", "b: Deleted b3?")
	story{"a7 b3", "", ""}.becomes(t, tombstone, "a: Deleted a7?", "b: Deleted b3?")
}

func TestWaitingAndNotListed(t *testing.T) {
	story{"", "Added d5", ""}.becomes(t, sameAsList, "d: Added d5, Deleted d5?")
	story{"a7", "Added d5, Updated d6", "a7"}.becomes(t, sameAsList, "a: Replaced a7", "d: Added d5, Updated d6, Deleted d6?")
	story{"", "Replaced d5", ""}.becomes(t, sameAsList, "d: Replaced d5, Deleted d5?")
}

func TestWhatWaitsIsNewerThanWhatIsKnown(t *testing.T) {
	story{"a7", "Updated a8", ""}.becomes(t, tombstone, "a: Updated a8, Deleted a8?")
	story{"a7", "Deleted a8, Added a9", ""}.becomes(t, tombstone, "a: Deleted a8, Added a9, Deleted a9?")
}

func TestDeleteThatWaitsIsEnough(t *testing.T) {
	story{"a7", "Deleted a8", ""}.becomes(t, toldOnce, "a: Deleted a8")
	story{"", "Added a7, Deleted a8", ""}.becomes(t, toldOnce, "a: Added a7, Deleted a8")
}

func TestTwoListsInARow(t *testing.T) {
	q := story{"a7 b3", "", "a9"}.replaced(t, knowing("a7 b3"))
	toldOnce.NoError(t, q.Replace(objects("")), "replace with an empty list")
	toldOnce.NoError(t, q.Replace(objects("")), "replace with another empty list")
	popped := popAll(t, q)
	slices.Sort(popped)
	toldOnce.Equal(t, "a: Replaced a9, Deleted a9?\nb: Deleted b3?", strings.Join(popped, "\n"), "know a7 and b3, then list a9, then nothing, then nothing again")
}

func TestItIsBack(t *testing.T) {
	story{"a7", "Deleted a8", "a9"}.becomes(t, sameAsList, "a: Deleted a8, Replaced a9")
}

func TestWhatWaitsStays(t *testing.T) {
	story{"", "Added a1, Updated a2, Added b3", "a2 b3"}.becomes(t, keeps, "a: Added a1, Updated a2, Replaced a2", "b: Added b3, Replaced b3")
}

// forgetful lists a key that it then can't find: somebody was faster, or its storage fails.
type forgetful struct {
	store.Store
	err error
}

func (f forgetful) GetByKey(key string) (any, bool, error) {
	if key == "b" {
		return nil, false, f.err
	}
	return f.Store.GetByKey(key)
}

func TestWhatCanNotBeFoundIsToldAllTheSame(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{{"it isn't there", nil}, {"it can't be read", errors.New("disk on fire")}} {
		t.Run(test.name, func(t *testing.T) {
			s := story{"a7 b3 c1", "", ""}
			popped := popAll(t, s.replaced(t, forgetful{knowing(s.known), test.err}))
			slices.Sort(popped)
			tombstone.Equal(t, "a: Deleted a7?\nb: Deleted b?(<nil>)\nc: Deleted c1?", strings.Join(popped, "\n"), "%s, when b is looked up and %s", s, test.name)
		})
	}
}

func TestObjectWithoutAKeyIsAnError(t *testing.T) {
	q := misseddelete.New(knowing(""))
	if err := q.Replace([]any{"no object"}); err == nil {
		sameAsList.Broken(t, invariant.Report{Doing: "replace with a list of a string", Expected: "an error: it has no key", Saw: "none"})
	}
}

// A server whose watch is broken now and then, and a consumer that pops now and then.
func TestConsumerEndsWithWhatTheServerHas(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(5, seed))
		server, c := map[string]string{}, newConsumer()
		var told []string
		step := func(format string, args ...any) { told = append(told, fmt.Sprintf(format, args...)) }
		broken := false
		for version := range 60 {
			switch key := string('a' + rune(random.IntN(5))); random.IntN(8) {
			case 0, 1, 2, 3:
				kind, text := c.change(random, server, key, version)
				if !broken && kind != "" {
					waiting(c.queue, kind+" "+text)
				}
				step("%s %s (the watch is broken: %v)", kind, text, broken)
			case 4:
				broken = true
			case 5, 6:
				c.pop(t, seed, told)
				step("pop")
			case 7:
				list := strings.Join(slices.Sorted(maps.Values(server)), " ")
				step("list %q", list)
				sameAsList.NoError(t, c.queue.Replace(objects(list)), "story %d: replace with %q", seed, list)
				broken = false
			}
		}
		list := strings.Join(slices.Sorted(maps.Values(server)), " ")
		step("list %q, and pop everything", list)
		sameAsList.NoError(t, c.queue.Replace(objects(list)), "story %d: replace with %q", seed, list)
		for c.pop(t, seed, told) {
		}
		sameAsList.Equal(t, list, strings.Join(c.all(), " "), "story %d, its last steps:\n%s", seed, last(told))
	}
}

func last(told []string) string { return strings.Join(told[max(0, len(told)-15):], "\n") }

type consumer struct {
	known store.Store
	queue *misseddelete.Queue
}

func newConsumer() *consumer {
	known := knowing("")
	return &consumer{known, misseddelete.New(known)}
}

// change lets an object of the server come, change or go.
func (c *consumer) change(random *rand.Rand, server map[string]string, key string, version int) (kind, text string) {
	text = fmt.Sprint(key, version)
	_, exists := server[key]
	switch {
	case exists && random.IntN(2) == 0:
		delete(server, key)
		return "Deleted", text
	case exists:
		server[key] = text
		return "Updated", text
	}
	server[key] = text
	return "Added", text
}

// pop takes one object, and reports whether there was one. Who hears of a delete must have known the object.
func (c *consumer) pop(t *testing.T, seed uint64, told []string) bool {
	t.Helper()
	key, deltas := c.queue.Pop()
	for _, d := range deltas {
		_, known, _ := c.known.GetByKey(key)
		switch {
		case d.Type != fifo.Deleted:
			c.known.Add(d.Object)
		case !known:
			toldOnce.Broken(t, invariant.Report{
				Doing:    fmt.Sprintf("story %d, its last steps:\n%s", seed, last(told)),
				Expected: "a delete of what is known", Saw: key + ": " + changes(deltas),
			})
		default:
			c.known.Delete(obj(key))
		}
	}
	return key != ""
}

func (c *consumer) all() []string {
	var all []string
	for _, o := range c.known.List() {
		all = append(all, show(o))
	}
	slices.Sort(all)
	return all
}
