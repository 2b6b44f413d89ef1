package reflector_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/reflector"
)

var (
	errExpired = apierrors.NewResourceExpired("too old")
	errGone    = apierrors.FromObject(&metav1.Status{Status: "Failure", Reason: metav1.StatusReasonGone, Code: 410})
	errFuture  = func() error {
		err := apierrors.NewTimeoutError("too large", 1)
		err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge}}
		return err
	}()
	expired = failure(errExpired.ErrStatus)
)

func withPageSize(n int64) func(*reflector.Reflector) {
	return func(r *reflector.Reflector) { r.WatchListPageSize = n }
}

// What is asked of a server in the course of a few bad minutes.
func TestRequestsOfAReflectorThatLists(t *testing.T) {
	for name, c := range map[string]struct {
		answers  []any
		pageSize int64
		requests []string
		diary    []string
		fails    bool // the error handler was called
	}{
		"at first from the server's cache, then by watching": {
			answers:  []any{list("9", "a@3"), silence(events("add b@10"))},
			requests: []string{"list rv=0 limit=500", "watch rv=9"},
			diary:    []string{"replace 9: a@3", "add b@10"},
		},
		"a list in pages is one list, at the version of its first page": {
			answers:  []any{list("9 continue=p2", "a@3"), list("11 continue=p3", "b@4"), list("12", "c@5")},
			requests: []string{"list rv=0 limit=500", "list rv= limit=500 continue=p2", "list rv= limit=500 continue=p3", "watch rv=9"},
			diary:    []string{"replace 9: a@3 b@4 c@5"},
		},
		"a later list has no limit, so that the cache can answer": {
			answers:  []any{list("9", "a@3"), expired, list("20", "b@12")},
			requests: []string{"list rv=0 limit=500", "watch rv=9", "list rv=9", "watch rv=20"},
			diary:    []string{"replace 9: a@3", "replace 20: b@12"},
		},
		"but it has one where the first list showed that there is no cache": {
			answers:  []any{list("9 continue=p2", "a@3"), list("9"), expired, list("20")},
			requests: []string{"list rv=0 limit=500", "list rv= limit=500 continue=p2", "watch rv=9", "list rv=9 limit=500", "watch rv=20"},
			diary:    []string{"replace 9: a@3", "replace 20: "},
		},
		"and always where somebody asks for it": {
			answers:  []any{list("9"), expired, list("20")},
			pageSize: 7,
			requests: []string{"list rv=0 limit=7", "watch rv=9", "list rv=9 limit=7", "watch rv=20"},
			diary:    []string{"replace 9: ", "replace 20: "},
		},
		"a page that comes too late is no page of what is asked for then": {
			answers:  []any{list("9 continue=p2", "a@3"), errExpired, list("20", "a@3", "b@15")},
			requests: []string{"list rv=0 limit=500", "list rv= limit=500 continue=p2", "list rv=0", "watch rv=20"},
			diary:    []string{"replace 20: a@3 b@15"},
		},
		"a version that is too old for a list: at once the newest": {
			answers:  []any{list("9"), expired, errExpired, list("20"), expired, list("30")},
			requests: []string{"list rv=0 limit=500", "watch rv=9", "list rv=9", "list rv=", "watch rv=20", "list rv=20", "watch rv=30"},
			diary:    []string{"replace 9: ", "replace 20: ", "replace 30: "},
		},
		"old servers say Gone": {
			answers:  []any{list("9"), expired, errGone, list("20")},
			requests: []string{"list rv=0 limit=500", "watch rv=9", "list rv=9", "list rv=", "watch rv=20"},
			diary:    []string{"replace 9: ", "replace 20: "},
		},
		"a version that the server hasn't seen yet: the same": {
			answers:  []any{list("9"), expired, errFuture, list("5")},
			requests: []string{"list rv=0 limit=500", "watch rv=9", "list rv=9", "list rv=", "watch rv=5"},
			diary:    []string{"replace 9: ", "replace 5: "},
		},
		"and the newest it is until there is one": {
			answers:  []any{list("9"), expired, errExpired, errRefused, list("20")},
			requests: []string{"list rv=0 limit=500", "watch rv=9", "list rv=9", "list rv=", "list rv= limit=500", "watch rv=20"},
			diary:    []string{"replace 9: ", "replace 20: "},
			fails:    true,
		},
		"a list that fails is tried again": {
			answers:  []any{errRefused, list("9")},
			requests: []string{"list rv=0 limit=500", "list rv=0 limit=500", "watch rv=9"},
			diary:    []string{"replace 9: "},
			fails:    true,
		},
		"a page that fails, too, from the beginning": {
			answers:  []any{list("9 continue=p2", "a@3"), errRefused, list("10", "b@4")},
			requests: []string{"list rv=0 limit=500", "list rv= limit=500 continue=p2", "list rv=0 limit=500", "watch rv=10"},
			diary:    []string{"replace 10: b@4"},
			fails:    true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := perform(t, withoutStreams, c.answers, withPageSize(c.pageSize))
			require.Equal(t, c.requests, p.log())
			require.Equal(t, c.diary, p.diary.lines)
			require.Equal(t, c.fails, len(p.errors) > 0, "%v", p.errors)
		})
	}
}

func TestWhatIsNoListOfObjectsIsAnError(t *testing.T) {
	table := &unstructured.UnstructuredList{Object: map[string]any{"kind": "Table", "apiVersion": "meta.k8s.io/v1"}}
	failure := &unstructured.UnstructuredList{Object: map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": "no disk"}}
	for name, answer := range map[string]struct {
		object kruntime.Object
		want   string
	}{
		"a table":    {table, "ask for objects, not for a table"},
		"a failure":  {failure, "the answer isn't a list, but a Status: no disk"},
		"one object": {configMap("a"), "isn't a list"},
	} {
		t.Run(name, func(t *testing.T) {
			p := perform(t, withoutStreams, []any{answer.object, list("9")})
			require.Len(t, p.errors, 1)
			require.ErrorContains(t, p.errors[0], answer.want)
			require.ErrorContains(t, p.errors[0], "list *v1.ConfigMap: ")
			require.Equal(t, []string{"replace 9: "}, p.diary.lines)
		})
	}
}

func TestAStoreThatRefusesAListIsNotThere(t *testing.T) {
	full := errors.New("the disk is full")
	s := &script{TB: t, answers: []any{list("9")}}
	d := &diary{fail: map[string]error{"replace": full}}
	r := reflector.NewNamedReflector("r", s.listing(), &corev1.ConfigMap{}, d, 0)
	require.ErrorIs(t, r.ListAndWatchWithContext(quiet(t)), full)
	require.Empty(t, r.LastSyncResourceVersion())
	require.Equal(t, []string{"list rv=0 limit=500"}, s.log(), "there is no watch of what isn't there")
}

// Of 20,000 objects of a list, those that have changed since must not stay in memory because of one that hasn't.
func TestAListIsNotKeptAliveByOneOfItsItems(t *testing.T) {
	var array weak.Pointer[corev1.ConfigMap]
	var kept any
	ctx, cancel := context.WithCancel(quiet(t))
	lw := &reflector.ListWatch{
		ListWithContextFunc: func(context.Context, metav1.ListOptions) (kruntime.Object, error) {
			whole := list("9", "a@1", "b@2", "c@3")
			array = weak.Make(&whole.Items[2])
			return whole, nil
		},
		WatchFuncWithContext: func(context.Context, metav1.ListOptions) (watch.Interface, error) {
			cancel()
			return nil, errRefused
		},
		DisableWatchList: true,
	}
	sink := &keeper{diary: &diary{}, kept: &kept}
	require.NoError(t, reflector.NewReflector(lw, &corev1.ConfigMap{}, sink, 0).ListAndWatchWithContext(ctx))
	runtime.GC()
	require.Nil(t, array.Value(), "the array is still there")
	require.Equal(t, "a@1", at(kept))
}

// keeper keeps the first object of a list.
type keeper struct {
	*diary
	kept *any
}

func (k *keeper) Replace(objs []any, _ string) error {
	*k.kept = objs[0]
	return nil
}

func TestTheEndOfTheContextIsNoError(t *testing.T) {
	p := perform(t, withoutStreams, []any{func(ctx context.Context) (kruntime.Object, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	require.Empty(t, p.errors)
	require.Empty(t, p.diary.lines)
}

// itemLister counts what is asked of it.
type itemLister struct {
	*script
	asked int
}

func (l *itemLister) IsWatchListSemanticsUnSupported() bool { return true }

func (l *itemLister) EachListItemWithContext(
	ctx context.Context, options metav1.ListOptions, fn func(kruntime.Object) error,
) (kruntime.Object, error) {
	l.asked++
	whole, err := l.ListWithContext(ctx, options)
	if err != nil {
		return nil, err
	}
	for i := range whole.(*corev1.ConfigMapList).Items {
		if err := fn(&whole.(*corev1.ConfigMapList).Items[i]); err != nil {
			return nil, err
		}
	}
	if options.Continue == "cut" {
		return nil, errRefused
	}
	return whole, nil
}

// A list that breaks off counts for nothing, however many items have come.
func TestAnItemListerIsAskedForItems(t *testing.T) {
	var lister *itemLister
	p := perform(t, func(s *script) reflector.ListerWatcher {
		lister = &itemLister{script: s}
		return lister
	}, []any{list("9 continue=cut", "a@1", "b@2"), list("9", "c@3"), list("10", "d@4")})
	require.Equal(t, 3, lister.asked)
	require.Equal(t, []string{"replace 10: d@4"}, p.diary.lines)
	require.Len(t, p.errors, 1)
}
