package reflector_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/reflector"
)

func TestResyncIsDueOnceAPeriod(t *testing.T) {
	inWorld(t, func(w *world) {
		_, stop := w.reflect(w.listWatch(), reflector.ReflectorOptions{ResyncPeriod: 10 * time.Second})
		defer stop()
		require.Equal(t, []string{"replace 1: "}, w.diary.read())
		time.Sleep(35 * time.Second)
		require.Equal(t, []string{"resync", "resync", "resync"}, w.diary.read())
	})
}

func TestResyncIsAskedFor(t *testing.T) {
	inWorld(t, func(w *world) {
		r := reflector.NewNamedReflector("r", w.listWatch(), &corev1.ConfigMap{}, w.diary, 10*time.Second)
		asked := 0
		r.ShouldResync = func() bool {
			asked++
			return asked%2 == 0
		}
		stop := w.run(r)
		time.Sleep(45 * time.Second)
		stop()
		require.Equal(t, 4, asked)
		require.Equal(t, []string{"replace 1: ", "resync", "resync"}, w.diary.read())
	})
}

// What a store can't do again it can't go on with either: it gets everything anew.
func TestAResyncThatFailsEndsTheWatch(t *testing.T) {
	inWorld(t, func(w *world) {
		w.diary.fail = map[string]error{"resync": errRefused}
		_, stop := w.reflect(w.listing(), reflector.ReflectorOptions{ResyncPeriod: 10 * time.Second})
		defer stop()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		require.Equal(t, []string{"replace 1: ", "resync"}, w.diary.read())
		time.Sleep(2 * time.Second)
		require.Equal(t, []string{"replace 1: "}, w.diary.read())
		require.Equal(t, []string{"list rv=0 limit=500", "watch rv=1", "list rv=1", "watch rv=1"}, w.requests(0))
	})
}

// slow is a store that takes its time.
type slow struct {
	*diary
	done bool
}

func (s *slow) Resync() error {
	time.Sleep(5 * time.Second)
	s.done = true
	return nil
}

func TestNothingIsLeftWhenAReflectorHasEnded(t *testing.T) {
	inWorld(t, func(w *world) {
		store := &slow{diary: w.diary}
		stop := w.run(reflector.NewNamedReflector("r", w.listWatch(), &corev1.ConfigMap{}, store, 10*time.Second))
		time.Sleep(11 * time.Second) // it is at it
		stop()
		require.True(w, store.done)
	})
}
