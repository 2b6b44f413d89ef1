package informer_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/store"
)

// TestRandomLife lets a backend and handlers do random things. After each, when all is still, the store is the backend's
// state, so are the indexes, and so is what each handler has made of what it was told.
//
// WORKBOOK_STEPS is the number of things, WORKBOOK_SEED which ones.
func TestRandomLife(t *testing.T) {
	reported(t)
	steps, seed := fromEnvironment("WORKBOOK_STEPS", 10_000), fromEnvironment("WORKBOOK_SEED", 1)
	for ; steps > 0; steps -= stepsOfALife {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			tell(t, time.Hour, func(s *story) {
				newLife(s, uint64(seed)).live(min(steps, stepsOfALife))
			})
		})
		seed++
	}
}

const stepsOfALife = 2500

func fromEnvironment(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// life is a story with chance in it.
type life struct {
	*story
	random   *rand.Rand
	audience []*mirror
	steps    []string // the last of them, for reading
	indexes  int
}

func newLife(s *story, seed uint64) *life {
	l := &life{story: s, random: rand.New(rand.NewPCG(seed, 0))}
	for range 10 {
		l.write()
	}
	for range l.random.IntN(3) {
		l.join()
	}
	return l
}

func (l *life) live(steps int) {
	defer func() {
		if l.Failed() {
			l.Log("the last steps:", l.steps)
		}
		for _, m := range l.audience {
			m.resume()
		}
	}()
	l.run()
	for range steps {
		l.step()
		l.check()
	}
}

// acts are what can happen, and how often.
var acts = []struct {
	name   string
	weight int
	do     func(*life)
}{
	{"write", 40, (*life).write},
	{"write much", 10, (*life).writeMuch},
	{"cut", 4, func(l *life) { l.cut(); l.rest() }},
	{"gap", 4, (*life).missOut},
	{"a list fails", 1, func(l *life) { l.failLists(1 + l.random.IntN(3)); l.missOut() }},
	{"bookmark", 2, func(l *life) { l.bookmark() }},
	{"resync", 2, func(l *life) { pass(time.Hour + time.Minute) }},
	{"join", 5, (*life).join},
	{"join amid writes", 2, (*life).joinAmidWrites},
	{"leave", 4, (*life).leave},
	{"pause", 3, (*life).pause},
	{"resume", 4, (*life).resume},
	{"index", 1, (*life).index},
}

func (l *life) step() {
	total := 0
	for _, act := range acts {
		total += act.weight
	}
	n := l.random.IntN(total)
	for _, act := range acts {
		if n -= act.weight; n < 0 {
			l.steps = append(l.steps[max(0, len(l.steps)-20):], act.name)
			act.do(l)
			return
		}
	}
}

// write creates, updates, deletes, or deletes and creates one object.
func (l *life) write() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writeLocked()
}

func (l *life) writeLocked() {
	key := fmt.Sprintf("ns%d/%d", l.random.IntN(3), l.random.IntN(8))
	_, exists := l.objects[key]
	switch n := l.random.IntN(10); {
	case exists && n < 3:
		l.removeLocked(key)
	case exists && n < 4:
		l.removeLocked(key)
		l.setLocked(key, "again")
	default:
		l.setLocked(key, strconv.Itoa(l.random.IntN(5)))
	}
}

func (l *life) writeMuch() {
	for range 1 + l.random.IntN(50) {
		l.write()
	}
}

// missOut changes things while nobody can watch.
func (l *life) missOut() {
	l.gap(func() {
		for range l.random.IntN(20) {
			l.writeLocked()
		}
	})
	l.rest()
}

// rest lets the reflector get over a failure.
func (l *life) rest() { pass(longEnough) }

func (l *life) join() {
	if len(l.audience) < 8 {
		l.joinWith(time.Duration(l.random.IntN(3)) * time.Hour)
	}
}

func (l *life) joinWith(resyncPeriod time.Duration) {
	m := &mirror{t: l.T, view: map[string]*corev1.ConfigMap{}}
	var err error
	m.handle, err = l.informer.AddEventHandlerWithResyncPeriod(m, resyncPeriod)
	require.NoError(l, err)
	l.audience = append(l.audience, m)
}

func (l *life) joinAmidWrites() {
	var writing sync.WaitGroup
	writing.Go(l.writeMuch)
	defer writing.Wait()
	if len(l.audience) < 8 {
		l.joinWith(0) // without l.random, which is the writer's now
	}
}

func (l *life) leave() {
	if len(l.audience) == 0 {
		return
	}
	i := l.random.IntN(len(l.audience))
	m := l.audience[i]
	l.audience = slices.Delete(l.audience, i, i+1)
	require.NoError(l, l.informer.RemoveEventHandler(m.handle))
	m.resume()
	require.NoError(l, informer.ShutDownEventHandler(l.informer, m.handle))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gone = true
}

func (l *life) pause() {
	if len(l.audience) > 0 {
		l.audience[l.random.IntN(len(l.audience))].pause()
	}
}

func (l *life) resume() {
	if len(l.audience) > 0 {
		l.audience[l.random.IntN(len(l.audience))].resume()
	}
}

func (l *life) index() {
	if l.indexes < 3 {
		l.indexes++
		require.NoError(l, l.informer.AddIndexers(store.Indexers{fmt.Sprint("by value ", l.indexes): byValue["value"]}))
	}
}

// check compares the store, the indexes and the handlers' views with the backend.
func (l *life) check() {
	synctest.Wait()
	l.mu.Lock()
	truth := maps.Clone(l.objects)
	l.mu.Unlock()
	require.True(l, l.informer.HasSynced())
	require.NoError(l, informer.CheckInvariants(l.informer))
	l.checkStore(truth)
	l.checkIndexes(truth)
	for _, m := range l.audience {
		m.check(truth)
	}
}

func (l *life) checkStore(truth map[string]*corev1.ConfigMap) {
	keys := l.informer.GetStore().ListKeys()
	require.Len(l, keys, len(truth))
	for key, want := range truth {
		got, _ := l.cached(key).(*corev1.ConfigMap)
		requireSame(l, want, got)
	}
}

func (l *life) checkIndexes(truth map[string]*corev1.ConfigMap) {
	want := map[string][]string{}
	for key, object := range truth {
		want[object.Data["v"]] = append(want[object.Data["v"]], key)
	}
	for i := 1; i <= l.indexes; i++ {
		name := fmt.Sprint("by value ", i)
		require.ElementsMatch(l, slices.Collect(maps.Keys(want)), l.informer.GetIndexer().ListIndexFuncValues(name))
		for value, keys := range want {
			got, err := l.informer.GetIndexer().IndexKeys(name, value)
			require.NoError(l, err)
			slices.Sort(got)
			slices.Sort(keys)
			if !slices.Equal(got, keys) {
				require.Equal(l, keys, got)
			}
		}
	}
}

func requireSame(t require.TestingT, want, got *corev1.ConfigMap) {
	if got == nil || want.ResourceVersion != got.ResourceVersion || want.UID != got.UID || want.Data["v"] != got.Data["v"] {
		require.Equal(t, want, got)
	}
}

// mirror is a handler that makes a copy of the state from what it is told, and complains of all that doesn't fit.
type mirror struct {
	t      *testing.T
	handle informer.ResourceEventHandlerRegistration

	mu   sync.Mutex
	gate chan struct{} // not nil while the handler is paused
	gone bool
	past bool // it has been told something that is no longer the initial list
	view map[string]*corev1.ConfigMap
}

func (m *mirror) pause() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gate == nil {
		m.gate = make(chan struct{})
	}
}

func (m *mirror) resume() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gate != nil {
		close(m.gate)
		m.gate = nil
	}
}

func (m *mirror) waitForGate() {
	m.mu.Lock()
	gate := m.gate
	m.mu.Unlock()
	if gate != nil {
		<-gate
	}
}

func (m *mirror) OnAdd(obj any, isInInitialList bool) {
	m.told(func() {
		object := obj.(*corev1.ConfigMap)
		if was, known := m.view[keyFor(object)]; known {
			m.t.Errorf("add of %s@%s, known as @%s", keyFor(object), object.ResourceVersion, was.ResourceVersion)
		}
		if isInInitialList && m.past {
			m.t.Errorf("add of %s is in the initial list, which was over", keyFor(object))
		}
		m.past = !isInInitialList
		m.view[keyFor(object)] = object
	})
}

func (m *mirror) OnUpdate(oldObj, newObj any) {
	m.told(func() {
		m.past = true
		old, object := oldObj.(*corev1.ConfigMap), newObj.(*corev1.ConfigMap)
		m.expect(old, "update")
		if version(object) < version(old) {
			m.t.Errorf("update of %s goes back from @%d to @%d", keyFor(object), version(old), version(object))
		}
		m.view[keyFor(object)] = object
	})
}

func (m *mirror) OnDelete(obj any) {
	m.told(func() {
		m.past = true
		if tombstone, ok := obj.(store.DeletedFinalStateUnknown); ok {
			m.expect(tombstone.Obj.(*corev1.ConfigMap), "delete")
			delete(m.view, tombstone.Key)
			return
		}
		object := obj.(*corev1.ConfigMap)
		if was, known := m.view[keyFor(object)]; !known || version(was) >= version(object) {
			m.t.Errorf("delete of %s@%d, known is %v", keyFor(object), version(object), was)
		}
		delete(m.view, keyFor(object))
	})
}

// told calls what a notification leads to, when the handler isn't paused.
func (m *mirror) told(note func()) {
	m.waitForGate()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gone {
		m.t.Error("told after it had left")
	}
	note()
}

// expect says that object is what is known. It may be another copy, from a list that brought nothing new and was told to
// others alone.
func (m *mirror) expect(object *corev1.ConfigMap, verb string) {
	if was := m.view[keyFor(object)]; was == nil || version(was) != version(object) {
		m.t.Errorf("%s of %s@%d, but known is %v", verb, keyFor(object), version(object), was)
	}
}

func keyFor(object *corev1.ConfigMap) string { return object.Namespace + "/" + object.Name }

func version(object *corev1.ConfigMap) int {
	n, _ := strconv.Atoi(object.ResourceVersion)
	return n
}

func (m *mirror) check(truth map[string]*corev1.ConfigMap) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gate != nil {
		return
	}
	require.True(m.t, m.handle.HasSynced())
	require.Len(m.t, m.view, len(truth))
	for key, want := range truth {
		requireSame(m.t, want, m.view[key])
	}
}
