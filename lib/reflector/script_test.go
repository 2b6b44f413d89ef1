package reflector_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/reflector"
)

// script is a server that does what a test has written down: the n-th answer to the n-th request, and after the last
// one a watch without events.
type script struct {
	testing.TB
	answers []any // runtime.Object for a list, []watch.Event for a watch that then ends, error for either, func() too

	mu       sync.Mutex
	requests []string
	times    []time.Duration // since the first request
	started  time.Time
	open     int // watches that nobody has stopped
}

// silence is the answer of a watch that stays open.
type silence []watch.Event

func (s *script) next(kind string, options metav1.ListOptions) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	line := kind + " rv=" + options.ResourceVersion
	if options.Limit > 0 {
		line += fmt.Sprintf(" limit=%d", options.Limit)
	}
	if options.Continue != "" {
		line += " continue=" + options.Continue
	}
	if len(s.requests) == 0 {
		s.started = time.Now()
	}
	s.requests = append(s.requests, line)
	s.times = append(s.times, time.Since(s.started))
	n := len(s.requests)
	if n > len(s.answers) {
		return silence(nil)
	}
	return s.answers[n-1]
}

func (s *script) ListWithContext(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	switch answer := s.next("list", options).(type) {
	case runtime.Object:
		return answer, nil
	case error:
		return nil, answer
	case func(context.Context) (runtime.Object, error):
		return answer(ctx)
	default:
		return nil, fmt.Errorf("the script has %T for a list", answer)
	}
}

func (s *script) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	kind := "watch"
	if options.SendInitialEvents != nil && *options.SendInitialEvents {
		kind = "stream"
	}
	switch answer := s.next(kind, options).(type) {
	case []watch.Event:
		return s.play(ctx, answer, true), nil
	case silence:
		return s.play(ctx, answer, false), nil
	case error:
		return nil, answer
	case watch.Interface:
		return answer, nil
	default:
		return nil, fmt.Errorf("the script has %T for a watch", answer)
	}
}

// play is a watch that sends events.
func (s *script) play(ctx context.Context, events []watch.Event, end bool) watch.Interface {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.open++
	s.mu.Unlock()
	stop := sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open--
		cancel()
	})
	p := &played{cancel: stop, events: make(chan watch.Event), done: make(chan struct{})}
	go func() {
		defer close(p.done)
		defer close(p.events)
		for _, event := range events {
			select {
			case p.events <- event:
			case <-ctx.Done():
				return
			}
		}
		if !end {
			<-ctx.Done()
		}
	}()
	return p
}

type played struct {
	cancel func()
	events chan watch.Event
	done   chan struct{}
}

func (p *played) ResultChan() <-chan watch.Event { return p.events }

func (p *played) Stop() {
	p.cancel()
	<-p.done
}

// listing is the script as a ListerWatcher that is not asked for streamed lists.
func (s *script) listing() *reflector.ListWatch {
	return &reflector.ListWatch{ListWithContextFunc: s.ListWithContext, WatchFuncWithContext: s.WatchWithContext, DisableWatchList: true}
}

func (s *script) log() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// performance is a Reflector that has played a script.
type performance struct {
	*script
	diary     *diary
	reflector *reflector.Reflector
	errors    []error // that the handler was told
}

// perform runs a Reflector of config maps with a script for a while, and stops it.
func perform(t *testing.T, listerWatcher func(*script) reflector.ListerWatcher, answers []any,
	change ...func(*reflector.Reflector)) (p *performance) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p = &performance{script: &script{TB: t, answers: answers}, diary: &diary{}}
		r := reflector.NewNamedReflector("r", listerWatcher(p.script), &corev1.ConfigMap{}, p.diary, 0)
		r.WatchErrorHandler = func(_ context.Context, _ *reflector.Reflector, err error) { p.errors = append(p.errors, err) }
		for _, f := range change {
			f(r)
		}
		p.reflector = r
		ctx, cancel := context.WithTimeout(quiet(t), 4*time.Minute)
		defer cancel()
		r.RunWithContext(ctx)
		require.Equal(t, context.DeadlineExceeded, ctx.Err(), "it ended before its context")
		require.Zero(t, p.open, "watches that nobody has stopped")
	})
	return p
}

// quiet is a context whose logger says nothing.
func quiet(t *testing.T) context.Context { return klog.NewContext(t.Context(), klog.Logger{}) }

func withoutStreams(s *script) reflector.ListerWatcher { return s.listing() }

func withStreams(s *script) reflector.ListerWatcher { return s }

// list makes a list of "name@version" at a version: list("9", "a@3"); "…" in place of the version has a next page.
func list(version string, objects ...string) *corev1.ConfigMapList {
	version, more, _ := strings.Cut(version, " continue=")
	l := &corev1.ConfigMapList{ListMeta: metav1.ListMeta{ResourceVersion: version, Continue: more}}
	for _, object := range objects {
		l.Items = append(l.Items, *parse(object))
	}
	return l
}

// events makes them of "add a@3", "update a@4", "delete a@5", "bookmark @6", "synced @6".
func events(lines ...string) (out []watch.Event) {
	for _, line := range lines {
		verb, object, _ := strings.Cut(line, " ")
		event := watch.Event{Type: eventTypes[verb], Object: parse(object)}
		if verb == "synced" {
			event.Object.(*corev1.ConfigMap).Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
		}
		out = append(out, event)
	}
	return out
}

var eventTypes = map[string]watch.EventType{
	"add": watch.Added, "update": watch.Modified, "delete": watch.Deleted, "bookmark": watch.Bookmark, "synced": watch.Bookmark,
}

func parse(object string) *corev1.ConfigMap {
	name, version, _ := strings.Cut(object, "@")
	return configMapAt(name, version)
}

// failure is the event of a server that ends a watch with an error.
func failure(status metav1.Status) []watch.Event {
	return []watch.Event{{Type: watch.Error, Object: &status}}
}

var errRefused = errors.New("refused")
