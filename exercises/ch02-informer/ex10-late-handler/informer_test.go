package latehandler_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	latehandler "client-go-workbook/exercises/ch02-informer/ex10-late-handler"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	current = invariant.Invariant{
		Says: "who joins hears of each object that is there, once, as an add in the initial list",
		Read: "README.md, Invariant; lib/informer/audience.go, join",
	}
	everyChange = invariant.Invariant{
		Says: "a change while a handler joins is neither lost nor told twice",
		Read: "README.md, the gap and the overlap; lib/informer/audience.go, join",
	}
	nobodyElse = invariant.Invariant{
		Says: "those who were there hear nothing of who joins",
		Read: "README.md, What the tests verify; lib/informer/audience.go, join",
	}
	noWait = invariant.Invariant{
		Says: "to add a handler doesn't wait for it",
		Read: "README.md, What the tests verify; lib/informer/audience.go, join",
	}
)

// obj reads "a7": the object a in version 7.
func obj(text string) *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: text[:1], ResourceVersion: text[1:]}}
}

func show(o any) string {
	if o, ok := o.(*metav1.PartialObjectMetadata); ok {
		return o.Name + o.ResourceVersion
	}
	return fmt.Sprintf("(%v)", o)
}

// ears notes what a handler hears: "+a1!" for an add of the initial list, "+a1", "a1→a2", "-a2".
type ears struct {
	mu    sync.Mutex
	heard []string
}

func (e *ears) hear(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, fmt.Sprintf(format, args...))
}

func (e *ears) OnAdd(obj any, isInInitialList bool) {
	if isInInitialList {
		e.hear("+%s!", show(obj))
	} else {
		e.hear("+%s", show(obj))
	}
}
func (e *ears) OnUpdate(old, updated any) { e.hear("%s→%s", show(old), show(updated)) }
func (e *ears) OnDelete(obj any)          { e.hear("-%s", show(obj)) }

// all is what was heard. The adds of the initial list are sorted: a store has no order.
func (e *ears) all() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := slices.Clone(e.heard)
	initial := 0
	for initial < len(heard) && strings.HasSuffix(heard[initial], "!") {
		initial++
	}
	slices.Sort(heard[:initial])
	return strings.Join(heard, " ")
}

// happen lets something happen: "+a1 a2 -a2". What has no sign is an update.
func happen(t *testing.T, i *latehandler.Informer, changes string) {
	t.Helper()
	for change := range strings.FieldsSeq(changes) {
		everyChange.NoError(t, i.Process(deltas(change)), "process %s", change)
	}
}

func deltas(change string) fifo.Deltas {
	switch change[0] {
	case '+':
		return fifo.Deltas{{Type: fifo.Added, Object: obj(change[1:])}}
	case '-':
		return fifo.Deltas{{Type: fifo.Deleted, Object: obj(change[1:])}}
	}
	return fifo.Deltas{{Type: fifo.Updated, Object: obj(change)}}
}

func newInformer() *latehandler.Informer {
	return latehandler.New(store.NewStore(store.MetaNamespaceKeyFunc))
}

func TestWhoIsThereFromTheBeginning(t *testing.T) {
	i, e := newInformer(), &ears{}
	i.AddEventHandler(e)
	happen(t, i, "+a1 +b2 a3 -b4")
	i.Stop()
	everyChange.Equal(t, "+a1 +b2 a1→a3 -b4", e.all(), "join, then: +a1 +b2 a3 -b4")
}

func TestWhoJoinsLate(t *testing.T) {
	i, e := newInformer(), &ears{}
	happen(t, i, "+a1 +b2 +c3 a4 -b5")
	i.AddEventHandler(e)
	happen(t, i, "c6 +d7 -a8 +b9")
	i.Stop()
	current.Equal(t, "+a4! +c3! c3→c6 +d7 -a8 +b9", e.all(), "+a1 +b2 +c3 a4 -b5, then join, then: c6 +d7 -a8 +b9")
}

func TestOthersHearNothingOfIt(t *testing.T) {
	i, first, second := newInformer(), &ears{}, &ears{}
	happen(t, i, "+a1")
	i.AddEventHandler(first)
	happen(t, i, "+b2")
	i.AddEventHandler(second)
	happen(t, i, "a3")
	i.Stop()
	nobodyElse.Equal(t, "+a1! +b2 a1→a3", first.all(), "+a1, the first one joins, +b2, another one joins, a3: what did the first one hear")
	current.Equal(t, "+a1! +b2! a1→a3", second.all(), "+a1, the first one joins, +b2, another one joins, a3: what did the other one hear")
}

// ajar is a store at which somebody stands who lets a change happen just before the store is listed, or just after.
type ajar struct {
	store.Store
	before, after func()
}

func (s *ajar) List() []any {
	s.before()
	defer s.after()
	return s.Store.List()
}

// A change waits for its turn while somebody joins, and an answer that doesn't make it wait lets it through here. The right
// one is given a moment, so that the change stands at the door.
func TestChangeWhileSomebodyJoins(t *testing.T) {
	for _, test := range []struct{ when, change, want string }{
		{"before the store is listed", "a2", "+a1! a1→a2"},
		{"after the store was listed", "a2", "+a1! a1→a2"},
		{"before the store is listed", "-a2", "+a1! -a2"},
		{"after the store was listed", "-a2", "+a1! -a2"},
		{"before the store is listed", "+b2", "+a1! +b2"},
		{"after the store was listed", "+b2", "+a1! +b2"},
	} {
		t.Run(test.change+" "+test.when, func(t *testing.T) {
			nothing := func() {}
			s := &ajar{Store: store.NewStore(store.MetaNamespaceKeyFunc), before: nothing, after: nothing}
			i, e := latehandler.New(s), &ears{}
			happen(t, i, "+a1")
			var processed sync.WaitGroup
			var once sync.Once
			change := func() {
				once.Do(func() {
					done := make(chan struct{})
					processed.Go(func() {
						defer close(done)
						if err := i.Process(deltas(test.change)); err != nil {
							t.Error(err)
						}
					})
					select {
					case <-done:
					case <-time.After(20 * time.Millisecond):
					}
				})
			}
			if strings.HasPrefix(test.when, "before") {
				s.before = change
			} else {
				s.after = change
			}
			i.AddEventHandler(e)
			change() // if nobody listed the store
			processed.Wait()
			i.Stop()
			saw := e.all()
			if before := strings.NewReplacer("+a1! a1→a2", "+a2!", "+a1! -a2", "", "+a1! +b2", "+a1! +b2!").Replace(test.want); saw == before {
				return // it joined after the change: just as well
			}
			everyChange.Equal(t, test.want, saw, "join where there is a1, while %s happens %s", test.change, test.when)
		})
	}
}

func TestSlowHandlerHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newInformer()
		happen(t, i, "+a1 +b2")
		free := make(chan struct{})
		added := make(chan struct{})
		go func() {
			i.AddEventHandler(informer.ResourceEventHandlerFuncs{AddFunc: func(any) { <-free }})
			close(added)
		}()
		synctest.Wait()
		waited := true
		select {
		case <-added:
			waited = false
		default:
		}
		close(free)
		<-added
		i.Stop()
		noWait.Equal(t, false, waited, "join with a handler that stands still in its first call: does AddEventHandler wait for it")
	})
}

func TestHandlerMayAddAnother(t *testing.T) {
	i, second := newInformer(), &ears{}
	happen(t, i, "+a1")
	joined := make(chan struct{})
	go i.AddEventHandler(informer.ResourceEventHandlerFuncs{AddFunc: func(any) {
		i.AddEventHandler(second)
		close(joined)
	}})
	select {
	case <-joined:
	case <-time.After(5 * time.Second):
		noWait.Broken(t, invariant.Report{Doing: "join with a handler that adds another one in its first call", Expected: "both have joined", Saw: "they wait for each other"})
	}
	i.Stop()
	current.Equal(t, "+a1!", second.all(), "join from the call of another handler, where there is a1")
}

func TestManyJoinWhileMuchHappens(t *testing.T) {
	random := rand.New(rand.NewPCG(10, 1))
	s := store.NewStore(store.MetaNamespaceKeyFunc)
	i := latehandler.New(s)
	listeners := make([]*ears, 10)
	var joins sync.WaitGroup
	there := map[string]string{}
	for version := range 2000 {
		if version%200 == 100 {
			e := &ears{}
			listeners[version/200] = e
			joins.Go(func() { i.AddEventHandler(e) })
		}
		happen(t, i, next(random, there, version))
	}
	joins.Wait()
	i.Stop()
	for n, e := range listeners {
		knows, err := understood(e.heard)
		everyChange.Equal(t, "", err, "follow what handler %d of ten heard, which joined while 2000 changes happened", n)
		everyChange.Equal(t, there, knows, "compare what handler %d of ten knows in the end with the store", n)
	}
}

// next is a change of one of five objects that fits what is there.
func next(random *rand.Rand, there map[string]string, version int) string {
	name := string('a' + rune(random.IntN(5)))
	text := fmt.Sprint(name, version)
	_, exists := there[name]
	switch {
	case exists && random.IntN(4) == 0:
		delete(there, name)
		return "-" + text
	case exists:
		there[name] = text
		return text
	}
	there[name] = text
	return "+" + text
}

// understood follows what a handler heard, and says where it made no sense.
func understood(heard []string) (knows map[string]string, nonsense string) {
	knows = map[string]string{}
	for _, h := range heard {
		switch old, updated, isUpdate := strings.Cut(h, "→"); {
		case isUpdate && knows[old[:1]] != old:
			return nil, fmt.Sprintf("%s, where it knew %q", h, knows[old[:1]])
		case isUpdate:
			knows[updated[:1]] = updated
		case h[0] == '+' && knows[h[1:2]] != "":
			return nil, fmt.Sprintf("%s, where it knew %q", h, knows[h[1:2]])
		case h[0] == '+':
			knows[h[1:2]] = strings.TrimSuffix(h[1:], "!")
		case knows[h[1:2]] == "":
			return nil, fmt.Sprintf("%s, where it knew of none", h)
		default:
			delete(knows, h[1:2])
		}
	}
	return knows, ""
}
