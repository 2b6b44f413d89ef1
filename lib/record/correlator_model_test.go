package record_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/record"
)

// stepsPerSeed is how many events a correlator is told of in the random test. WORKBOOK_STEPS is how many there are in all.
const stepsPerSeed = 200

func seeds(t *testing.T, steps int) int {
	if text, ok := os.LookupEnv("WORKBOOK_STEPS"); ok {
		var err error
		steps, err = strconv.Atoi(text)
		require.NoError(t, err, "WORKBOOK_STEPS")
	}
	return max(1, steps/stepsPerSeed)
}

// TestCorrelatorDoesWhatTheModelDoes plays random scripts to a correlator and to a model of it that remembers all and
// searches it from end to end.
func TestCorrelatorDoesWhatTheModelDoes(t *testing.T) {
	for seed := range seeds(t, 20_000) {
		random := rand.New(rand.NewPCG(uint64(seed), 6))
		m := &model{size: 1 + random.IntN(6), maxEvents: 1 + random.IntN(4), burst: 1 + random.IntN(6), now: time.Unix(1, 0)}
		clock := &standing{m.now}
		c := record.NewEventCorrelatorWithOptions(record.CorrelatorOptions{
			LRUCacheSize: m.size, MaxEvents: m.maxEvents, BurstSize: m.burst, Clock: clock,
			MaxIntervalInSeconds: int(modelInterval / time.Second), QPS: modelQPS,
		})
		for step := range stepsPerSeed {
			m.now = m.now.Add([]time.Duration{0, 0, 0, time.Second, modelInterval, modelInterval + 1}[random.IntN(6)])
			clock.now = m.now
			event := backOffOf([]string{"web", "web", "web", "till"}[random.IntN(4)], strconv.Itoa(random.IntN(5)))
			event.Reason = []string{"BackOff", "BackOff", "Failed"}[random.IntN(3)]
			event.LastTimestamp = metav1.NewTime(m.now)

			result := told(t, c, event)
			want, got, broken := m.tell(event), deed(result), record.CheckInvariants(c)
			if want != got || broken != nil {
				t.Fatalf("seed %d, step %d: %s of %s, %q\nwant %s\ngot  %s\ninvariants: %v\nmodel %+v",
					seed, step, event.Reason, event.InvolvedObject.Name, event.Message, want, got, broken, m)
			}
			if !result.Skip && random.IntN(2) == 0 {
				answer := result.Event.DeepCopy()
				answer.Count += int32(random.IntN(3))
				c.UpdateState(answer)
				m.counts = remember(m.counts, m.size, wholeOf(answer), func(n *int32) { *n = answer.Count })
			}
		}
	}
}

const (
	modelInterval = 10 * time.Second
	modelQPS      = 0.25
)

// model remembers in slices, latest last.
type model struct {
	size, maxEvents, burst int
	now                    time.Time

	groups  []remembered[group]
	counts  []remembered[int32]
	buckets []remembered[bucket]
}

type remembered[V any] struct {
	key   string
	value V
}

type group struct {
	own  []string // messages with events of their own
	last time.Time
}

// bucket has as many tokens as there were when it was last looked at, and what has come in since.
type bucket struct {
	tokens float64
	looked time.Time
}

// remember lets change change the value of the key, and returns the slice in its new order, without what is forgotten.
func remember[V any](all []remembered[V], size int, key string, change func(*V)) []remembered[V] {
	r := remembered[V]{key: key}
	if i := slices.IndexFunc(all, func(r remembered[V]) bool { return r.key == key }); i >= 0 {
		r = all[i]
		all = slices.Delete(all, i, i+1)
	}
	change(&r.value)
	all = append(all, r)
	return all[max(0, len(all)-size):]
}

func groupOf(e *corev1.Event) string { return e.InvolvedObject.Name + " " + e.Reason }
func wholeOf(e *corev1.Event) string { return groupOf(e) + " " + e.Message }

// tell returns the deed that a correlator should do.
func (m *model) tell(event *corev1.Event) string {
	key, message := wholeOf(event), event.Message
	if !m.hasItsOwn(event) {
		key, message = groupOf(event), "(combined from similar events): "+message
	}
	var count int32
	m.counts = remember(m.counts, m.size, key, func(n *int32) { *n++; count = *n })
	switch {
	case !m.hasToken(event.InvolvedObject.Name):
		return "skip"
	case count == 1:
		return "create " + message
	}
	return fmt.Sprintf("patch to %d %s", count, message)
}

func (m *model) hasItsOwn(event *corev1.Event) (own bool) {
	m.groups = remember(m.groups, m.size, groupOf(event), func(g *group) {
		if m.now.Sub(g.last) > modelInterval {
			g.own = nil
		}
		g.last = m.now
		own = slices.Contains(g.own, event.Message)
		if !own && len(g.own) < m.maxEvents-1 {
			g.own = append(g.own, event.Message)
			own = true
		}
	})
	return own
}

func (m *model) hasToken(name string) (has bool) {
	m.buckets = remember(m.buckets, m.size, name, func(b *bucket) {
		b.tokens = min(float64(m.burst), b.tokens+m.now.Sub(b.looked).Seconds()*modelQPS)
		b.looked = m.now
		if has = b.tokens >= 1; has {
			b.tokens--
		}
	})
	return has
}
