package conformance_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
)

// server is a world behind HTTP.
type server struct {
	*apitest.Server
	mediaType string
	seen      int
}

func newServer(mediaType string) func(*testing.T) world {
	return func(t *testing.T) world {
		srv, err := apitest.New(apitest.Config{InMemory: true})
		require.NoError(t, err)
		return &server{Server: srv, mediaType: mediaType}
	}
}

func (s *server) source() source {
	return overHTTP{client: s.Client(), url: s.URL, mediaType: s.mediaType, options: patiently}
}

// patiently has watches end when the script says so. Their timeout is random otherwise, and a watch of less than a second is
// an error.
func patiently(options *metav1.ListOptions) {
	if options.TimeoutSeconds != nil {
		options.TimeoutSeconds = new(int64(1_000_000))
	}
}

func (s *server) requests() (out []string) {
	all := s.Requests()
	for _, r := range all[s.seen:] {
		out = append(out, r.String()+" "+r.Header.Get("Accept"))
	}
	s.seen = len(all)
	return out
}

// endWatches returns when the informer has met what comes after the end.
func (s *server) endWatches() {
	s.EndWatches()
	synctest.Wait()
}

func (s *server) close() {
	s.Client().CloseIdleConnections()
	s.Close()
}

// author writes scripts for a server. It knows which pods there are.
type author struct {
	random    *rand.Rand
	watchList bool
	alive     map[string]bool
	handlers  int
}

// writes are n changes of the pods. Both servers get the same.
func (a *author) writes(n int) func(*server) {
	var all []func(*server) error
	for range n {
		pod := newPod(a.random)
		key := pod.Namespace + "/" + pod.Name
		switch {
		case !a.alive[key]:
			a.alive[key] = true
			all = append(all, func(s *server) error { return s.Create(pod.DeepCopy()) })
		case a.random.IntN(3) == 0:
			a.alive[key] = false
			all = append(all, func(s *server) error { return s.Delete(pod.DeepCopy()) })
		default:
			all = append(all, func(s *server) error { return s.Update(pod.DeepCopy()) })
		}
	}
	return func(s *server) {
		for _, write := range all {
			if err := write(s); err != nil {
				panic(err)
			}
		}
	}
}

// on turns something that happens to a server into something that happens to a player.
func on(do func(*server)) func(*player) {
	return func(p *player) { do(p.world.(*server)) }
}

// step makes up what happens next.
func (a *author) step() step {
	switch n := a.random.IntN(20); {
	case n < 8:
		return step{name: "writes", do: on(a.writes(1 + a.random.IntN(8)))}
	case n == 8:
		return step{name: "bookmark", do: on(func(s *server) { s.Bookmark() })}
	case n == 9:
		return step{name: "watches end", loose: a.watchList, do: on(func(s *server) { s.EndWatches() })}
	case n == 10:
		return step{name: "an hour passes", loose: a.watchList, wait: time.Hour, do: func(*player) {}}
	case n == 11:
		a.handlers++
		return step{name: "a handler joins", do: func(p *player) { p.addHandler(0) }, loose: true}
	case n == 12:
		leaving := a.random.IntN(a.handlers)
		return step{name: fmt.Sprintf("handler %d leaves", leaving), do: func(p *player) { require.NoError(p.t, p.registrations[leaving].remove()) }}
	case n == 13:
		events, bytes, writes := a.random.IntN(4), a.random.IntN(100), a.writes(1+a.random.IntN(8))
		return step{name: fmt.Sprintf("the next watch is cut after %d events and %d bytes", events, bytes), loose: a.watchList, wait: patience, do: on(func(s *server) {
			s.Inject(apitest.Fault{On: apitest.On("watch", "pods"), Do: apitest.Cut(events, bytes)})
			s.endWatches()
			writes(s)
		})}
	}
	return a.outage()
}

// patience is longer than any backoff: a minute at most, twice.
const patience = 3 * time.Minute

// outage ends the watch and makes the next requests fail. Meanwhile the world goes on.
func (a *author) outage() step {
	writes := a.writes(1 + a.random.IntN(8))
	watch := pick(a.random, troubles...)
	list := pick(a.random, append(troubles, trouble{name: "nothing"})...)
	compacted := a.random.IntN(2) == 0
	times := 1 + a.random.IntN(2)
	if a.watchList && watch.name == "410" {
		times = 1 // see exceptions_test.go
	}
	name := fmt.Sprintf("the watch ends; %d watches meet %s, the next list meets %s, compacted: %t", times, watch.name, list.name, compacted)
	return step{name: name, loose: a.watchList, wait: 4 * patience, do: on(func(s *server) {
		s.Inject(apitest.Fault{On: apitest.On("watch", "pods"), Times: times, Do: watch.effect})
		if list.effect != nil {
			s.Inject(apitest.Fault{On: apitest.On("list", "pods"), Do: list.effect})
		}
		s.endWatches()
		writes(s)
		if compacted {
			s.Compact()
		}
	})}
}

type trouble struct {
	name   string
	effect apitest.Effect
}

var pods = schema.GroupResource{Resource: "pods"}

var troubles = []trouble{
	{"429", apitest.TooManyRequests(0)},
	{"429 for 2 s", apitest.TooManyRequests(2 * time.Second)},
	{"a page of HTML", apitest.HTML(http.StatusInternalServerError)},
	{"bad gateway", apitest.HTML(http.StatusBadGateway)},
	{"410", apitest.Gone()},
	{"an internal error", apitest.Respond(apierrors.NewInternalError(errors.New("broken")))},
	{"forbidden", apitest.Respond(apierrors.NewForbidden(pods, "", errors.New("no")))},
	{"a server that is behind", apitest.Respond(behind())},
}

// behind is what a server says that does not know a resourceVersion yet.
func behind() error {
	err := apierrors.NewTimeoutError("Too large resource version: 1000, current: 10", 1)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge, Message: "Too large resource version"}}
	return err
}

// strip is a transformer, as people have to save memory.
func strip(obj any) (any, error) {
	if pod, ok := obj.(*corev1.Pod); ok {
		delete(pod.Annotations, "noise")
		return pod, nil
	}
	return obj, nil
}

func TestSharedInformersAgreeOverHTTP(t *testing.T) {
	seeds := uint64(60)
	if testing.Short() {
		seeds = 20
	}
	for _, watchList := range []bool{false, true} {
		for seed := range seeds {
			t.Run(fmt.Sprintf("watch-list %t, seed %d", watchList, seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { newHTTPScript(seed, watchList).play(t) })
			})
		}
	}
}

// newHTTPScript writes the script of a seed: two handlers, at times a transformer, at times protobuf, and 25 steps.
func newHTTPScript(seed uint64, watchList bool) script {
	a := &author{random: rand.New(rand.NewPCG(seed, 0)), watchList: watchList, alive: map[string]bool{}, handlers: 2}
	s := script{
		watchList: watchList,
		handlers:  make([]time.Duration, a.handlers),
		newWorld:  newServer(pick(a.random, runtime.ContentTypeJSON, runtime.ContentTypeProtobuf)),
	}
	if a.random.IntN(2) == 0 {
		s.transform = strip
	}
	for range 25 {
		s.steps = append(s.steps, a.step())
	}
	return s
}
