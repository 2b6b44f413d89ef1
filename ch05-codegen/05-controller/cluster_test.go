package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/cluster"
)

// TestKilledAtEveryStep kills the controller after each write that it makes, in the three acts of a Website's
// life, and starts another one, which must come to the very same end.
func TestKilledAtEveryStep(t *testing.T) {
	w := newTown(t, cluster.ForTest(t))
	name := func(n int64) string { return fmt.Sprint("site-", n) }
	before := func(n int64) want { return want{fmt.Sprintf("site-%d.example.com", n), pause, 1} }
	after := func(n int64) want { return want{fmt.Sprintf("www.site-%d.example.com", n), pause, 2} }

	sites := w.atEveryWrite("create", func(n int64) { w.create(name(n), before(n)) },
		func(n int64) { w.eventually(w.state(name(n)), serving(name(n), before(n))) })
	changes := w.atEveryWrite("change", func(n int64) { w.change(name(n%sites), after(n)) },
		func(n int64) { w.eventually(w.state(name(n%sites)), serving(name(n%sites), after(n))) })
	deletions := w.atEveryWrite("delete", func(n int64) { require.NoError(w, w.sites.Delete(w.Context(), name(n), metav1.DeleteOptions{})) },
		func(n int64) { w.eventually(w.state(name(n)), "") })

	require.Greater(t, sites, int64(5), "finalizer, Deployment, Service, host, status at the least")
	require.Greater(t, changes, int64(3), "Deployment, host, status")
	require.Greater(t, deletions, int64(2), "host, finalizer")
}

// atEveryWrite lets a controller act that is killed after its n-th write, and another one finish, for each n until
// a controller lives to see the end. It returns the number of rounds.
func (w *town) atEveryWrite(act string, do, done func(n int64)) (rounds int64) {
	for n := int64(0); ; n++ {
		mortal := w.runMortal(n)
		do(n)
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			done(n)
		}()
		select {
		case <-ended:
			w.stopped(mortal)
			w.Logf("%s: %d writes", act, mortal.writes.Load())
			return n + 1
		case <-mortal.dead:
		}
		_ = mortal.stop()
		successor := w.run()
		<-ended
		w.stopped(successor)
	}
}
