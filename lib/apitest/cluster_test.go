package apitest_test

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
)

// One script, played to this server and to a real one, must have the same record.
// It leaves out what a real server answers with a 500 of its own making, and this one with 400: a create
// with a resourceVersion, and a watch from a resourceVersion that is no number. It also leaves out what has expired,
// for a real server forgets when it wants to.
func TestBehavesLikeARealServer(t *testing.T) {
	cfg := cluster.ForTest(t)
	client, err := rest.HTTPClientFor(cfg)
	require.NoError(t, err)
	t.Cleanup(client.CloseIdleConnections)
	truth := peer{t, strings.TrimSuffix(cfg.Host, "/"), client}
	namespace := cluster.NamespaceForTest(t, cfg)

	srv := apitest.Start(t, apitest.Config{})
	fake := peerOf(t, srv)

	require.Equal(t, record(t, truth, namespace), record(t, fake, namespace))
}

// record plays the script, and returns a line for each thing that it saw.
func record(t *testing.T, p peer, namespace string) []string {
	s := &script{t: t, peer: p, base: "/api/v1/namespaces/" + namespace}
	s.writes()
	s.patches()
	s.status(namespace)
	s.lists()
	s.future()
	s.watches()
	s.starts()
	s.wrongRequests()
	return s.lines
}

type script struct {
	t     *testing.T
	peer  peer
	base  string // ends with the namespace
	lines []string
}

func (s *script) note(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// do sends a request below base and notes its outcome.
func (s *script) do(method, path, body string, headers ...string) reply {
	s.t.Helper()
	r := s.peer.do(method, s.base+path, body, headers...)
	s.note("%s %s: %s", method, path, r.outcome())
	return r
}

// variable is what differs from one server to the next in the text of an error.
var variable = regexp.MustCompile(`current: \d+|\(.*`)

// remove deletes a secret and lists those that are left. What may be old a real server tells from its cache, and before it
// answers that list, the cache has heard of the deletion.
func (s *script) remove(name string) {
	s.t.Helper()
	s.do("DELETE", "/secrets/"+name, "")
	s.note("left: %v", s.peer.get(s.base+"/secrets").names())
}

// details notes what an error says about its object.
func (s *script) details(r reply) {
	status := r.status()
	if d := status.Details; d != nil {
		message := variable.ReplaceAllString(status.Message, "…")
		s.note("  %s | kind %q name %q group %q retry %d", message, d.Kind, d.Name, d.Group, d.RetryAfterSeconds)
		for _, cause := range d.Causes {
			s.note("  cause %s", cause.Type)
		}
	}
}

func secret(name, labels string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Secret","metadata":{"name":%q,"labels":{%s}}}`, name, labels)
}

const mergePatch = "application/merge-patch+json"

func (s *script) writes() {
	a := s.do("POST", "/secrets", secret("a", ""))
	s.details(s.do("POST", "/secrets", secret("a", "")))
	s.details(s.do("GET", "/secrets/none", ""))
	s.details(s.do("PUT", "/secrets/none", secret("none", "")))
	s.details(s.do("DELETE", "/secrets/none", ""))

	same := s.do("PUT", "/secrets/a", string(a.body))
	s.note("no change, same version: %t", same.object().GetResourceVersion() == a.object().GetResourceVersion())
	s.do("PUT", "/secrets/a", secret("a", `"l":"1"`))
	s.details(s.do("PUT", "/secrets/a", string(a.body)))
	s.do("PUT", "/secrets/b", secret("a", ""))
	s.do("PUT", "/secrets/a", secret("b", ""))
	s.do("PUT", "/secrets/a", strings.Replace(secret("a", ""), `"name"`, `"uid":"x","name"`, 1))
	s.do("POST", "/secrets", secret("", ""))
	s.do("POST", "/secrets", strings.Replace(secret("b", ""), `"name"`, `"namespace":"elsewhere","name"`, 1))
	s.do("POST", "/secrets", `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}`)
	s.do("POST", "/secrets", `{"metadata":`)

	deleted := s.do("DELETE", "/secrets/a", "")
	s.note("%s %s", deleted.status().Status, deleted.status().Details.Kind)
	s.note("collection: %s", s.do("DELETE", "/secrets", "").list().GetKind())
}

func (s *script) patches() {
	s.do("POST", "/secrets", secret("p", `"keep":"1","gone":"1"`))
	for _, patch := range [][2]string{
		{mergePatch, `{"metadata":{"labels":{"merge":"1","gone":null}}}`},
		{mergePatch, `{"metadata":{"resourceVersion":"1"}}`},
		{mergePatch, `{`},
		{"application/strategic-merge-patch+json", `{"metadata":{"labels":{"strategic":"1"}}}`},
		{"application/unknown", `{}`},
	} {
		s.do("PATCH", "/secrets/p", patch[1], "Content-Type", patch[0])
	}
	s.do("PATCH", "/secrets/none", `{}`, "Content-Type", mergePatch)
	s.note("%v", s.do("GET", "/secrets/p", "").object().GetLabels())
}

// status has an endpoint of its own.
func (s *script) status(namespace string) {
	core := s.base
	s.base = "/apis/apps/v1/namespaces/" + namespace
	defer func() { s.base = core }()
	paused := func(r reply) {
		paused, _, _ := unstructured.NestedBool(r.object().Object, "spec", "paused")
		replicas, _, _ := unstructured.NestedInt64(r.object().Object, "status", "replicas")
		s.note("  paused %t, replicas %d", paused, replicas)
	}
	paused(s.do("POST", "/deployments", `{"metadata":{"name":"d"},"spec":{"replicas":0,"selector":{"matchLabels":{"app":"d"}},
		"template":{"metadata":{"labels":{"app":"d"}},"spec":{"containers":[{"name":"c","image":"i"}]}}},"status":{"replicas":7}}`))
	paused(s.do("PATCH", "/deployments/d", `{"spec":{"paused":true},"status":{"replicas":7}}`, "Content-Type", mergePatch))
	paused(s.do("PATCH", "/deployments/d/status", `{"spec":{"paused":false}}`, "Content-Type", mergePatch))
	s.do("GET", "/deployments/d/nonsense", "")
}

func (s *script) lists() {
	s.do("DELETE", "/secrets", "")
	versions := map[string]string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		versions[name] = s.do("POST", "/secrets", secret(name, `"name":"`+name+`"`)).object().GetResourceVersion()
	}
	list := func(query string) reply {
		r := s.peer.get(s.base + "/secrets?" + query)
		for name, rv := range versions {
			query = strings.ReplaceAll(query, "="+rv, "=version of "+name)
		}
		s.note("list %s: %s", strings.Split(query, "continue=")[0], r.outcome())
		if r.code == 200 {
			l := r.list()
			s.note("  %s %v, more: %t", l.GetKind(), r.names(), l.GetContinue() != "")
		}
		return r
	}
	list("")
	list("labelSelector=name+in+(b,c)")
	list("fieldSelector=metadata.name%3Dd")
	list("fieldSelector=spec.nodeName%3Dd")
	list("labelSelector=%3D")
	list("limit=x")
	list("continue=x")
	list("resourceVersion=x")
	list("resourceVersionMatch=Exact")
	list("limit=1&labelSelector=name")
	list("limit=3&resourceVersion=0")
	s.remove("a")
	list("resourceVersionMatch=Exact&resourceVersion=" + versions["b"])
	list("resourceVersionMatch=NotOlderThan&resourceVersion=" + versions["b"])
	list("limit=9&resourceVersion=" + versions["b"])
	list("resourceVersion=" + versions["b"])

	first := list("limit=1").list()
	s.do("DELETE", "/secrets/c", "")
	token := url.QueryEscape(first.GetContinue())
	second := list("limit=1&continue=" + token)
	s.note("one state: %t", second.list().GetResourceVersion() == first.GetResourceVersion())
	list("limit=9&continue=" + url.QueryEscape(second.list().GetContinue()))
}

// future asks for versions that are yet to come.
func (s *script) future() {
	const future = "9999999999"
	s.details(s.do("GET", "/secrets?resourceVersion="+future, ""))
	s.details(s.do("GET", "/secrets?resourceVersionMatch=Exact&resourceVersion="+future, ""))
	s.watch("resourceVersionMatch=NotOlderThan&sendInitialEvents=true&resourceVersion="+future, 1, func() {})
	s.do("GET", "/secrets?watch=1&sendInitialEvents=true", "")
	s.do("GET", "/secrets?watch=1&fieldSelector=no%3Dd", "")
}

// watch opens a stream, runs what happens meanwhile, and notes n events.
func (s *script) watch(query string, n int, meanwhile func()) []event {
	s.t.Helper()
	events := s.observe(query, n, meanwhile)
	s.noteAll(events)
	return events
}

// observe returns the first n events, without bookmarks that mark nothing but a version: a real server sends one whenever some
// time has passed.
func (s *script) observe(query string, n int, meanwhile func()) (events []event) {
	s.t.Helper()
	w := s.peer.watch(s.base + "/secrets?watch=1&timeoutSeconds=20&" + query)
	meanwhile()
	for len(events) < n {
		e := w.take(1)[0]
		if e.Type != "BOOKMARK" || len(e.Object.GetAnnotations()) > 0 {
			events = append(events, e)
		}
	}
	return events
}

func (s *script) noteAll(events []event) {
	for _, e := range events {
		s.note("  %s %v %v", e, e.Object.GetLabels(), e.Object.GetAnnotations())
	}
}

func (s *script) watches() {
	start := s.peer.get(s.base + "/secrets").list().GetResourceVersion()
	s.watch("labelSelector=tier%3Dweb&resourceVersion="+start, 5, func() {
		s.do("POST", "/secrets", secret("w", `"tier":"db"`))
		s.do("PUT", "/secrets/w", secret("w", `"tier":"web"`))
		s.do("PUT", "/secrets/w", secret("w", `"tier":"web"`)) // no change, no event
		s.do("PUT", "/secrets/w", secret("w", `"tier":"web","n":"2"`))
		s.do("PUT", "/secrets/w", secret("w", `"tier":"db"`))
		s.do("PATCH", "/secrets/w", `{"metadata":{"labels":{"tier":"web"}}}`, "Content-Type", mergePatch)
		s.do("DELETE", "/secrets/w", "")
	})
	all := s.watch("resourceVersion="+start, 6, func() {})
	s.note("versions rise: %t", slices.IsSortedFunc(all, func(a, b event) int {
		return strings.Compare(fmt.Sprintf("%20s", a.Object.GetResourceVersion()), fmt.Sprintf("%20s", b.Object.GetResourceVersion()))
	}))
	s.watch("fieldSelector=metadata.name%3Dw&resourceVersion="+start, 1, func() {})
}

// starts opens a watch in each way; the sentinel is the last event of each.
func (s *script) starts() {
	const list, bookmarks = "resourceVersionMatch=NotOlderThan&sendInitialEvents=", "&allowWatchBookmarks=true"
	ways := map[string]int{
		"":                              3,
		"resourceVersion=0":             3,
		"resourceVersion=0" + bookmarks: 4,
		list + "true":                   3,
		list + "true" + bookmarks:       4,
		list + "false":                  1,
		list + "true&labelSelector=name%3Db" + bookmarks: 2,
	}
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		s.note("watch %s", way)
		events := s.observe(way, ways[way], func() { s.do("POST", "/secrets", secret("sentinel", "")) })
		sentinelFirst(events)
		s.noteAll(events)
		s.remove("sentinel")
	}
}

// sentinelFirst puts a bookmark behind the sentinel if it came right before: a real server sends the bookmark when its cache
// has come far enough, which may be before or after the sentinel was written.
func sentinelFirst(events []event) {
	n := len(events)
	if n >= 2 && events[n-2].Type == "BOOKMARK" && events[n-1].Object.GetName() == "sentinel" {
		events[n-2], events[n-1] = events[n-1], events[n-2]
	}
}

func (s *script) wrongRequests() {
	for _, path := range []string{"/nonsense", "/nonsense/a", "/secrets/b/nonsense/deeper"} {
		s.note("%s: %d", path, s.peer.get(s.base+path).code)
	}
	s.do("PUT", "/secrets", secret("b", ""))
	s.do("POST", "/secrets/b", secret("b", ""))
	s.do("PATCH", "/secrets", `{}`, "Content-Type", mergePatch)
	s.do("POST", "/secrets", "a,b", "Content-Type", "text/csv")
	s.do("GET", "/secrets", "", "Accept", "text/html")
	for _, accept := range []string{protobuf, "application/json", "*/*", protobuf + ",application/json", "application/json;as=Nonsense,application/json"} {
		s.note("%s → %s", accept, s.peer.do("GET", s.base+"/secrets/b", "", "Accept", accept).header.Get("Content-Type"))
	}
}
