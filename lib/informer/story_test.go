package informer_test

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/store"
)

// story is an informer and the backend that it follows, under a clock that moves only while everybody waits.
type story struct {
	*testing.T
	*backend
	informer informer.SharedIndexInformer
	stop     func() // ends the informer and waits for it
}

// tell plays a story. The informer isn't running yet.
func tell(t *testing.T, resync time.Duration, play func(s *story), keys ...string) {
	bubble(t, func(t *testing.T) {
		s := &story{T: t, backend: newBackend(keys...), stop: func() {}}
		s.informer = informer.NewSharedIndexInformer(s.backend, &corev1.ConfigMap{}, resync, store.Indexers{})
		defer func() { s.stop() }()
		play(s)
	})
}

// bubble is synctest.Test for tests that may get stuck at a lock: that is no deadlock that synctest sees, and go test would
// wait for ten minutes. On a busy machine a test that isn't stuck has taken one.
func bubble(t *testing.T, test func(*testing.T)) {
	alarm := time.AfterFunc(5*time.Minute, func() { // of the real clock
		debug.SetTraceback("all")
		panic(t.Name() + " is stuck")
	})
	defer alarm.Stop()
	synctest.Test(t, test)
}

// run starts the informer and lets it do what it can without time passing.
func (s *story) run() {
	ctx, cancel := context.WithCancel(s.Context())
	var running sync.WaitGroup
	running.Go(func() { s.informer.RunWithContext(ctx) })
	s.stop = func() {
		cancel()
		running.Wait()
	}
	synctest.Wait()
}

// pass lets time pass, and then everything come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// longEnough for any backoff.
const longEnough = 2 * time.Minute

// listen adds a handler that writes down what it is told.
func (s *story) listen(options informer.HandlerOptions) *journal {
	s.Helper()
	j := &journal{t: s.T}
	s.register(j, options)
	return j
}

func (s *story) register(j *journal, options informer.HandlerOptions) {
	s.Helper()
	var err error
	j.handle, err = s.informer.AddEventHandlerWithOptions(j, options)
	require.NoError(s, err)
}

func (s *story) cached(key string) any {
	obj, _, err := s.informer.GetStore().GetByKey(key)
	require.NoError(s, err)
	return obj
}

func resyncEvery(period time.Duration) informer.HandlerOptions {
	return informer.HandlerOptions{ResyncPeriod: &period}
}

// journal is a handler that writes down what it is told.
type journal struct {
	t      *testing.T
	handle informer.ResourceEventHandlerRegistration
	during func(line string) // called before the line is written; may be nil

	mu    sync.Mutex
	lines []string
}

func (j *journal) OnAdd(obj any, isInInitialList bool) {
	line := "add " + keyAndValue(j.t, obj)
	if isInInitialList {
		line += " (initial)"
	}
	j.write(line)
}

func (j *journal) OnUpdate(oldObj, newObj any) {
	j.write(fmt.Sprintf("update %s -> %s", keyAndValue(j.t, oldObj), keyAndValue(j.t, newObj)))
}

func (j *journal) OnDelete(obj any) {
	if tombstone, ok := obj.(store.DeletedFinalStateUnknown); ok {
		j.write(fmt.Sprintf("delete %s, last seen as %s", tombstone.Key, keyAndValue(j.t, tombstone.Obj)))
		return
	}
	j.write("delete " + keyAndValue(j.t, obj))
}

func (j *journal) write(line string) {
	if j.during != nil {
		j.during(line)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
}

// linesSoFar returns what was written, and doesn't wait for what will be.
func (j *journal) linesSoFar() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.lines)
}

// read returns what was written since the last time.
func (j *journal) read() []string {
	synctest.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	lines := j.lines
	j.lines = nil
	return lines
}

// reported collects what utilruntime is told of errors and panics, in the place of the log and of its brake, which has
// a clock of its own.
func reported(t *testing.T) func() []string {
	var mu sync.Mutex
	var lines []string
	note := func(line string) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, line)
	}
	errorHandlers, panicHandlers, reallyCrash := utilruntime.ErrorHandlers, utilruntime.PanicHandlers, utilruntime.ReallyCrash
	t.Cleanup(func() {
		utilruntime.ErrorHandlers, utilruntime.PanicHandlers, utilruntime.ReallyCrash = errorHandlers, panicHandlers, reallyCrash
	})
	utilruntime.ReallyCrash = false
	utilruntime.ErrorHandlers = []utilruntime.ErrorHandler{func(_ context.Context, err error, message string, _ ...any) {
		note(fmt.Sprintf("%s: %v", message, err))
	}}
	utilruntime.PanicHandlers = []func(context.Context, any){func(_ context.Context, value any) { note(fmt.Sprintf("panic: %v", value)) }}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		taken := lines
		lines = nil
		return taken
	}
}
