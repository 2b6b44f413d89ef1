package reflector_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

var errUnknown = apierrors.NewBadRequest("sendInitialEvents is forbidden for watch")

func TestRequestsOfAReflectorThatStreamsLists(t *testing.T) {
	for name, c := range map[string]struct {
		answers  []any
		requests []string
		diary    []string
		delays   []time.Duration
		fails    bool // the error handler was called
	}{
		"one request for all": {
			answers:  []any{silence(events("add a@3", "add b@5", "synced @9", "update a@10"))},
			requests: []string{"stream rv="},
			diary:    []string{"replace 9: a@3 b@5", "update a@10"},
		},
		"what changes meanwhile is in the list": {
			answers:  []any{silence(events("add a@3", "add b@5", "update a@7", "delete b@8", "add c@8", "bookmark @8", "synced @9"))},
			requests: []string{"stream rv="},
			diary:    []string{"replace 9: a@7 c@8"},
		},
		"a stream that breaks off counts for nothing": {
			answers:  []any{events("add a@3", "add b@5"), silence(events("add b@5", "synced @9"))},
			requests: []string{"stream rv=", "stream rv="},
			diary:    []string{"replace 9: b@5"},
			delays:   []time.Duration{0},
		},
		"a server that knows no streams is listed": {
			answers:  []any{errUnknown, list("9", "a@3"), silence(events("add b@10"))},
			requests: []string{"stream rv=", "list rv=0 limit=500", "watch rv=9"},
			diary:    []string{"replace 9: a@3", "add b@10"},
		},
		"one that notices late, too": {
			answers:  []any{append(events("add a@3"), failure(errUnknown.ErrStatus)...), list("9", "a@3")},
			requests: []string{"stream rv=", "list rv=0 limit=500", "watch rv=9"},
			diary:    []string{"replace 9: a@3"},
		},
		"one that says nothing and goes, too": {
			answers:  []any{[]watch.Event{}, list("9", "a@3")},
			requests: []string{"stream rv=", "list rv=0 limit=500", "watch rv=9"},
			diary:    []string{"replace 9: a@3"},
		},
		"no server, or a busy one: later": {
			answers:  []any{errNoServer, errBusy, silence(events("synced @9"))},
			requests: []string{"stream rv=", "stream rv=", "stream rv="},
			diary:    []string{"replace 9: "},
			delays:   []time.Duration{time.Second, 2 * time.Second},
		},
		"the watch goes on where the stream was": {
			answers:  []any{events("add a@3", "synced @9", "update a@10"), silence(events("add b@11"))},
			requests: []string{"stream rv=", "watch rv=10"},
			diary:    []string{"replace 9: a@3", "update a@10", "add b@11"},
			delays:   []time.Duration{0},
		},
		"a watch that expires is followed by a stream, from where the store is": {
			answers:  []any{append(events("add a@3", "synced @9"), expired...), silence(events("add a@3", "synced @20"))},
			requests: []string{"stream rv=", "stream rv=9"},
			diary:    []string{"replace 9: a@3", "replace 20: a@3"},
			delays:   []time.Duration{time.Second},
		},
		"a version that is too old for a stream: at once the newest": {
			answers:  []any{append(events("synced @9"), expired...), expired, silence(events("synced @20"))},
			requests: []string{"stream rv=", "stream rv=9", "stream rv="},
			diary:    []string{"replace 9: ", "replace 20: "},
			delays:   []time.Duration{time.Second, 0},
		},
		"one that the server hasn't seen yet: the same": {
			answers:  []any{append(events("synced @9"), expired...), errFuture, silence(events("synced @5"))},
			requests: []string{"stream rv=", "stream rv=9", "stream rv="},
			diary:    []string{"replace 9: ", "replace 5: "},
			delays:   []time.Duration{time.Second, 0},
		},
		"no version at all that could expire: a list": {
			answers:  []any{errExpired, list("9", "a@3")},
			requests: []string{"stream rv=", "list rv=0 limit=500", "watch rv=9"},
			diary:    []string{"replace 9: a@3"},
		},
		"neither a stream nor a list": {
			answers:  []any{errUnknown, errRefused, silence(events("synced @9"))},
			requests: []string{"stream rv=", "list rv=0 limit=500", "stream rv="},
			diary:    []string{"replace 9: "},
			fails:    true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := perform(t, withStreams, c.answers)
			require.Equal(t, c.requests, p.log())
			require.Equal(t, c.diary, p.diary.lines)
			require.Equal(t, c.fails, len(p.errors) > 0, "%v", p.errors)
			for i, want := range c.delays {
				between(t, want, p.times[i+1]-p.times[i])
			}
		})
	}
}

func TestAStreamedListMustBeComplete(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("a", "b", "c")
		w.server.Inject(apitest.Fault{On: apitest.On("watch", ""), Times: 2, Do: apitest.Cut(2, 30)})
		_, stop := w.reflect(w.listWatch(), reflector.ReflectorOptions{})
		defer stop()
		require.Equal(t, []string{"replace 4: a@2 b@3 c@4"}, w.diary.read())
		require.Equal(t, []string{"stream rv=", "stream rv=", "stream rv="}, w.requests(0))
	})
}

// A proxy before the server, a restart, a compaction: the store is right again after each of them.
func TestAReflectorsBadDay(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("a", "b")
		r, stop := w.reflect(w.listWatch(), reflector.ReflectorOptions{})
		defer stop()
		require.Equal(t, []string{"replace 3: a@2 b@3"}, w.diary.read())

		// The stream is cut in an event: the next watch tells it again.
		w.server.EndWatches()
		w.server.Inject(apitest.Fault{On: apitest.On("watch", ""), Do: apitest.Cut(0, 25)})
		w.create("c")
		require.Equal(t, []string{"add c@4"}, w.diary.read())

		// While it is away the server forgets the past; a delete is among what it forgets.
		w.server.Inject(apitest.Fault{On: apitest.On("watch", ""), Do: apitest.TooManyRequests(0)})
		w.server.Inject(apitest.Fault{On: apitest.On("watch", ""), Do: apitest.HTML(http.StatusBadGateway)})
		w.server.EndWatches()
		synctest.Wait()
		w.delete("a")
		w.server.Compact()
		time.Sleep(time.Minute)
		require.Equal(t, []string{"replace 5: b@3 c@4"}, w.diary.read())
		require.Equal(t, "5", r.LastSyncResourceVersion())
	})
}

// filed is a store that keeps one label only.
type filed struct {
	*diary
	seen *[]string // by the transformer
}

func (f filed) Transformer() store.TransformFunc {
	return func(obj any) (any, error) {
		*f.seen = append(*f.seen, at(obj))
		slim := configMapAt(obj.(*corev1.ConfigMap).Name, "slim")
		return slim, nil
	}
}

func TestAStreamedListIsTransformedAsItArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		s := &script{TB: t, answers: []any{silence(events("add a@3", "add b@5", "synced @9", "add c@10"))}}
		sink := filed{diary: &diary{}, seen: &seen}
		r := reflector.NewNamedReflector("r", s, &corev1.ConfigMap{}, sink, 0)
		ctx, cancel := context.WithTimeout(quiet(t), time.Minute)
		defer cancel()
		r.RunWithContext(ctx)
		require.Equal(t, []string{"a@3", "b@5"}, seen, "what comes later is for the store")
		require.Equal(t, []string{"replace 9: a@slim b@slim", "add c@10"}, sink.lines)
	})
}

// A server that never says that it is done leaves its client waiting; at least somebody should know why.
func TestAStreamedListWithoutAnEndIsWarnedOf(t *testing.T) {
	for name, c := range map[string]struct {
		first string
		want  string
	}{
		"it hasn't begun":   {"", "the streamed list hasn't begun"},
		"it has no end yet": {"add a@3", "the bookmark for it is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				var lines []watch.Event
				if c.first != "" {
					lines = events(c.first)
				}
				s := &script{TB: t, answers: []any{silence(lines)}}
				_, stop := w.reflect(s, reflector.ReflectorOptions{})
				defer stop()
				time.Sleep(9 * time.Second)
				require.NotContains(t, w.log.String(), "Warning")
				time.Sleep(2 * time.Second)
				require.Contains(t, w.log.String(), c.want)
				require.Empty(t, w.diary.read())
			})
		})
	}
}

func TestAClientSaysWhetherItStreamsLists(t *testing.T) {
	both := []any{list("9"), silence(nil)}
	ask := func(lw func(*script) reflector.ListerWatcher) string { return perform(t, lw, both).log()[0] }
	plain := func(s *script) *reflector.ListWatch {
		return &reflector.ListWatch{ListWithContextFunc: s.ListWithContext, WatchFuncWithContext: s.WatchWithContext}
	}
	require.Equal(t, "list rv=0 limit=500", ask(withoutStreams))
	require.Equal(t, "list rv=0 limit=500", ask(func(s *script) reflector.ListerWatcher {
		return reflector.ToListWatcherWithWatchListSemantics(plain(s), fake{})
	}))

	streams := []any{silence(events("synced @9"))}
	require.Equal(t, []string{"stream rv="}, perform(t, func(s *script) reflector.ListerWatcher { return plain(s) }, streams).log())
	require.Equal(t, []string{"stream rv="}, perform(t, func(s *script) reflector.ListerWatcher {
		return reflector.ToListWatcherWithWatchListSemantics(plain(s), &metav1.Status{})
	}, streams).log())
}

// fake is a client that can't stream lists.
type fake struct{}

func (fake) IsWatchListSemanticsUnSupported() bool { return true }
