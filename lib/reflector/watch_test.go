package reflector_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/reflector"
)

var (
	errBusy     = apierrors.NewTooManyRequests("busy", 1)
	errInternal = apierrors.NewInternalError(errRefused)
	errNoServer = fmt.Errorf("dial: %w", syscall.ECONNREFUSED)
)

func TestRequestsOfAReflectorThatWatches(t *testing.T) {
	for name, c := range map[string]struct {
		answers  []any
		patience time.Duration
		requests []string // after the first list
		diary    []string // after the first list
		fails    bool     // the error handler was called
		delays   []time.Duration
	}{
		"a watch that ends is followed by one from its last event": {
			answers:  []any{events("add a@10", "update a@11", "delete a@12"), silence(events("add b@13"))},
			requests: []string{"watch rv=9", "watch rv=12"},
			diary:    []string{"add a@10", "update a@11", "delete a@12", "add b@13"},
			delays:   []time.Duration{0},
		},
		"or from its last bookmark": {
			answers:  []any{events("add a@10", "bookmark @50")},
			requests: []string{"watch rv=9", "watch rv=50"},
			diary:    []string{"add a@10", "bookmark 50"},
			delays:   []time.Duration{0},
		},
		"a watch that expires is followed by a list, from where the store is": {
			answers:  []any{append(events("add a@10"), expired...), list("60", "a@10")},
			requests: []string{"watch rv=9", "list rv=10", "watch rv=60"},
			diary:    []string{"add a@10", "replace 60: a@10"},
			delays:   []time.Duration{time.Second, 0},
		},
		"the same if it can't even start": {
			answers:  []any{errExpired, list("60")},
			requests: []string{"watch rv=9", "list rv=9", "watch rv=60"},
			diary:    []string{"replace 60: "},
			fails:    true,
			delays:   []time.Duration{time.Second, 0},
		},
		"Gone is what old servers say": {
			answers:  []any{failure(metav1.Status{Status: "Failure", Reason: metav1.StatusReasonGone, Code: 410}), list("60")},
			requests: []string{"watch rv=9", "list rv=9", "watch rv=60"},
			diary:    []string{"replace 60: "},
			delays:   []time.Duration{time.Second, 0},
		},
		"no server, no list: what it has told is still true": {
			answers:  []any{errNoServer, errNoServer, silence(events("add a@10"))},
			requests: []string{"watch rv=9", "watch rv=9", "watch rv=9"},
			diary:    []string{"add a@10"},
			delays:   []time.Duration{time.Second, 2 * time.Second},
		},
		"a busy server, the same": {
			answers:  []any{errBusy, failure(errBusy.ErrStatus), silence(events("add a@10"))},
			requests: []string{"watch rv=9", "watch rv=9", "watch rv=9"},
			diary:    []string{"add a@10"},
			delays:   []time.Duration{time.Second, 2 * time.Second},
		},
		"an internal error ends it": {
			answers:  []any{failure(errInternal.ErrStatus), list("60")},
			requests: []string{"watch rv=9", "list rv=9", "watch rv=60"},
			diary:    []string{"replace 60: "},
			delays:   []time.Duration{time.Second, 0},
		},
		"or doesn't, for those who are patient": {
			answers:  []any{failure(errInternal.ErrStatus), failure(errInternal.ErrStatus), silence(events("add a@10"))},
			patience: time.Minute,
			requests: []string{"watch rv=9", "watch rv=9", "watch rv=9"},
			diary:    []string{"add a@10"},
			delays:   []time.Duration{0, 0},
		},
		"any other error ends it": {
			answers:  []any{failure(metav1.Status{Status: "Failure", Reason: metav1.StatusReasonForbidden, Code: 403}), list("60")},
			requests: []string{"watch rv=9", "list rv=9", "watch rv=60"},
			diary:    []string{"replace 60: "},
			delays:   []time.Duration{time.Second, 0},
		},
		"so does one that says nothing": {
			answers:  []any{[]watch.Event{}, list("60")},
			requests: []string{"watch rv=9", "list rv=9", "watch rv=60"},
			diary:    []string{"replace 60: "},
			delays:   []time.Duration{time.Second, 0},
		},
		"an error that isn't the server's, too": {
			answers:  []any{errRefused, list("60")},
			requests: []string{"watch rv=9", "list rv=9", "watch rv=60"},
			diary:    []string{"replace 60: "},
			fails:    true,
			delays:   []time.Duration{time.Second, 0},
		},
	} {
		t.Run(name, func(t *testing.T) {
			answers := append([]any{list("9")}, c.answers...)
			p := perform(t, withoutStreams, answers, func(r *reflector.Reflector) { r.MaxInternalErrorRetryDuration = c.patience })
			require.Equal(t, c.requests, p.log()[1:])
			require.Equal(t, c.diary, p.diary.lines[1:])
			require.Equal(t, c.fails, len(p.errors) > 0, "%v", p.errors)
			for i, want := range c.delays {
				between(t, want, p.times[i+2]-p.times[i+1])
			}
		})
	}
}

// between holds a delay against the backoff's n-th, which is 0.8 to 1.6 times as many seconds; 0 is exact.
func between(t *testing.T, seconds, got time.Duration) {
	t.Helper()
	require.GreaterOrEqual(t, got, seconds*8/10)
	require.LessOrEqual(t, got, seconds*16/10)
}

// Delays double up to 30 s, and up to as much again at random; every two minutes they start anew.
func TestBackoff(t *testing.T) {
	var answers []any
	for range 40 {
		answers = append(answers, errRefused)
	}
	p := perform(t, withoutStreams, answers)
	var anew time.Duration // when the delays start again
	want := 800 * time.Millisecond
	steps := 0
	for i := 1; i < len(p.times); i++ {
		if p.times[i-1]-anew > 2*time.Minute {
			anew, want = p.times[i-1], 800*time.Millisecond
			steps++
		}
		delay := p.times[i] - p.times[i-1]
		require.GreaterOrEqual(t, delay, want, "delay %d", i)
		require.LessOrEqual(t, delay, 2*want, "delay %d", i)
		want = min(2*want, 30*time.Second)
	}
	require.Equal(t, 1, steps, "in 4 minutes")
}

// patience is not for ever, and anger not either: a minute of peace is forgiven.
func TestPatienceWithInternalErrors(t *testing.T) {
	slow := func(after time.Duration) any { return &late{after: after, events: failure(errInternal.ErrStatus)} }
	p := perform(t, withoutStreams, []any{
		list("9"), slow(0), slow(30 * time.Second), slow(31 * time.Second), // 61 s after the first
		list("10"), slow(0), slow(61 * time.Second), slow(0),
	}, func(r *reflector.Reflector) { r.MaxInternalErrorRetryDuration = time.Minute })
	require.Equal(t, []string{
		"list rv=0 limit=500", "watch rv=9", "watch rv=9", "watch rv=9",
		"list rv=9", "watch rv=10", "watch rv=10", "watch rv=10", "watch rv=10",
	}, p.log())
}

// late is a watch whose events come after a while.
type late struct {
	after  time.Duration
	events []watch.Event
	c      chan watch.Event
}

func (l *late) ResultChan() <-chan watch.Event {
	if l.c == nil {
		l.c = make(chan watch.Event, len(l.events))
		time.AfterFunc(l.after, func() {
			for _, event := range l.events {
				l.c <- event
			}
		})
	}
	return l.c
}

func (l *late) Stop() {}

// A list that knows no version is followed by a watch that tells first what there is, in any order. Only what comes
// after that says how far it is.
func TestVersionsCountWhenTheyAreInOrder(t *testing.T) {
	for _, version := range []string{"", "0"} {
		s := &updated{diary: &diary{}}
		synctest.Test(t, func(t *testing.T) {
			played := &script{TB: t, answers: []any{list(version), silence(events("add b@7", "add a@3", "update a@8", "add c@9"))}}
			r := reflector.NewNamedReflector("r", played.listing(), &corev1.ConfigMap{}, s, 0)
			ctx, cancel := context.WithTimeout(quiet(t), time.Minute)
			defer cancel()
			r.RunWithContext(ctx)
			require.Equal(t, "9", r.LastSyncResourceVersion())
			require.Equal(t, []string{"8", "9"}, s.versions)
		})
	}
}

// updated is a store that wants to know versions.
type updated struct {
	*diary
	versions []string
}

func (u *updated) UpdateResourceVersion(version string) { u.versions = append(u.versions, version) }

// One strange object is no reason to miss the others.
func TestWhatIsUnexpectedIsReportedAndLeftOut(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "shop", ResourceVersion: "10"}}
	thing := func(apiVersion, kind string) *unstructured.Unstructured {
		u := &unstructured.Unstructured{}
		u.SetAPIVersion(apiVersion)
		u.SetKind(kind)
		u.SetName("u")
		u.SetResourceVersion("10")
		return u
	}
	for name, c := range map[string]struct {
		expected any
		event    watch.Event
		report   string // "": none
		diary    string // "": nothing
		version  string
	}{
		"another type":     {&corev1.ConfigMap{}, watch.Event{Type: watch.Added, Object: pod}, "expected an object of type *v1.ConfigMap, got *v1.Pod", "", "9"},
		"any type":         {nil, watch.Event{Type: watch.Added, Object: pod}, "", "add p@10", "10"},
		"another kind":     {thing("a/v1", "A"), watch.Event{Type: watch.Added, Object: thing("a/v1", "B")}, "expected an object of kind a/v1, Kind=A, got a/v1, Kind=B", "", "9"},
		"that kind":        {thing("a/v1", "A"), watch.Event{Type: watch.Added, Object: thing("a/v1", "A")}, "", "add u@10", "10"},
		"any kind":         {&unstructured.Unstructured{}, watch.Event{Type: watch.Added, Object: thing("a/v1", "B")}, "", "add u@10", "10"},
		"a table":          {&unstructured.Unstructured{}, watch.Event{Type: watch.Added, Object: thing("meta.k8s.io/v1", "Table")}, "isn't supported", "", "9"},
		"an old table":     {nil, watch.Event{Type: watch.Added, Object: thing("meta.k8s.io/v1beta1", "Table")}, "isn't supported", "", "9"},
		"no metadata":      {nil, watch.Event{Type: watch.Added, Object: &metav1.Status{}}, "Unable to understand watch event", "", "9"},
		"an unknown event": {nil, watch.Event{Type: "HUGGED", Object: pod}, `unknown type "HUGGED"`, "", "10"},
	} {
		t.Run(name, func(t *testing.T) {
			var reports []string
			defer reportTo(&reports)()
			synctest.Test(t, func(t *testing.T) {
				s := &script{TB: t, answers: []any{list("9"), silence([]watch.Event{c.event})}}
				d := &diary{}
				r := reflector.NewNamedReflector("r", s.listing(), c.expected, d, 0)
				ctx, cancel := context.WithTimeout(quiet(t), time.Minute)
				defer cancel()
				r.RunWithContext(ctx)
				require.Equal(t, c.version, r.LastSyncResourceVersion())
				require.Equal(t, append([]string{"replace 9: "}, nonEmpty(c.diary)...), d.lines)
			})
			require.Len(t, reports, len(nonEmpty(c.report)))
			for _, report := range reports {
				require.Contains(t, report, c.report)
			}
		})
	}
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// reportTo collects what would be logged as an error, until the function that it returns is called.
func reportTo(reports *[]string) func() {
	before := utilruntime.ErrorHandlers
	utilruntime.ErrorHandlers = []utilruntime.ErrorHandler{func(_ context.Context, err error, msg string, keysAndValues ...any) {
		*reports = append(*reports, fmt.Sprint(msg, ": ", err, " ", keysAndValues))
	}}
	return func() { utilruntime.ErrorHandlers = before }
}

// A Secret that a store refuses must not end up in a log.
func TestAStoreThatRefusesAnEventIsReportedWithoutTheObject(t *testing.T) {
	var reports []string
	defer reportTo(&reports)()
	synctest.Test(t, func(t *testing.T) {
		lines := events("add a@10", "update a@11", "delete a@12", "bookmark @13", "add b@14")
		for _, event := range lines {
			event.Object.(*corev1.ConfigMap).Data = map[string]string{"password": "hunter2"}
		}
		s := &script{TB: t, answers: []any{list("9"), silence(lines)}}
		d := &diary{fail: map[string]error{"add": errRefused, "update": errRefused, "delete": errRefused, "bookmark": errRefused}}
		r := reflector.NewNamedReflector("r", s.listing(), &corev1.ConfigMap{}, d, 0)
		ctx, cancel := context.WithTimeout(quiet(t), time.Minute)
		defer cancel()
		r.RunWithContext(ctx)
		require.Equal(t, "14", r.LastSyncResourceVersion(), "it goes on")
	})
	require.Len(t, reports, 5)
	for _, report := range reports {
		require.Contains(t, report, "refused")
		require.NotContains(t, report, "hunter2")
	}
	require.Contains(t, reports[0], "shop/a")
}

// Each watch ends after 5 to 10 minutes, so that one which nobody sends anything into any more doesn't last for ever,
// and not all end together.
func TestAWatchIsAskedToEnd(t *testing.T) {
	for name, c := range map[string]struct{ minimum, from, to time.Duration }{
		"as usual":   {0, 5 * time.Minute, 10 * time.Minute},
		"too short":  {time.Minute, 5 * time.Minute, 10 * time.Minute},
		"very long ": {time.Hour, time.Hour, 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			timeouts := map[int64]bool{}
			for range 20 {
				ctx, cancel := context.WithCancel(quiet(t))
				lw := (&script{TB: t, answers: []any{list("9")}}).listing()
				lw.WatchFuncWithContext = func(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
					cancel()
					require.True(t, options.AllowWatchBookmarks)
					timeouts[*options.TimeoutSeconds] = true
					return nil, errRefused
				}
				r := reflector.NewReflectorWithOptions(lw, nil, &diary{}, reflector.ReflectorOptions{MinWatchTimeout: c.minimum})
				require.NoError(t, r.ListAndWatchWithContext(ctx))
			}
			require.Greater(t, len(timeouts), 1, "all the same")
			for seconds := range timeouts {
				require.GreaterOrEqual(t, time.Duration(seconds)*time.Second, c.from)
				require.LessOrEqual(t, time.Duration(seconds)*time.Second, c.to)
			}
		})
	}
}

// panicky is a store that panics at the first event.
type panicky struct {
	*diary
	calm bool
}

func (p *panicky) Add(obj any) error {
	if !p.calm {
		p.calm = true
		panic("ouch")
	}
	return p.diary.Add(obj)
}

// A program that survives panics, as some servers do, gets a Reflector that does: it starts from a list.
func TestAPanicIsReportedAndSurvived(t *testing.T) {
	var panics []any
	before := utilruntime.PanicHandlers
	utilruntime.PanicHandlers = []func(context.Context, any){func(_ context.Context, p any) { panics = append(panics, p) }}
	utilruntime.ReallyCrash = false
	defer func() { utilruntime.PanicHandlers, utilruntime.ReallyCrash = before, true }()
	synctest.Test(t, func(t *testing.T) {
		s := &script{TB: t, answers: []any{list("9"), silence(events("add a@10")), list("10", "a@10"), silence(events("add b@11"))}}
		store := &panicky{diary: &diary{}}
		r := reflector.NewNamedReflector("r", s.listing(), &corev1.ConfigMap{}, store, time.Hour)
		ctx, cancel := context.WithTimeout(quiet(t), time.Minute)
		defer cancel()
		r.RunWithContext(ctx)
		require.Equal(t, []string{"replace 9: ", "replace 10: a@10", "add b@11"}, store.lines)
	})
	require.Equal(t, []any{"ouch"}, panics)
}
