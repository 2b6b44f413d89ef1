package bookmark_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	bookmark "client-go-workbook/exercises/ch02-informer/ex08-bookmark"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	resumes = invariant.Invariant{
		Says: "the next watch begins at the version of the last event, and a bookmark is one",
		Read: "README.md, Invariant; lib/reflector/watch.go",
	}
	stored = invariant.Invariant{
		Says: "each object goes to the store as what its event says; a bookmark has none",
		Read: "README.md, second paragraph; lib/reflector/watch.go",
	}
	failed = invariant.Invariant{
		Says: "what the store hasn't got doesn't move Last, and the error comes back",
		Read: "README.md, Invariant; lib/reflector/watch.go",
	}
	stopped = invariant.Invariant{
		Says: "every watch that began is stopped",
		Read: "README.md, What the tests verify; lib/reflector/watch.go",
	}
)

// event reads "ADDED a@104", "BOOKMARK @5017", "ERROR" (which is too old).
func event(text string) watch.Event {
	kind, of, _ := strings.Cut(text, " ")
	if kind == "ERROR" {
		status := apierrors.NewResourceExpired("too old resource version").Status()
		return watch.Event{Type: watch.Error, Object: &status}
	}
	name, version, _ := strings.Cut(of, "@")
	return watch.Event{Type: watch.EventType(kind), Object: &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, ResourceVersion: version}}}
}

// scripted is a server whose watches tell what is written, then end. After the last one no watch begins.
type scripted struct {
	watches [][]string

	from    []string // the versions that were asked for
	without int      // how many didn't ask for bookmarks
	stopped []bool   // by watch
}

var errOver = errors.New("the script is over")

func (s *scripted) WatchWithContext(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
	s.from = append(s.from, options.ResourceVersion)
	if !options.AllowWatchBookmarks {
		s.without++
	}
	if len(s.stopped) == len(s.watches) {
		return nil, errOver
	}
	texts := s.watches[len(s.stopped)]
	events := make(chan watch.Event, len(texts))
	for _, text := range texts {
		events <- event(text)
	}
	close(events)
	s.stopped = append(s.stopped, false)
	return &one{events: events, script: s, number: len(s.stopped) - 1}, nil
}

type one struct {
	events chan watch.Event
	script *scripted
	number int
}

func (w *one) ResultChan() <-chan watch.Event { return w.events }
func (w *one) Stop()                          { w.script.stopped[w.number] = true }

// sink is a store that notes what it is told, and refuses one object.
type sink struct {
	told    []string
	refuses string
}

var errFull = errors.New("the store is full")

func (s *sink) note(does string, o any) error {
	obj := o.(metav1.Object)
	if s.refuses != "" && obj.GetName() == s.refuses {
		return errFull
	}
	s.told = append(s.told, fmt.Sprintf("%s %s@%s", does, obj.GetName(), obj.GetResourceVersion()))
	return nil
}

func (s *sink) Add(obj any) error                  { return s.note("Add", obj) }
func (s *sink) Update(obj any) error               { return s.note("Update", obj) }
func (s *sink) Delete(obj any) error               { return s.note("Delete", obj) }
func (s *sink) Replace(list []any, _ string) error { return errors.New("nobody listed") }
func (s *sink) Resync() error                      { return errors.New("nobody asked for a resync") }

// run follows from 100 until the script is over, or until something else ends it.
func run(t *testing.T, sink *sink, watches ...[]string) (*scripted, *bookmark.Follower, error) {
	t.Helper()
	s := &scripted{watches: watches}
	f := &bookmark.Follower{Source: s, Store: sink, Last: "100"}
	err := f.Run(t.Context())
	return s, f, err
}

// over expects that the script was played to its end.
func over(t *testing.T, err error, watches ...[]string) {
	t.Helper()
	require.ErrorIs(resumes.T(t), err, errOver, "follow %q: the end of a watch is no error, and no end of it all", watches)
}

func TestObjectsGoToTheStore(t *testing.T) {
	events := []string{"ADDED a@101", "MODIFIED a@102", "ADDED b@103", "DELETED a@104", "MODIFIED b@105"}
	s := &sink{}
	_, _, err := run(t, s, events)
	over(t, err, events)
	stored.Equal(t, []string{"Add a@101", "Update a@102", "Add b@103", "Delete a@104", "Update b@105"}, s.told, "follow %q", events)
}

func TestNextWatchBeginsAtTheLastEvent(t *testing.T) {
	for _, last := range []string{"ADDED b@107", "MODIFIED a@107", "DELETED a@107", "BOOKMARK @107"} {
		t.Run(last, func(t *testing.T) {
			first := []string{"ADDED a@101", last}
			server, f, err := run(t, &sink{}, first, []string{"ADDED c@110"})
			over(t, err, first)
			resumes.Equal(t, []string{"100", "107", "110"}, server.from, "follow %q, then %q: where did the watches begin", first, "ADDED c@110")
			resumes.Equal(t, "110", f.Last, "look at Last")
		})
	}
}

func TestBookmarkIsNothingToStore(t *testing.T) {
	events := []string{"BOOKMARK @101", "ADDED a@102", "BOOKMARK @5017", "BOOKMARK @6000"}
	s := &sink{}
	server, _, err := run(t, s, events)
	over(t, err, events)
	stored.Equal(t, []string{"Add a@102"}, s.told, "follow %q", events)
	resumes.Equal(t, []string{"100", "6000"}, server.from, "follow %q: where did the watches begin", events)
}

func TestSilentWatchMovesNothing(t *testing.T) {
	server, _, err := run(t, &sink{}, nil, nil, []string{"BOOKMARK @105"}, nil)
	over(t, err)
	resumes.Equal(t, []string{"100", "100", "100", "105", "105"}, server.from, "follow two watches that tell nothing, one with a bookmark, and another silent one: where did they begin")
}

// A version is a name, not a word of a dictionary.
func TestVersionsAreTakenAsTheyCome(t *testing.T) {
	server, _, err := run(t, &sink{}, []string{"ADDED a@999", "MODIFIED a@1000"}, []string{"BOOKMARK @1001"})
	over(t, err)
	resumes.Equal(t, []string{"100", "1000", "1001"}, server.from, "follow versions 999, 1000 and 1001: where did the watches begin")
}

func TestBookmarksHaveToBeAskedFor(t *testing.T) {
	server, _, err := run(t, &sink{}, []string{"ADDED a@101"}, []string{"ADDED b@102"})
	over(t, err)
	resumes.Equal(t, 0, server.without, "count the watches that didn't ask for bookmarks")
}

func TestErrorEventEndsIt(t *testing.T) {
	s := &sink{}
	server, f, err := run(t, s, []string{"ADDED a@101", "BOOKMARK @102", "ERROR", "ADDED b@103"}, []string{"ADDED c@104"})
	failed.Equal(t, true, apierrors.IsResourceExpired(err), "is the error (%v) what the Error event says", err)
	failed.Equal(t, []string{"Add a@101"}, s.told, "look at what was stored until the Error event")
	failed.Equal(t, "102", f.Last, "look at Last after it")
	failed.Equal(t, []string{"100"}, server.from, "look where watches began: nobody should go on without a list")
}

func TestErrorOfTheStore(t *testing.T) {
	for _, refused := range []string{"ADDED b@102", "MODIFIED b@102", "DELETED b@102"} {
		t.Run(refused, func(t *testing.T) {
			s := &sink{refuses: "b"}
			_, f, err := run(t, s, []string{"ADDED a@101", refused, "ADDED c@103"})
			require.ErrorIs(failed.T(t), err, errFull, "the store refuses "+refused)
			failed.Equal(t, "101", f.Last, "look at Last after the store has refused %s", refused)
		})
	}
}

func TestWatchThatDoesNotBegin(t *testing.T) {
	server, f, err := run(t, &sink{})
	require.ErrorIs(failed.T(t), err, errOver, "no watch begins")
	failed.Equal(t, "100", f.Last, "look at Last when no watch begins")
	failed.Equal(t, []string{"100"}, server.from, "look how often it was tried")
}

func TestEveryWatchIsStopped(t *testing.T) {
	server, _, _ := run(t, &sink{}, []string{"ADDED a@101"}, nil, []string{"ERROR"})
	stopped.Equal(t, []bool{true, true, true}, server.stopped, "look which of three watches were stopped: one that ended, a silent one, one with an Error event")
	server, _, _ = run(t, &sink{refuses: "a"}, []string{"ADDED a@101"})
	stopped.Equal(t, []bool{true}, server.stopped, "look whether a watch was stopped when the store refused an object")
}

// The events of a story are spread over watches by chance. Each watch begins where the client asks it to.
func TestStoreEndsAsTheServerIs(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(8, seed))
		h, want := history{random: random}, map[string]string{}
		for version := 101; version < 140; version++ {
			h.events = append(h.events, h.happen(want, version))
		}
		s := store.NewStore(store.MetaNamespaceKeyFunc)
		f := &bookmark.Follower{Source: &h, Store: s, Last: "100"}
		err := f.Run(t.Context())
		require.ErrorIs(resumes.T(t), err, errOver, "story %d: %q, of which watches told %q", seed, h.events, h.told)
		resumes.Equal(t, "139", f.Last, "story %d: %q, of which watches told %q: look at Last", seed, h.events, h.told)
		saw := map[string]string{}
		for _, o := range s.List() {
			saw[o.(metav1.Object).GetName()] = o.(metav1.Object).GetResourceVersion()
		}
		stored.Equal(t, want, saw, "story %d: %q, of which watches told %q: look at the store", seed, h.events, h.told)
	}
}

// history is a server that remembers all events since 100. It tells a few of them to each watch, and none twice: whoever
// asks for what it was told already is refused.
type history struct {
	random *rand.Rand
	events []string
	told   [][]string
	passed int
}

func (h *history) happen(objects map[string]string, version int) string {
	name := string('a' + rune(h.random.IntN(4)))
	_, exists := objects[name]
	text := func(kind string) string { return fmt.Sprintf("%s %s@%d", kind, name, version) }
	switch n := h.random.IntN(4); {
	case n == 0:
		name = ""
		return text("BOOKMARK")
	case exists && n == 1:
		delete(objects, name)
		return text("DELETED")
	}
	objects[name] = fmt.Sprint(version)
	if exists {
		return text("MODIFIED")
	}
	return text("ADDED")
}

func (h *history) WatchWithContext(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
	if want := fmt.Sprint(100 + h.passed); options.ResourceVersion != want {
		return nil, fmt.Errorf("a watch from %s, expected %s", options.ResourceVersion, want)
	}
	if h.passed == len(h.events) {
		return nil, errOver
	}
	n := min(h.random.IntN(6), len(h.events)-h.passed)
	some := h.events[h.passed : h.passed+n]
	h.passed += n
	h.told = append(h.told, slices.Clone(some))
	return (&scripted{watches: [][]string{some}}).WatchWithContext(context.Background(), options)
}
