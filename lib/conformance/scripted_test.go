package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// scripted is a world in this process that need not make sense: what its watch tells and what its list says are two
// different things. So informers meet what no server would do to them.
type scripted struct {
	mu      sync.Mutex
	version int
	pods    map[string]*corev1.Pod // what a list says
	stream  *watch.RaceFreeFakeWatcher
	listErr []error // of the next lists
	watches []error // of the next watches
	seen    []string
}

func newScripted(*testing.T) world { return &scripted{version: 1, pods: map[string]*corev1.Pod{}} }

func (s *scripted) source() source { return functions{s.list, s.watch} }
func (s *scripted) close()         {}

func (s *scripted) list(_ context.Context, options metav1.ListOptions) (runtime.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, request("list", options))
	if err := next(&s.listErr); err != nil {
		return nil, err
	}
	list := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: strconv.Itoa(s.version)}}
	for _, pod := range s.sorted() {
		list.Items = append(list.Items, *pod)
	}
	return list, nil
}

func (s *scripted) watch(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, request("watch", options))
	if err := next(&s.watches); err != nil {
		return nil, err
	}
	s.stream = watch.NewRaceFreeFake()
	if options.SendInitialEvents != nil && *options.SendInitialEvents {
		for _, pod := range s.sorted() {
			s.stream.Add(pod)
		}
		s.stream.Action(watch.Bookmark, bookmark(strconv.Itoa(s.version), true))
	}
	return s.stream, nil
}

// request is one line of what was asked, but for the timeout, which is random.
func request(verb string, options metav1.ListOptions) string {
	options.TimeoutSeconds = nil
	return verb + " " + options.String()
}

func next(errs *[]error) (err error) {
	if len(*errs) > 0 {
		err, *errs = (*errs)[0], (*errs)[1:]
	}
	return err
}

func (s *scripted) sorted() (out []*corev1.Pod) {
	for _, key := range slices.Sorted(maps.Keys(s.pods)) {
		out = append(out, s.pods[key].DeepCopy())
	}
	return out
}

func bookmark(version string, endsInitialEvents bool) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{ResourceVersion: version}}
	if endsInitialEvents {
		pod.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
	}
	return pod
}

func (s *scripted) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	s.seen = nil
	return seen
}

// tell sends an event on the watch, if there is one.
func (s *scripted) tell(e watch.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	if s.stream != nil && !s.stream.IsStopped() {
		s.stream.Action(e.Type, e.Object)
	}
}

// within does something to every player's scripted world.
func within(do func(*scripted)) func(*player) {
	return func(p *player) { do(p.world.(*scripted)) }
}

func TestSharedInformersAgreeOnNonsense(t *testing.T) {
	seeds := uint64(200)
	if testing.Short() {
		seeds = 50
	}
	for _, watchList := range []bool{false, true} {
		for seed := range seeds {
			t.Run(fmt.Sprintf("watch-list %t, seed %d", watchList, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					random := rand.New(rand.NewPCG(seed, 3))
					s := script{watchList: watchList, handlers: []time.Duration{0}, newWorld: newScripted}
					for version := range 40 {
						s.steps = append(s.steps, nonsense(random, version+2, watchList))
					}
					s.play(t)
				})
			})
		}
	}
}

// nonsense makes up an event, or a change of what the list says, or an end of the watch.
func nonsense(random *rand.Rand, version int, watchList bool) step {
	pod := newPod(random)
	pod.ResourceVersion = strconv.Itoa(pick(random, version, version, version, 1))
	event := func(kind watch.EventType, obj runtime.Object) step {
		return step{name: fmt.Sprintf("%s %T %s", kind, obj, pod.Name), do: within(func(s *scripted) {
			if obj != nil {
				s.tell(watch.Event{Type: kind, Object: obj.DeepCopyObject()})
				return
			}
			s.tell(watch.Event{Type: kind})
		})}
	}
	switch n := random.IntN(20); {
	case n < 3:
		return event(watch.Added, pod)
	case n < 6:
		return event(watch.Modified, pod)
	case n < 8:
		return event(watch.Deleted, pod)
	case n == 8:
		return event(watch.Bookmark, bookmark(strconv.Itoa(version), random.IntN(2) == 0))
	case n == 9:
		return event("UNHEARD-OF", pod)
	case n == 10:
		return event(watch.Added, &corev1.ConfigMap{ObjectMeta: pod.ObjectMeta})
	case n == 11:
		return event(watch.Modified, nil)
	case n < 15:
		return step{name: "the list changes", do: within(func(s *scripted) {
			key := pod.Namespace + "/" + pod.Name
			if s.pods[key] != nil && version%2 == 0 {
				delete(s.pods, key)
				return
			}
			s.pods[key] = pod.DeepCopy()
		})}
	}
	return breakdown(random, watchList)
}

// breakdown ends the watch, with a word or without, and lets the next requests fail.
func breakdown(random *rand.Rand, watchList bool) step {
	last := pick(random, append(failures, nil)...)
	var watches, lists []error
	for range random.IntN(3) {
		watches = append(watches, pick(random, failures...))
	}
	for range random.IntN(3) {
		lists = append(lists, pick(random, failures...))
	}
	if watchList && len(watches) > 1 {
		watches = watches[:1] // see exceptions_test.go
	}
	name := fmt.Sprintf("the watch ends with %v, then come %v and %v", last, watches, lists)
	return step{name: name, loose: watchList, wait: 5 * patience, do: within(func(s *scripted) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.watches, s.listErr = slices.Clone(watches), slices.Clone(lists)
		if s.stream == nil || s.stream.IsStopped() {
			return
		}
		var status apierrors.APIStatus
		if errors.As(last, &status) {
			s.stream.Error(new(status.Status()))
		}
		s.stream.Stop()
	})}
}

var failures = []error{
	apierrors.NewResourceExpired("too old"),
	&apierrors.StatusError{ErrStatus: metav1.Status{Reason: metav1.StatusReasonGone, Code: http.StatusGone, Message: "long gone"}}, // as until 1.17
	behind(),
	apierrors.NewInternalError(errors.New("broken")),
	apierrors.NewTooManyRequestsError("busy"),
	apierrors.NewUnauthorized("who are you"),
	syscall.ECONNREFUSED,
	errors.New("something else"),
}

// TestResyncsAgree has handlers of different periods, some of which join late, on a watch that never breaks: then even
// the time of each resync has to be the same.
func TestResyncsAgree(t *testing.T) {
	seeds := uint64(100)
	if testing.Short() {
		seeds = 30
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 4))
			period := func() time.Duration {
				return pick(random, 0, time.Millisecond, 20*time.Second, 30*time.Second, 45*time.Second, time.Minute)
			}
			a := &author{random: random, alive: map[string]bool{}}
			s := script{
				handlers: []time.Duration{period(), period()},
				resync:   pick(random, 0, 20*time.Second, 30*time.Second),
				newWorld: newServer(runtime.ContentTypeJSON),
			}
			for range 20 {
				seconds := time.Duration(random.IntN(90)) * time.Second
				switch random.IntN(4) {
				case 0:
					period := period()
					s.steps = append(s.steps, step{name: fmt.Sprintf("a handler joins that wants a resync each %s", period), do: func(p *player) { p.addHandler(period) }})
				case 1:
					s.steps = append(s.steps, step{name: "writes", do: on(a.writes(3))})
				default:
					s.steps = append(s.steps, step{name: fmt.Sprintf("%s pass", seconds), do: func(*player) {}, wait: seconds})
				}
			}
			s.play(t)
		})
	}
}
