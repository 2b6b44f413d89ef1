package rest_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/rest"
)

// reply is a handler that always gives the same answer.
func reply(code int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil // or net/http would guess
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func getPod(c *rest.RESTClient) *rest.Request {
	return c.Get().Namespace("shop").Resource("pods").Name("web")
}

func TestAnObjectComesBackInEitherFormat(t *testing.T) {
	want := newPod()
	for _, contentType := range []string{jsonType, protobufType, jsonType + "; charset=utf-8", ""} {
		t.Run(contentType, func(t *testing.T) {
			encoding, _, _ := strings.Cut(contentType, ";")
			if encoding == "" {
				encoding = jsonType // what a client that chose nothing assumes
			}
			c := serve(t, reply(201, contentType, string(encode(t, encoding, want))))

			var pod corev1.Pod
			var code int
			var created bool
			var got string
			result := getPod(c).Do(t.Context()).StatusCode(&code).WasCreated(&created).ContentType(&got)
			require.NoError(t, result.Error())
			require.NoError(t, result.Into(&pod))
			require.Equal(t, want.ObjectMeta, pod.ObjectMeta)
			require.Equal(t, 201, code)
			require.True(t, created)
			require.True(t, strings.HasPrefix(got, encoding), got)

			obj, err := result.Get()
			require.NoError(t, err)
			require.Equal(t, want.ObjectMeta, obj.(*corev1.Pod).ObjectMeta)
			raw, err := result.Raw()
			require.NoError(t, err)
			require.Equal(t, encode(t, encoding, want), raw)
			data, err := getPod(c).DoRaw(t.Context())
			require.NoError(t, err)
			require.Equal(t, raw, data)
		})
	}
}

func TestAServerWithoutProtobufAnswersInJSON(t *testing.T) {
	var accept string
	c := serve(t, func(w http.ResponseWriter, req *http.Request) {
		accept = req.Header.Get("Accept")
		reply(200, jsonType, podJSON)(w, req)
	})
	var pod corev1.Pod
	require.NoError(t, getPod(c).UseProtobufAsDefault().Do(t.Context()).Into(&pod))
	require.Equal(t, protobufType+","+jsonType, accept)
	require.Equal(t, "web", pod.Name)
}

func TestAnswersMayBeCompressed(t *testing.T) {
	first := frames(t, jsonType, lifetime()[0])
	c := serve(t, func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("Accept-Encoding") != "gzip" {
			t.Error("the client should ask for gzip")
		}
		w.Header().Set("Content-Type", jsonType)
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		defer zip.Close()
		if !strings.HasSuffix(req.URL.Path, "/watch") {
			_, _ = io.WriteString(zip, podJSON)
			return
		}
		_, _ = zip.Write(first)
		_ = zip.Flush()
		_ = http.NewResponseController(w).Flush()
		<-req.Context().Done()
	})
	var pod corev1.Pod
	require.NoError(t, getPod(c).Do(t.Context()).Into(&pod))
	require.Equal(t, "web", pod.Name)

	w, err := getPod(c).Suffix("watch").Watch(t.Context())
	require.NoError(t, err)
	require.Equal(t, "ADDED web@1\n", story([]watch.Event{<-w.ResultChan()}))
	w.Stop()
}

const statusJSON = `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"AlreadyExists",` +
	`"message":"pods \"web\" already exists","code":409,"details":{"name":"web","kind":"pods"}}`

func TestTheServersStatusIsTheError(t *testing.T) {
	status := apierrors.NewConflict(schema.GroupResource{Resource: "pods"}, "web", errors.New("it moved on")).ErrStatus
	unversioned := strings.Replace(statusJSON, `"apiVersion":"v1",`, "", 1)
	for name, c := range map[string]struct {
		contentType, body string
		is                func(error) bool
		want              string
	}{
		"JSON":            {jsonType, statusJSON, apierrors.IsAlreadyExists, `pods "web" already exists`},
		"without version": {jsonType, unversioned, apierrors.IsAlreadyExists, `pods "web" already exists`},
		"protobuf":        {protobufType, string(encode(t, protobufType, &status)), apierrors.IsConflict, "it moved on"},
	} {
		t.Run(name, func(t *testing.T) {
			result := getPod(serve(t, reply(409, c.contentType, c.body))).Do(t.Context())
			for how, err := range map[string]error{
				"Error": result.Error(), "Into": result.Into(&corev1.Pod{}),
				"Get": second(result.Get()), "Raw": second(result.Raw()),
			} {
				require.True(t, c.is(err), "%s: %v", how, err)
				require.ErrorContains(t, err, c.want, how)
				require.False(t, apierrors.IsUnexpectedServerError(err))
			}
			raw, _ := result.Raw()
			require.Equal(t, c.body, string(raw), "the body is there too")
		})
	}
}

func second[T any](_ T, err error) error { return err }

func TestAnErrorWithoutAStatus(t *testing.T) {
	page := "\n<html>" + strings.Repeat("very sorry ", 1000) + "</html>"
	hasNoReason := func(err error) bool { return apierrors.ReasonForError(err) == metav1.StatusReasonUnknown }
	for name, c := range map[string]struct {
		code              int
		contentType, body string
		is                func(error) bool
		cause             string
	}{
		"500 with a page of HTML":     {500, "text/html; charset=utf-8", page, apierrors.IsInternalError, strings.TrimSpace(page[:2048])},
		"404 without a body":          {404, jsonType, "", apierrors.IsNotFound, "unknown"},
		"404 without a type":          {404, "", " no such thing ", apierrors.IsNotFound, "no such thing"},
		"403 in plain words":          {403, "text/plain", "go away", apierrors.IsForbidden, "go away"},
		"401 with JSON of our own":    {401, jsonType, `{"error":"who are you"}`, apierrors.IsUnauthorized, "unknown"},
		"410 in a type nobody knows":  {410, "application/x-nothing", "?", hasNoReason, "unknown"},
		"409 with a body cut short":   {409, jsonType, statusJSON[:40], apierrors.IsConflict, "unknown"},
		"406 in plain words":          {406, "text/plain", "only these: a/b", apierrors.IsNotAcceptable, "only these: a/b"},
		"415 in plain words":          {415, "text/plain", "not that", apierrors.IsUnsupportedMediaType, "not that"},
		"504 from a proxy":            {504, "text/plain", "slow", apierrors.IsTimeout, "slow"},
		"503 with a broken type":      {503, "text/", "x", apierrors.IsServiceUnavailable, "unknown"},
		"304 isn't a success":         {304, "", "", hasNoReason, ""},
		"a Status that says Success":  {500, jsonType, `{"kind":"Status","apiVersion":"v1","status":"Success"}`, apierrors.IsInternalError, "unknown"},
		"a Pod in place of a Status":  {422, jsonType, podJSON, apierrors.IsInvalid, "unknown"},
		"protobuf that is none":       {400, protobufType, "k8s\x00\xff\xff\xff", apierrors.IsBadRequest, "unknown"},
		"an empty object, by default": {400, jsonType, `{}`, apierrors.IsBadRequest, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			client := serve(t, reply(c.code, c.contentType, c.body))
			_, rawErr := getPod(client).DoRaw(t.Context())
			for how, err := range map[string]error{
				"Do":     getPod(client).Do(t.Context()).Error(),
				"DoRaw":  rawErr,
				"Stream": second(getPod(client).Stream(t.Context())),
				"Watch":  second(getPod(client).Watch(t.Context())),
			} {
				require.True(t, c.is(err), "%s: %v", how, err)
				require.True(t, apierrors.IsUnexpectedServerError(err), how)
				var status apierrors.APIStatus
				require.ErrorAs(t, err, &status)
				require.EqualValues(t, c.code, status.Status().Code)
				require.Equal(t, "web", status.Status().Details.Name)
				require.Equal(t, "pods", status.Status().Details.Kind)
				require.Equal(t, c.cause, status.Status().Details.Causes[0].Message, how)
			}
		})
	}
}

func TestAnErrorNamesWhatWasAskedFor(t *testing.T) {
	c := serve(t, reply(404, "text/plain", "404 page not found"))
	const notFound = "the server could not find the requested resource"
	for _, test := range []struct {
		request *rest.Request
		want    string
	}{
		{c.Get().Namespace("shop").Resource("gadgets"), notFound + " (get gadgets)"},
		{c.Get().Namespace("shop").Resource("gadgets").Name("one"), notFound + " (get gadgets one)"},
		{c.Get().AbsPath("/apis/example.com/v1/gadgets"), notFound + " (get /apis/example.com/v1/gadgets)"},
	} {
		err := test.request.Do(t.Context()).Error()
		require.True(t, apierrors.IsNotFound(err))
		require.EqualError(t, err, test.want)
	}
}

func TestDoRawReturnsTheBodyOfAnError(t *testing.T) {
	data, err := getPod(serve(t, reply(409, jsonType, statusJSON))).DoRaw(t.Context())
	require.True(t, apierrors.IsConflict(err), "it looks at the code only: %v", err)
	require.Equal(t, statusJSON, string(data))
}

func TestASuccessThatCannotBeRead(t *testing.T) {
	failed := `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","message":"too old"}`
	for name, c := range map[string]struct {
		contentType, body string
		want              string
	}{
		"nothing":            {jsonType, "", "0-length response with status code: 200 and content type: application/json"},
		"not JSON":           {jsonType, "<html>", "couldn't get version/kind"},
		"no kind":            {jsonType, "{}", ""},
		"another kind":       {jsonType, `{"kind":"Node","apiVersion":"v1"}`, "the server answered with *v1.Node, which doesn't go into *v1.Pod"},
		"an unknown kind":    {jsonType, `{"kind":"Unicorn","apiVersion":"v1"}`, "Unicorn"},
		"an unknown type":    {"application/x-nothing", "?", "serializer for application/x-nothing doesn't exist"},
		"a broken type":      {"application/", "?", "content type"},
		"a failure with 200": {jsonType, failed, "too old"},
	} {
		t.Run(name, func(t *testing.T) {
			err := getPod(serve(t, reply(200, c.contentType, c.body))).Do(t.Context()).Into(&corev1.Pod{})
			if c.want == "" {
				require.NoError(t, err, "the object says what kind it expects")
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestAFailureInPlaceOfAnObject(t *testing.T) {
	c := serve(t, reply(200, jsonType, statusJSON))
	obj, err := getPod(c).Do(t.Context()).Get()
	require.True(t, apierrors.IsAlreadyExists(err), "%v", err)
	require.Nil(t, obj)
	require.True(t, apierrors.IsAlreadyExists(getPod(c).Do(t.Context()).Into(nil)))
}

func TestAStatusOfSuccessIsNoError(t *testing.T) {
	c := serve(t, reply(200, jsonType, `{"kind":"Status","apiVersion":"v1","status":"Success"}`))
	require.NoError(t, getPod(c).Do(t.Context()).Into(&corev1.Pod{}), "the answer to a delete")
	require.NoError(t, getPod(c).Do(t.Context()).Into(nil))
	require.NoError(t, getPod(serve(t, reply(200, jsonType, podJSON))).Do(t.Context()).Into(nil))
}

// wild serves each connection by hand, for what an http.Handler can't do wrong.
func wild(t *testing.T, talk func(net.Conn)) *rest.RESTClient {
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		talk(conn)
	})
}

func TestABodyCutInMidRead(t *testing.T) {
	for name, head := range map[string]string{
		"with a length": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n" + podJSON[:20],
		"in chunks":     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n" + podJSON[:10],
		"a huge length": "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4611686018427387904\r\n\r\n" + podJSON[:20],
	} {
		t.Run(name, func(t *testing.T) {
			c := wild(t, func(conn net.Conn) { _, _ = io.WriteString(conn, head) })
			err := getPod(c).Do(t.Context()).Into(&corev1.Pod{})
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.ErrorContains(t, err, `get pods "web" in "shop": unexpected error when reading response body`)
			_, err = getPod(c).DoRaw(t.Context())
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
		})
	}
}

func TestAConnectionThatIsReset(t *testing.T) {
	var attempts atomic.Int32
	c := wild(t, func(conn net.Conn) {
		if attempts.Add(1) == 1 {
			_ = conn.(*net.TCPConn).SetLinger(0) // Close sends RST
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n"+podJSON)
	})
	require.Error(t, c.Post().MaxRetries(1).Do(t.Context()).Error(), "a write isn't repeated")
	require.EqualValues(t, 1, attempts.Load())
	attempts.Store(0)
	require.NoError(t, getPod(c).MaxRetries(1).BackOffWithContext(&impatient{}).Do(t.Context()).Into(&corev1.Pod{}))
	require.EqualValues(t, 2, attempts.Load())
}

func TestNobodyListens(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	err := getPod(newClient(t, server.URL, &http.Transport{})).Do(t.Context()).Error()
	require.ErrorContains(t, err, "connection refused")
	require.ErrorContains(t, err, "/api/v1/namespaces/shop/pods/web")
}

func TestAServerThatHangs(t *testing.T) {
	arrived := make(chan struct{})
	c := serve(t, func(_ http.ResponseWriter, req *http.Request) {
		close(arrived)
		<-req.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	require.ErrorIs(t, getPod(c).Do(ctx).Error(), context.Canceled)
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	connections := map[string]bool{}
	answers := []http.HandlerFunc{
		reply(429, "text/plain", strings.Repeat("x", 2000)), reply(500, "text/html", "<html>"), reply(200, jsonType, podJSON),
	}
	requests := 0
	c := serve(t, func(w http.ResponseWriter, req *http.Request) {
		connections[req.RemoteAddr] = true
		w.Header().Set("Retry-After", "0")
		answers[requests%len(answers)](w, req)
		requests++
	})
	require.NoError(t, getPod(c).Do(t.Context()).Error())
	require.NoError(t, getPod(c).Do(t.Context()).Error())
	require.Equal(t, 6, requests)
	require.Len(t, connections, 1)
}

func TestStream(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Warning", `299 - "mind the gap"`)
		_, _ = io.WriteString(w, "line 1\n")
		_ = http.NewResponseController(w).Flush()
		_, _ = io.WriteString(w, "line 2\n")
	})
	var warnings strings.Builder
	writer := rest.NewWarningWriter(&warnings, rest.WarningWriterOptions{})
	log, err := getPod(c).SubResource("log").WarningHandler(writer).Stream(t.Context())
	require.NoError(t, err)
	data, err := io.ReadAll(log)
	require.NoError(t, err)
	require.NoError(t, log.Close())
	require.Equal(t, "line 1\nline 2\n", string(data))
	require.Equal(t, "Warning: mind the gap\n", warnings.String())
}

func TestAStreamThatIsRefused(t *testing.T) {
	_, err := getPod(serve(t, reply(409, jsonType, statusJSON))).Stream(t.Context())
	require.True(t, apierrors.IsAlreadyExists(err), "%v", err)

	s := &script{t: t, answers: []answer{{code: 101, body: "up"}}}
	_, err = getPod(newClient(t, "http://kube.example", s)).Stream(t.Context())
	require.ErrorContains(t, err, "status 101")
}
