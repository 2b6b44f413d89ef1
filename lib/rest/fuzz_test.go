package rest_test

import (
	"bytes"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/watch"
)

// FuzzURL: whatever the names are, either the request is refused, or its path has the places that it should have.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{
		"web", "", ".", "..", "a/b", "%2e%2e", "a b", "?x=1", "#", "\\..\\", "\x00", "ü", "a;b", "//", "....", ":80@evil",
	} {
		f.Add("shop", "pods", seed, "log")
		f.Add(seed, "pods", "web", seed)
		f.Add("", seed, "web", "")
	}
	f.Fuzz(func(t *testing.T, namespace, resource, name, subresource string) {
		r := get(t).Namespace(namespace).Resource(resource).Name(name).SubResource(subresource)
		if r.Error() != nil {
			return
		}
		u, err := url.Parse(r.URL().String())
		require.NoError(t, err)
		require.Equal(t, "kube.example", u.Host)
		require.Empty(t, u.RawQuery)
		require.Empty(t, u.Fragment)
		require.Equal(t, u.Path, path.Clean(u.Path), "nothing in it steps aside")

		want := []string{"", "api", "v1"}
		if namespace != "" {
			want = append(want, "namespaces", namespace)
		}
		for _, segment := range []string{strings.ToLower(resource), name, subresource} {
			if segment != "" {
				want = append(want, segment)
			}
		}
		require.Equal(t, want, strings.Split(u.Path, "/"))
	})
}

// FuzzWarnings: what a server puts into a header can't break a terminal or fill the memory.
func FuzzWarnings(f *testing.F) {
	for _, seed := range []string{
		`299 - "a"`, `299 - "a", 214 b "c" "date"`, `299 - "=?utf-8?q?=1b?="`, `299 - "\"\\"`, `,,,`, `299 `, "299 - \"\x9b\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		l := &listener{}
		s := &script{t: t, answers: []answer{warn(200, header, header)}}
		warnings := newClient(t, "http://kube.example", s).Get().WarningHandler(l).Do(t.Context()).Warnings()
		require.Len(t, l.heard, len(warnings))
		require.LessOrEqual(t, len(warnings), 64)
		for _, w := range warnings {
			require.LessOrEqual(t, len(w.Text), 4096)
			require.True(t, utf8.ValidString(w.Text+w.Agent))
			require.False(t, strings.ContainsFunc(w.Text+w.Agent, unicode.IsControl))
		}
	})
}

// FuzzWatch: whatever a server streams, a watch ends, with an error event as its last one or with none, and its body is
// closed.
func FuzzWatch(f *testing.F) {
	for _, contentType := range []string{jsonType, protobufType} {
		data := frames(f, contentType, lifetime()...)
		f.Add(contentType == jsonType, data)
		for _, cut := range []int{1, 5, len(data) / 2, len(data) - 1} {
			f.Add(contentType == jsonType, data[:cut])
			flipped := bytes.Clone(data)
			flipped[cut] ^= 0x55
			f.Add(contentType == jsonType, flipped)
		}
	}
	f.Add(true, []byte(`{"type":"ADDED","object":{"kind":"Status"}}`))
	f.Add(false, []byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, isJSON bool, data []byte) {
		contentType := protobufType
		if isJSON {
			contentType = jsonType
		}
		stream := &body{Reader: bytes.NewReader(data)}
		for _, event := range drainWatch(watchStream(t, t.Context(), contentType, stream)) {
			require.NotNil(t, event.Object)
			require.Contains(t, []watch.EventType{watch.Added, watch.Modified, watch.Deleted, watch.Bookmark, watch.Error}, event.Type)
		}
		require.True(t, stream.closed.Load())
		sameByShortcut(t, contentType, data)
	})
}

// FuzzResponse: whatever a server answers, there is an object or an error, and no panic.
func FuzzResponse(f *testing.F) {
	f.Add(200, jsonType, "", []byte(podJSON))
	f.Add(409, jsonType, "1", []byte(statusJSON))
	f.Add(200, jsonType, "", []byte(statusJSON))
	f.Add(500, "text/html; charset=x", "-1", []byte("<html>"))
	f.Add(200, protobufType, "", encode(f, protobufType, newPod()))
	f.Fuzz(func(t *testing.T, code int, contentType, retryAfter string, data []byte) {
		header := http.Header{"Content-Type": {contentType}, "Retry-After": {retryAfter}}
		s := &script{t: t, answers: []answer{{code: code, header: header, body: string(data)}}}
		result := newClient(t, "http://kube.example", s).Get().Resource("pods").MaxRetries(0).Do(t.Context())
		obj, err := result.Get()
		require.True(t, (obj == nil) == (err != nil), "%v, %v", obj, err)
		if result.Error() != nil {
			require.Equal(t, err, result.Error())
		}
	})
}
