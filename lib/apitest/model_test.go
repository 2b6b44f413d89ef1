package apitest_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/apitest"
)

// model is a server that a reader believes at once: what happened so far, and the state after each time.
type model struct {
	events []string            // of version first+1, first+2, …; "" for a bookmark
	states []map[string]uint64 // name → version
}

// since is what a watcher from a version on is told.
func (m *model) since(rv uint64) []string {
	return slices.DeleteFunc(slices.Clone(m.events[rv-firstVersion:]), func(e string) bool { return e == "" })
}

func (m *model) bookmark() {
	m.events = append(m.events, "")
	m.states = append(m.states, m.state())
}

func (m *model) state() map[string]uint64 {
	if len(m.states) == 0 {
		return map[string]uint64{}
	}
	return m.states[len(m.states)-1]
}

func (m *model) apply(kind, name string, rv uint64) {
	m.events = append(m.events, fmt.Sprintf("%s %s@%d", kind, name, rv))
	state := maps.Clone(m.state())
	if state[name] = rv; kind == "DELETED" {
		delete(state, name)
	}
	m.states = append(m.states, state)
}

const firstVersion = 1 // of an empty store

// Whoever watches from a version, whenever he began, is told exactly the log after it; whoever lists a version
// is shown the log up to it. The operations are random, by seed; the watchers run at the same time.
func TestRandomOperationsAgainstAModel(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			srv := apitest.Start(t, apitest.Config{})
			m := &model{}
			var watchers sync.WaitGroup
			told := map[uint64][]string{} // by the version that the watcher began at
			var mu sync.Mutex

			random := rand.New(rand.NewPCG(seed, 0))
			watchFrom := func(rv uint64) {
				w := peerOf(t, srv).watch(fmt.Sprintf("%s?watch=1&resourceVersion=%d", configMaps, rv))
				watchers.Go(func() {
					var lines []string
					for w.lines.Scan() {
						lines = append(lines, line(t, w.lines.Bytes()))
					}
					mu.Lock()
					defer mu.Unlock()
					told[rv] = lines
				})
			}
			watchFrom(firstVersion)
			compacted := uint64(firstVersion)
			for step := range 120 {
				operate(t, srv, m, random)
				now := uint64(firstVersion + len(m.events))
				switch random.IntN(20) {
				case 0:
					watchFrom(compacted + random.Uint64N(now-compacted+1))
				case 1:
					if step > 60 {
						srv.Compact()
						compacted = now
					}
				case 2:
					srv.Bookmark()
					m.bookmark()
				}
				require.NoError(t, srv.CheckInvariants(), "step %d", step)
			}
			for rv := compacted; rv <= uint64(firstVersion+len(m.events)); rv++ {
				checkState(t, srv, m, rv)
			}
			srv.EndWatches()
			watchers.Wait()
			for rv, lines := range told {
				require.Equal(t, m.since(rv), append([]string{}, lines...), "from %d", rv)
			}
		})
	}
}

// operate does one random thing to one of a few objects, in the server and in the model.
func operate(t *testing.T, srv *apitest.Server, m *model, random *rand.Rand) {
	cm := configMap(string(rune('a' + random.IntN(5))))
	_, exists := m.state()[cm.Name]
	do, kind := srv.Create, "ADDED"
	switch random.IntN(3) {
	case 1:
		cm.Data = map[string]string{"random": fmt.Sprint(random.Uint64())}
		do, kind = srv.Update, "MODIFIED"
	case 2:
		do, kind = srv.Delete, "DELETED"
	}
	err := do(cm)
	if exists == (kind == "ADDED") {
		require.Error(t, err)
		return
	}
	require.NoError(t, err)
	rv, err := strconv.ParseUint(cm.ResourceVersion, 10, 64)
	require.NoError(t, err)
	m.apply(kind, cm.Name, rv)
}

func checkState(t *testing.T, srv *apitest.Server, m *model, rv uint64) {
	t.Helper()
	var want []string
	if rv > firstVersion {
		state := m.states[rv-firstVersion-1]
		for _, name := range slices.Sorted(maps.Keys(state)) {
			want = append(want, fmt.Sprintf("shop/%s@%d", name, state[name]))
		}
	}
	got, err := srv.StateAt(corev1.SchemeGroupVersion.WithResource("configmaps"), rv)
	require.NoError(t, err)
	require.Equal(t, want, got, "at %d", rv)
}

func line(t *testing.T, raw []byte) string {
	e, err := parseEvent(raw)
	if err != nil {
		t.Error(err)
	}
	return fmt.Sprintf("%s@%s", e, e.Object.GetResourceVersion())
}

// Many writers at once: each conflict is seen by its writer, and no update is lost.
func TestNoUpdateIsLost(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	require.NoError(t, srv.Create(configMap("counter")))
	var writers sync.WaitGroup
	const each = 25
	for range 4 {
		writers.Go(func() {
			for done := 0; done < each; {
				if increment(srv) == nil {
					done++
				}
			}
		})
	}
	writers.Wait()
	objects, _ := srv.Objects(corev1.SchemeGroupVersion.WithResource("configmaps"))
	require.Equal(t, "100", objects[0].(*corev1.ConfigMap).Data["n"])
	require.Equal(t, "102", srv.ResourceVersion())
	require.NoError(t, srv.CheckInvariants())
}

func increment(srv *apitest.Server) error {
	objects, _ := srv.Objects(corev1.SchemeGroupVersion.WithResource("configmaps"))
	cm := objects[0].(*corev1.ConfigMap)
	n, _ := strconv.Atoi(cm.Data["n"])
	cm.Data = map[string]string{"n": strconv.Itoa(n + 1)}
	return srv.Update(cm)
}
