package conformance_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// TestReflectorsAskTheSame compares the requests of two reflectors that list page by page, with selectors, and through
// whatever can happen between two pages.
func TestReflectorsAskTheSame(t *testing.T) {
	for name, trouble := range map[string]func(s *server){
		"nothing":                      func(*server) {},
		"the list is gone":             fault("list", 0, apitest.Gone()),
		"the list is behind":           fault("list", 0, apitest.Respond(behind())),
		"the first watch is too old":   func(s *server) { s.Inject(apitest.Fault{On: plainWatch, Do: apitest.Gone()}) },
		"a watch is too old":           relist,
		"... and then a page is gone":  func(s *server) { relist(s); fault("list", 2, apitest.Gone())(s) },
		"... and then a page fails":    func(s *server) { relist(s); fault("list", 2, apitest.HTML(500))(s) },
		"... and then pages are stale": func(s *server) { relist(s); fault("list", 2, s.forget)(s) },
	} {
		for _, pageSize := range []int64{0, 2, 3, 500} {
			for _, watchList := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, pages of %d, watch-list %t", name, pageSize, watchList), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						theirs := observeReflector(t, trouble, func(w *server) (func(context.Context), indexer) { return theirReflector(t, w, pageSize, watchList) })
						ours := observeReflector(t, trouble, func(w *server) (func(context.Context), indexer) { return ourReflector(t, w, pageSize, watchList) })
						require.NotEmpty(t, theirs.Store)
						require.Equal(t, theirs, ours, "expected is client-go")
					})
				})
			}
		}
	}
}

func fault(verb string, skip int, do apitest.Effect) func(*server) {
	return func(s *server) { s.Inject(apitest.Fault{On: apitest.On(verb, "pods"), Skip: skip, Do: do}) }
}

// relist makes the watch after the first one impossible. With pages of 2, what comes then is read in four.
func relist(s *server) { s.Inject(apitest.Fault{On: plainWatch, Skip: 1, Do: apitest.Gone()}) }

// plainWatch is one that follows a list, and not a streamed list.
func plainWatch(r *apitest.Request) bool {
	return r.Verb == "watch" && !r.URL.Query().Has("sendInitialEvents")
}

// forget compacts before a request is answered, so that what it goes on from is in the past.
func (s *server) forget(w http.ResponseWriter, _ *apitest.Request, serve func(http.ResponseWriter)) {
	s.Bookmark() // takes a version
	s.Compact()
	serve(w)
}

// observeReflector runs a reflector on seven pods, of which two change later, through two ends of its watch.
func observeReflector(t *testing.T, trouble func(*server), newReflector func(*server) (run func(context.Context), into indexer)) observation {
	w := newServer(runtime.ContentTypeJSON)(t).(*server)
	defer w.close()
	for i := range 7 {
		require.NoError(t, w.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: strconv.Itoa(i), Labels: map[string]string{"app": "web"}}}))
	}
	trouble(w)
	run, into := newReflector(w)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { run(ctx) })
	defer running.Wait()
	defer cancel()
	for i := range 2 {
		time.Sleep(patience)
		synctest.Wait()
		require.NoError(t, w.Update(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: strconv.Itoa(i), Labels: map[string]string{"app": "web", "new": "yes"}}}))
		time.Sleep(patience)
		w.endWatches()
	}
	time.Sleep(patience)
	synctest.Wait()
	return observation{Requests: w.requests(), Store: texts(into.List())}
}

// selective is how these reflectors ask: by label, and by field.
func selective(options *metav1.ListOptions) {
	patiently(options)
	options.LabelSelector = labels.Set{"app": "web"}.String()
	options.FieldSelector = fields.OneTermNotEqualSelector("metadata.name", "6").String()
}

func theirReflector(t *testing.T, w *server, pageSize int64, watchList bool) (func(context.Context), indexer) {
	source := w.source().(overHTTP)
	source.options = selective
	lw, err := source.theirs()
	require.NoError(t, err)
	x := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{})
	r := cache.NewReflector(cache.ToListWatcherWithWatchListSemantics(lw, semantics{watchList}), &corev1.Pod{}, x, 0)
	r.WatchListPageSize = pageSize
	return r.RunWithContext, x
}

func ourReflector(t *testing.T, w *server, pageSize int64, watchList bool) (func(context.Context), indexer) {
	source := w.source().(overHTTP)
	source.options = selective
	lw, err := source.ours()
	require.NoError(t, err)
	x := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{})
	r := reflector.NewReflector(reflector.ToListWatcherWithWatchListSemantics(lw, semantics{watchList}), &corev1.Pod{}, x, 0)
	r.WatchListPageSize = pageSize
	return r.RunWithContext, x
}
