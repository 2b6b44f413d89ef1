// Package reflector keeps a store equal to what the API server has of one resource.
//
//	API server                   Reflector                              store
//	    │  list, or streamed list   │  Replace(all objects, "41")          │
//	    │ ────────────────────────▶ │ ───────────────────────────────────▶ │
//	    │  watch from 41            │  Add Update Delete                   │
//	    │ ════════════════════════▶ │ ───────────────────────────────────▶ │
//	    │  410 Gone                 │
//	    │ ════════════════════════X │ ──╮ backoff, list again
//	    │                           │ ◀─╯
//
// The server can stream its state (a watch that begins with all objects, ended by a bookmark), and the Reflector
// asks for that first; where server or client can't, it lists, page by page. Either way it knows the resourceVersion
// of what it has, and goes on from there by watching. A watch that ends is started again where it ended; when the
// server doesn't remember that far back, everything starts anew.
//
// Goroutines: one for the resync timer while there is a resync period; RunWithContext and ListAndWatchWithContext
// wait for it, and for the watch that they stop.
//
// To read it: reflector.go runs, list.go and watchlist.go fetch the whole, watch.go follows the changes, events.go
// moves each of them to the store; version.go knows where it stands, errors.go what an error asks for.
//
// Upstream: tools/cache/reflector.go, listwatch.go, retry_with_deadline.go; tools/pager; util/watchlist.
// Left out: everything without a context (Run, ListAndWatch, List, Watch, WatchErrorHandler, and with them
// ToListerWatcherWithContext); ReflectorOptions.Clock, because tests have testing/synctest; metrics; the
// inconsistency detector that an environment variable turns on; ListWatch.DisableChunking, which nothing reads.
//
// Added: ListWatch.DisableWatchList; ItemLister, by which the items of a list are decoded as they arrive;
// NewListWatchForClient, a ListWatch of any typed or dynamic client that knows how to do that;
// Reflector.WatchErrorHandler, which upstream sets from inside its package.
//
// Different:
//   - if the server can't stream the newest state, from "", because the version has expired or is too large, ours
//     lists; upstream asks for the stream again at once, without end;
//   - a list that is answered by a Status with code 200 is an error; upstream takes an Unstructured one for an empty list;
//   - a list that runs when the context ends is waited for; upstream leaves it behind in a goroutine;
//   - of an ItemLister only the items are asked for, so that a ListWithContext put before one is not called.
package reflector
