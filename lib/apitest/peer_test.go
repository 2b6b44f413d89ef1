package apitest_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"client-go-workbook/lib/apitest"
)

// peer is a client that does nothing but HTTP.
type peer struct {
	t    testing.TB
	base string
	http *http.Client
}

func peerOf(t testing.TB, srv *apitest.Server) peer { return peer{t, srv.URL, srv.Client()} }

// reply is a response that has been read.
type reply struct {
	t      testing.TB
	code   int
	header http.Header
	body   []byte
}

// do sends a request; headers are name, value, name, value…
func (p peer) do(method, path, body string, headers ...string) reply {
	p.t.Helper()
	resp := p.open(p.t.Context(), method, path, body, headers...)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	return reply{p.t, resp.StatusCode, resp.Header, raw}
}

func (p peer) get(path string) reply { p.t.Helper(); return p.do("GET", path, "") }

func (p peer) patch(path string, kind, body string) reply {
	p.t.Helper()
	return p.do("PATCH", path, body, "Content-Type", kind)
}

func (p peer) open(ctx context.Context, method, path, body string, headers ...string) *http.Response {
	p.t.Helper()
	req := p.request(ctx, method, path, body, headers...)
	resp, err := p.http.Do(req)
	require.NoError(p.t, err)
	return resp
}

func (p peer) request(ctx context.Context, method, path, body string, headers ...string) *http.Request {
	p.t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, p.base+path, strings.NewReader(body))
	require.NoError(p.t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

// fails sends a request that ends without a response, and returns why.
func (p peer) fails(path string) error {
	p.t.Helper()
	resp, err := p.http.Do(p.request(p.t.Context(), "GET", path, ""))
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		resp.Body.Close()
	}
	require.Error(p.t, err)
	return err
}

func (r reply) object() *unstructured.Unstructured {
	r.t.Helper()
	obj := &unstructured.Unstructured{}
	require.NoError(r.t, json.Unmarshal(r.body, obj), "%s", r.body)
	return obj
}

func (r reply) list() *unstructured.UnstructuredList {
	r.t.Helper()
	list := &unstructured.UnstructuredList{}
	require.NoError(r.t, json.Unmarshal(r.body, list), "%s", r.body)
	return list
}

// names is what a list shows.
func (r reply) names() []string {
	r.t.Helper()
	names := []string{}
	for _, item := range r.list().Items {
		names = append(names, item.GetName())
	}
	return names
}

func (r reply) status() metav1.Status {
	r.t.Helper()
	var status metav1.Status
	require.NoError(r.t, json.Unmarshal(r.body, &status), "%s", r.body)
	require.Equal(r.t, "Status", status.Kind, "%s", r.body)
	return status
}

// outcome is "201", or for an error "409 Conflict".
func (r reply) outcome() string {
	r.t.Helper()
	if r.code < 300 {
		return fmt.Sprint(r.code)
	}
	status := r.status()
	require.EqualValues(r.t, r.code, status.Code)
	return fmt.Sprintf("%d %s", r.code, status.Reason)
}

// watching is an open watch stream.
type watching struct {
	t     testing.TB
	lines *bufio.Scanner
}

// watch opens a stream of JSON events; path has its query.
func (p peer) watch(path string) *watching {
	p.t.Helper()
	resp := p.open(p.t.Context(), "GET", path, "")
	require.Equal(p.t, http.StatusOK, resp.StatusCode)
	p.t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return &watching{p.t, lines}
}

// event is one line of a stream.
type event struct {
	Type   string
	Object unstructured.Unstructured
}

// String is "ADDED a", "BOOKMARK" or "ERROR 410 Expired".
func (e event) String() string {
	switch e.Type {
	case "BOOKMARK":
		return e.Type
	case "ERROR":
		code, _, _ := unstructured.NestedInt64(e.Object.Object, "code")
		reason, _, _ := unstructured.NestedString(e.Object.Object, "reason")
		return fmt.Sprintf("ERROR %d %s", code, reason)
	}
	return e.Type + " " + e.Object.GetName()
}

func (w *watching) next() (event, error) {
	if !w.lines.Scan() {
		return event{}, cmp.Or(w.lines.Err(), io.EOF)
	}
	return parseEvent(w.lines.Bytes())
}

func parseEvent(raw []byte) (event, error) {
	var e event
	err := json.Unmarshal(raw, &e)
	return e, err
}

// take reads n events.
func (w *watching) take(n int) []event {
	w.t.Helper()
	var events []event
	for range n {
		e, err := w.next()
		require.NoError(w.t, err)
		events = append(events, e)
	}
	return events
}

// rest reads until the stream ends in the regular way.
func (w *watching) rest() []event {
	w.t.Helper()
	var events []event
	for {
		e, err := w.next()
		if err == io.EOF {
			return events
		}
		require.NoError(w.t, err)
		events = append(events, e)
	}
}

func story(events []event) []string {
	lines := []string{}
	for _, e := range events {
		lines = append(lines, e.String())
	}
	return lines
}

// configMap makes "ns/name" or "name" (in "shop"), with labels as name, value, name, value…
func configMap(name string, labels ...string) *corev1.ConfigMap {
	cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
	if ns, rest, ok := strings.Cut(name, "/"); ok {
		cm.Namespace, cm.Name = ns, rest
	}
	for i := 0; i < len(labels); i += 2 {
		metav1.SetMetaDataLabel(&cm.ObjectMeta, labels[i], labels[i+1])
	}
	return cm
}

// attempt is the code of a response, or "broken".
func (p peer) attempt(path string) string {
	p.t.Helper()
	resp, err := p.http.Do(p.request(p.t.Context(), "GET", path, ""))
	if err != nil {
		return "broken"
	}
	defer resp.Body.Close()
	if _, err = io.ReadAll(resp.Body); err != nil {
		return "broken"
	}
	return fmt.Sprint(resp.StatusCode)
}
