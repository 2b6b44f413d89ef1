package apitest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/apitest"
)

func TestWatchTellsWhatCameAfter(t *testing.T) {
	srv, p := shelf(t)
	require.NoError(t, srv.Update(configMap("a", "tier", "web"))) // 8
	require.NoError(t, srv.Create(configMap("depot/y")))          // 9
	require.NoError(t, srv.Create(&corev1.Secret{ObjectMeta: configMap("s").ObjectMeta}))
	w := p.watch(configMaps + "?watch=1&resourceVersion=5")
	require.NoError(t, srv.Delete(configMap("b"))) // 11
	srv.EndWatches()

	events := w.rest()
	require.Equal(t, []string{"ADDED e", "MODIFIED a", "DELETED b"}, story(events))
	for i, rv := range []string{"6", "8", "11"} {
		require.Equal(t, rv, events[i].Object.GetResourceVersion())
	}
	require.Equal(t, "ConfigMap", events[0].Object.GetKind())
}

// An object that begins to match is new to the watcher; one that stops to match has gone.
func TestObjectsEnterAndLeaveASelector(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	p := peerOf(t, srv)
	w := p.watch(configMaps + "?watch=1&resourceVersion=1&labelSelector=tier%3Dweb")

	require.NoError(t, srv.Create(configMap("a", "tier", "db")))             // unseen
	require.NoError(t, srv.Update(configMap("a", "tier", "web")))            // enters
	require.NoError(t, srv.Update(configMap("a", "tier", "web", "at", "x"))) // stays
	require.NoError(t, srv.Update(configMap("a", "tier", "db")))             // leaves
	require.NoError(t, srv.Update(configMap("a", "tier", "db", "at", "y")))  // unseen
	require.NoError(t, srv.Update(configMap("a", "tier", "web", "at", "z"))) // enters again
	require.NoError(t, srv.Delete(configMap("a")))                           // goes
	require.NoError(t, srv.Create(configMap("depot/other", "tier", "web")))  // elsewhere
	srv.EndWatches()

	events := w.rest()
	require.Equal(t, []string{"ADDED a", "MODIFIED a", "DELETED a", "ADDED a", "DELETED a"}, story(events))
	left := events[2].Object
	require.Equal(t, map[string]string{"tier": "web", "at": "x"}, left.GetLabels(), "as the watcher knew it")
	require.Equal(t, "5", left.GetResourceVersion(), "when it left")
}

func TestWatchOfOneName(t *testing.T) {
	srv, p := shelf(t)
	for _, path := range []string{configMaps + "?watch=1&fieldSelector=metadata.name%3Dc"} {
		w := p.watch(path + "&resourceVersion=1")
		srv.EndWatches()
		require.Equal(t, []string{"ADDED c"}, story(w.rest()))
	}
}

// The ways to start, with an object "a" that is there and "b" that comes later.
func TestWhereAWatchStarts(t *testing.T) {
	const bookmarks, list = "&allowWatchBookmarks=true", "&resourceVersionMatch=NotOlderThan&sendInitialEvents="
	for query, want := range map[string][]string{
		"":                                     {"ADDED a", "ADDED b"},
		"&resourceVersion=0":                   {"ADDED a", "ADDED b"},
		"&resourceVersion=0" + bookmarks:       {"ADDED a", "BOOKMARK", "ADDED b"},
		"&resourceVersion=1":                   {"ADDED a", "ADDED b"},
		"&resourceVersion=1" + bookmarks:       {"ADDED a", "ADDED b"},
		"&resourceVersion=2":                   {"ADDED b"},
		list + "true":                          {"ADDED a", "ADDED b"},
		list + "true" + bookmarks:              {"ADDED a", "BOOKMARK", "ADDED b"},
		list + "true&resourceVersion=2":        {"ADDED a", "ADDED b"},
		list + "false" + bookmarks:             {"ADDED b"},
		list + "false&resourceVersion=0":       {"ADDED b"},
		list + "false&resourceVersion=1":       {"ADDED a", "ADDED b"},
		"&resourceVersion=3":                   {}, // b is 3: the watch waits for what comes after
		list + "true&resourceVersion=99":       {"ERROR 504 Timeout"},
		list + "true&labelSelector=no":         {},
		list + "true&labelSelector=no&limit=1": {},
	} {
		t.Run(query, func(t *testing.T) {
			srv := apitest.Start(t, apitest.Config{})
			p := peerOf(t, srv)
			require.NoError(t, srv.Create(configMap("a")))
			w := p.watch(configMaps + "?watch=1" + query)
			require.NoError(t, srv.Create(configMap("b")))
			srv.EndWatches()
			require.Equal(t, want, story(w.rest()))
		})
	}
}

func TestInitialEventsEndWithABookmark(t *testing.T) {
	srv, p := shelf(t)
	w := p.watch(configMaps + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")
	events := w.take(6)
	require.Equal(t, []string{"ADDED a", "ADDED b", "ADDED c", "ADDED d", "ADDED e", "BOOKMARK"}, story(events))
	end := events[5].Object
	require.Equal(t, "true", end.GetAnnotations()[metav1.InitialEventsAnnotationKey])
	require.Equal(t, srv.ResourceVersion(), end.GetResourceVersion())
	require.Equal(t, "ConfigMap", end.GetKind())
}

func TestBookmarksForThoseWhoAllowThem(t *testing.T) {
	srv, p := shelf(t)
	with := p.watch(configMaps + "?watch=1&resourceVersion=7&allowWatchBookmarks=true")
	without := p.watch(configMaps + "?watch=1&resourceVersion=7")
	require.NoError(t, srv.Create(configMap("depot/y"))) // moves the resourceVersion, but is not theirs
	srv.Bookmark()
	srv.EndWatches()

	events := with.rest()
	require.Equal(t, []string{"BOOKMARK"}, story(events))
	require.Equal(t, "9", events[0].Object.GetResourceVersion())
	require.Empty(t, events[0].Object.GetAnnotations())
	require.Empty(t, without.rest())
}

func TestWatchFromBeforeACompaction(t *testing.T) {
	srv, p := shelf(t)
	running := p.watch(configMaps + "?watch=1&resourceVersion=1")
	srv.Compact()
	require.NoError(t, srv.Create(configMap("f")))

	require.Equal(t, []string{"ERROR 410 Expired"}, story(p.watch(configMaps+"?watch=1&resourceVersion=6").rest()))
	for _, start := range []string{"7", "0"} {
		w := p.watch(configMaps + "?watch=1&resourceVersion=" + start)
		require.Equal(t, map[string]string{"7": "ADDED f", "0": "ADDED a"}[start], w.take(1)[0].String())
	}
	srv.EndWatches()
	require.Equal(t, []string{"ADDED a", "ADDED b", "ADDED c", "ADDED d", "ADDED e", "ADDED f"}, story(running.rest()),
		"who has begun is not disturbed")
}
