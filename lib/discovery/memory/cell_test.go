package memory_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/memory"
)

// asking starts a caller; its error comes out of the channel.
func asking(ctx context.Context, client discovery.CachedDiscoveryInterfaceWithContext) chan error {
	done := make(chan error, 1)
	go func() {
		_, err := client.ServerResourcesForGroupVersionWithContext(ctx, "apps/v1")
		done <- err
	}()
	return done
}

func TestManyCallersMakeOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		server.gate = make(chan struct{})
		client := memory.NewMemCacheClientWithContext(server)
		var callers []chan error
		for range 50 {
			callers = append(callers, asking(t.Context(), client))
		}
		synctest.Wait()
		require.Equal(t, 1, server.count("groups"))
		require.False(t, client.FreshWithContext(t.Context()), "no lock is held while the server answers")
		close(server.gate)
		for _, done := range callers {
			require.NoError(t, <-done)
		}
		require.Equal(t, map[string]int{"groups": 1, "apps/v1": 1}, server.asked)
	})
}

// The error of one attempt is told to all who waited for it; the next caller tries again.
func TestManyCallersShareAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		server.gate = make(chan struct{})
		server.errs["groups"] = apierrors.NewServiceUnavailable("starting")
		client := memory.NewMemCacheClientWithContext(server)
		callers := []chan error{asking(t.Context(), client), asking(t.Context(), client), asking(t.Context(), client)}
		synctest.Wait()
		close(server.gate)
		for _, done := range callers {
			require.True(t, apierrors.IsServiceUnavailable(<-done))
		}
		require.Equal(t, 1, server.count("groups"))

		server.change(func() { delete(server.errs, "groups") })
		require.NoError(t, <-asking(t.Context(), client))
		require.Equal(t, 2, server.count("groups"))
	})
}

// The caller who asks goes: one of those who wait takes over. A caller who waits goes: nobody else is disturbed.
func TestACallerWhoGoesTakesNobodyAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		server.gate = make(chan struct{})
		client := memory.NewMemCacheClientWithContext(server)
		firstCtx, firstGoes := context.WithCancel(t.Context())
		secondCtx, secondGoes := context.WithCancel(t.Context())
		first := asking(firstCtx, client)
		synctest.Wait()
		second, third := asking(secondCtx, client), asking(t.Context(), client)
		synctest.Wait()

		secondGoes()
		require.ErrorIs(t, <-second, context.Canceled)
		require.Equal(t, 1, server.count("groups"))

		firstGoes()
		require.ErrorIs(t, <-first, context.Canceled)
		synctest.Wait()
		require.Equal(t, 2, server.count("groups"))

		close(server.gate)
		require.NoError(t, <-third)
	})
}

// Invalidate while the server answers: the answer is good for those who waited, and for nobody after them.
func TestAnAnswerThatInvalidateOvertookIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		gate := make(chan struct{})
		server.gate = gate
		client := memory.NewMemCacheClientWithContext(server)
		early := asking(t.Context(), client)
		synctest.Wait()

		client.InvalidateWithContext(t.Context())
		server.change(func() { server.gate, server.groups = nil, []metav1.APIGroup{group("shop", "v1")} })
		late, err := client.ServerGroupsWithContext(t.Context())
		require.NoError(t, err)
		require.Equal(t, "shop", late.Groups[0].Name)

		close(gate)
		<-early
		again, err := client.ServerGroupsWithContext(t.Context())
		require.NoError(t, err)
		require.Equal(t, "shop", again.Groups[0].Name)
	})
}

// panicking is a delegate with a bug.
type panicking struct{ *server }

func (s panicking) ServerGroupsWithContext(ctx context.Context) (*metav1.APIGroupList, error) {
	if s.ask(ctx, "groups"); s.count("groups") == 1 {
		panic("a bug in the delegate")
	}
	return s.server.ServerGroupsWithContext(ctx)
}

func TestAPanicLeavesNobodyWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		server.gate = make(chan struct{})
		client := memory.NewMemCacheClientWithContext(panicking{server})
		recovered := make(chan any, 1)
		go func() {
			defer func() { recovered <- recover() }()
			_, _ = client.ServerGroupsWithContext(t.Context())
		}()
		synctest.Wait()
		waiting := asking(t.Context(), client)
		synctest.Wait()
		close(server.gate)
		require.Equal(t, "a bug in the delegate", <-recovered)
		require.NoError(t, <-waiting)
	})
}

func TestACancelledCallerGetsNothing(t *testing.T) {
	client := memory.NewMemCacheClientWithContext(newServer())
	_, err := client.ServerGroupsWithContext(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = client.ServerGroupsWithContext(ctx)
	require.ErrorIs(t, err, context.Canceled, "known or not")
}
