package events_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/events"
)

// TestRandomLives has things happen at random, with pauses of seconds to minutes, and compares the API at the end with a model
// that knows nothing of requests. With faults it compares only the sum: how long a series goes on depends on when its end is written.
func TestRandomLives(t *testing.T) {
	for _, faults := range []bool{false, true} {
		t.Run(fmt.Sprint("faults ", faults), func(t *testing.T) {
			for seed := range uint64(100) {
				synctest.Test(t, func(t *testing.T) { play(t, seed, faults) })
			}
		})
	}
}

func play(t *testing.T, seed uint64, faults bool) {
	random := rand.New(rand.NewPCG(seed, 4))
	api, m := newShelf(), newModel()
	recording := events.NewRecording(api)
	incoming := make(chan watch.Event, 1000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		recording.Run(t.Context(), incoming)
	}()

	for step := range 300 {
		switch n := random.IntN(100); {
		case n < 70:
			incoming <- watch.Event{Object: m.happens(random.IntN(5), step)}
		case n < 85:
			time.Sleep(time.Duration(random.IntN(60_000)) * time.Millisecond)
		case n < 95:
			time.Sleep(time.Duration(random.IntN(20_000)) * time.Minute / 1000)
		case faults:
			api.failWith(trouble(random))
			time.Sleep(time.Duration(random.IntN(90)) * time.Second) // short enough for twelve tries
			api.failWith(nil)
			time.Sleep(15 * time.Second)
		}
		synctest.Wait()
		require.NoError(t, recording.CheckInvariants(), "seed %d, step %d", seed, step)
	}
	close(incoming)
	<-done
	require.Zero(t, recording.Backlog())
	require.Equal(t, m.sum, api.sum(), "seed %d", seed)
	if !faults {
		require.Equal(t, m.lives(), livesIn(api), "seed %d", seed)
	}
}

// trouble is a way for requests to go wrong that doesn't last.
func trouble(random *rand.Rand) failure {
	switch random.IntN(4) {
	case 0:
		return always(errAway)
	case 1:
		return always(apierrors.NewServiceUnavailable("starting"))
	case 2:
		return always(apierrors.NewTooManyRequests("busy", 1))
	}
	return func(ctx context.Context, _ string) error {
		if err := slow(3*time.Second)(ctx, ""); err != nil {
			return err
		}
		return errAway
	}
}

// model knows, for each thing that happens, how often it did in each series.
type model struct {
	opened time.Time
	sum    int
	counts [5][]int
	last   [5]time.Time
}

func newModel() *model { return &model{opened: time.Now()} }

func (m *model) happens(what, step int) *eventsv1.Event {
	if m.ended(what) {
		m.counts[what] = append(m.counts[what], 0)
	}
	m.counts[what][len(m.counts[what])-1]++
	m.last[what] = time.Now()
	m.sum++
	return &eventsv1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprint("event-", step)},
		EventTime:  metav1.NowMicro(),
		Regarding:  corev1.ObjectReference{Name: fmt.Sprint("web-", what)},
		Reason:     "Pulling",
	}
}

// ended tells whether a series had its last event more than six minutes before one of the times, six minutes apart, when ends are
// looked for.
func (m *model) ended(what int) bool {
	if m.counts[what] == nil {
		return true
	}
	looked := time.Since(m.opened).Truncate(6 * time.Minute)
	return m.last[what].Before(m.opened.Add(looked - 6*time.Minute))
}

func (m *model) lives() []string {
	var lives []string
	for what, counts := range m.counts {
		for _, n := range counts {
			lives = append(lives, fmt.Sprintf("web-%d ×%d", what, n))
		}
	}
	slices.Sort(lives)
	return lives
}

func livesIn(api *shelf) []string {
	var lives []string
	for _, event := range api.all() {
		n := int32(1)
		if event.Series != nil {
			n = event.Series.Count
		}
		lives = append(lives, fmt.Sprintf("%s ×%d", event.Regarding.Name, n))
	}
	slices.Sort(lives)
	return lives
}
