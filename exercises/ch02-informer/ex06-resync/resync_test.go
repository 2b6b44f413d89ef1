package resync_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	resync "client-go-workbook/exercises/ch02-informer/ex06-resync"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	reminds = invariant.Invariant{
		Says: "a resync tells of each known object again, as it is known",
		Read: "README.md, Invariant; lib/fifo/deltafifo.go, Resync",
	}
	notBack = invariant.Invariant{
		Says: "a resync never tells of a state that is older than what waits",
		Read: "README.md, the trap before Task; lib/fifo/deltafifo.go, Resync",
	}
	nothingNew = invariant.Invariant{
		Says: "a resync tells of nothing but what is known",
		Read: "README.md, second paragraph; lib/fifo/deltafifo.go, Resync",
	}
)

// obj reads "a7": the object a in version 7.
func obj(text string) *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: text[:1], ResourceVersion: text[1:]}}
}

// show is the inverse of obj.
func show(o any) string {
	if o, ok := o.(*metav1.PartialObjectMetadata); ok {
		return o.Name + o.ResourceVersion
	}
	return fmt.Sprintf("(%v)", o)
}

func knowing(text string) store.Store {
	known := store.NewStore(store.MetaNamespaceKeyFunc)
	for field := range strings.FieldsSeq(text) {
		if err := known.Add(obj(field)); err != nil {
			panic(err) // a mistake in the test
		}
	}
	return known
}

// waiting queues changes that are written "Added d5, Deleted d5".
func waiting(q *resync.Queue, changes string) {
	for change := range strings.SplitSeq(changes, ", ") {
		if kind, text, ok := strings.Cut(change, " "); ok {
			q.Add(text[:1], fifo.Delta{Type: fifo.DeltaType(kind), Object: obj(text)})
		}
	}
}

// line is "a: Updated a8, Deleted a9".
func line(key string, deltas fifo.Deltas) string {
	var changes []string
	for _, d := range deltas {
		changes = append(changes, fmt.Sprintf("%s %s", d.Type, show(d.Object)))
	}
	return key + ": " + strings.Join(changes, ", ")
}

// popAll returns lines as "a: Sync a9", sorted: what is known has no order.
func popAll(t *testing.T, q *resync.Queue) string {
	t.Helper()
	var popped []string
	for len(popped) < 1000 {
		key, deltas := q.Pop()
		if key == "" {
			slices.Sort(popped)
			return strings.Join(popped, "\n")
		}
		popped = append(popped, line(key, deltas))
	}
	nothingNew.Broken(t, invariant.Report{Doing: "pop until the queue is empty", Expected: "an end", Saw: strings.Join(popped[:5], "\n") + "\n…"})
	return ""
}

// resynced is what is popped after a resync.
func resynced(t *testing.T, rule invariant.Invariant, known, waits string, lines ...string) {
	t.Helper()
	q := resync.New(knowing(known))
	waiting(q, waits)
	q.Resync()
	rule.Equal(t, strings.Join(lines, "\n"), popAll(t, q), "resync, where %q is known and %q waits", known, waits)
}

func TestKnownObjectsAreToldAgain(t *testing.T) {
	resynced(t, reminds, "a7 b3 c1", "", "a: Sync a7", "b: Sync b3", "c: Sync c1")
	resynced(t, reminds, "", "")
}

func TestUpdateIsNotUndone(t *testing.T) {
	resynced(t, notBack, "a7", "Updated a8", "a: Updated a8")
	resynced(t, notBack, "a7", "Updated a8, Updated a9", "a: Updated a8, Updated a9")
	resynced(t, notBack, "a7", "Replaced a9", "a: Replaced a9")
}

func TestWhatWasDeletedDoesNotComeBack(t *testing.T) {
	resynced(t, notBack, "a7", "Deleted a8", "a: Deleted a8")
	resynced(t, notBack, "a7", "Updated a8, Deleted a9", "a: Updated a8, Deleted a9")
	resynced(t, notBack, "a7", "Deleted a8, Added a9", "a: Deleted a8, Added a9")
}

func TestOthersAreToldAllTheSame(t *testing.T) {
	resynced(t, reminds, "a7 b3 c1", "Updated b4", "a: Sync a7", "b: Updated b4", "c: Sync c1")
	resynced(t, reminds, "a7 b3", "Added d5", "a: Sync a7", "b: Sync b3", "d: Added d5")
}

func TestWhatOnlyWaitsIsNotKnown(t *testing.T) {
	resynced(t, nothingNew, "", "Added d5", "d: Added d5")
	resynced(t, nothingNew, "", "Added d5, Deleted d6", "d: Added d5, Deleted d6")
}

func TestTwoResyncsInARow(t *testing.T) {
	q := resync.New(knowing("a7 b3"))
	q.Resync()
	q.Resync()
	reminds.Equal(t, "a: Sync a7\nb: Sync b3", popAll(t, q), "resync twice, where %q is known, before anybody pops", "a7 b3")
	q.Resync()
	reminds.Equal(t, "a: Sync a7\nb: Sync b3", popAll(t, q), "resync once more, when everything is popped")
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

func TestWhatCanNotBeFoundIsLeftOut(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{{"it isn't there", nil}, {"it can't be read", errors.New("disk on fire")}} {
		t.Run(test.name, func(t *testing.T) {
			for range 10 { // the order of keys is chance
				q := resync.New(forgetful{knowing("a7 b3 c1 d1"), test.err})
				q.Resync()
				nothingNew.Equal(t, "a: Sync a7\nc: Sync c1\nd: Sync d1", popAll(t, q), "resync a7 b3 c1 d1, when b is looked up and %s", test.name)
			}
		})
	}
}

// Objects change, a consumer pops now and then, and there are many resyncs.
func TestNobodyGoesBackInTime(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(6, seed))
		c := &consumer{known: knowing(""), newest: map[string]int{}}
		c.queue = resync.New(c.known)
		server := map[string]bool{}
		for version := 1; version < 80; version++ {
			key := string('a' + rune(random.IntN(4)))
			switch random.IntN(7) {
			case 0, 1, 2:
				kind := "Added"
				if server[key] {
					kind = []string{"Updated", "Updated", "Deleted"}[random.IntN(3)]
				}
				server[key] = kind != "Deleted"
				c.told = append(c.told, fmt.Sprintf("%s %s%d", kind, key, version))
				waiting(c.queue, fmt.Sprintf("%s %s%d", kind, key, version))
			case 3, 4:
				c.pop(t, seed)
			default:
				c.told = append(c.told, "resync")
				c.queue.Resync()
			}
		}
		for c.pop(t, seed) {
		}
		for key, there := range server {
			_, known, _ := c.known.GetByKey(key)
			notBack.Equal(t, there, known, "story %d: is %s there when all is popped; the last steps were:\n%s", seed, key, c.last())
		}
	}
}

type consumer struct {
	known  store.Store
	queue  *resync.Queue
	newest map[string]int // the newest version that was popped of each object
	told   []string
}

func (c *consumer) last() string { return strings.Join(c.told[max(0, len(c.told)-15):], "\n") }

// pop takes one object, and reports whether there was one.
func (c *consumer) pop(t *testing.T, seed uint64) bool {
	t.Helper()
	key, deltas := c.queue.Pop()
	if key == "" {
		return false
	}
	c.told = append(c.told, "pop "+line(key, deltas))
	for _, d := range deltas {
		o := d.Object.(*metav1.PartialObjectMetadata)
		version, _ := strconv.Atoi(o.ResourceVersion)
		if version < c.newest[key] {
			notBack.Broken(t, invariant.Report{
				Doing:    fmt.Sprintf("story %d, its last steps:\n%s", seed, c.last()),
				Expected: fmt.Sprintf("%s in version %d or newer", key, c.newest[key]), Saw: show(o),
			})
		}
		c.newest[key] = version
		if d.Type == fifo.Deleted {
			c.known.Delete(o)
		} else {
			c.known.Add(o)
		}
	}
	return true
}
