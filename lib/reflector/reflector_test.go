package reflector_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/reflector"
)

func TestAStoreFollowsAServer(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("a", "b")
		r, stop := w.reflect(w.listWatch(), reflector.ReflectorOptions{})
		defer stop()
		require.Equal(t, []string{"replace 3: a@2 b@3"}, w.diary.read())
		require.Equal(t, "3", r.LastSyncResourceVersion())

		w.create("c")
		w.update("a", "new")
		w.delete("b")
		w.server.Bookmark()
		require.Equal(t, []string{"add c@4", "update a@5", "delete b@6", "bookmark 7"}, w.diary.read())
		require.Equal(t, "7", r.LastSyncResourceVersion())
		require.Equal(t, []string{"stream rv="}, w.requests(0), "one request for it all")
	})
}

func TestAStoreFollowsAServerThatDoesNotStreamLists(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("a", "b")
		r, stop := w.reflect(w.listing(), reflector.ReflectorOptions{})
		defer stop()
		require.Equal(t, []string{"replace 3: a@2 b@3"}, w.diary.read())
		w.create("c")
		require.Equal(t, []string{"add c@4"}, w.diary.read())
		require.Equal(t, []string{"list rv=0 limit=500", "watch rv=3"}, w.requests(0))
		require.Equal(t, "4", r.LastSyncResourceVersion())
	})
}
