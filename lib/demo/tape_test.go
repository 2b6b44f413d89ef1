// The tape is not exported, so its tests are in its package.
package demo

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// converse sends one request through a tape to a server that answers with header
// X-Reply and body, and returns what the client read and what the tape holds.
func converse(t *testing.T, verbose bool, path, asked, contentType, answer string, header http.Header) (string, string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Set-Cookie", "session=opensesame")
		io.WriteString(w, answer)
	}))
	defer server.Close()
	tp := &tape{verbose: verbose}
	client := &http.Client{Transport: tp.record(server.Client().Transport)}
	req, err := http.NewRequest("POST", server.URL+path, strings.NewReader(asked))
	require.NoError(t, err)
	req.Header = header
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return string(read), strings.Join(tp.cut(), "\n")
}

func TestTapeTellsEachRequestInALine(t *testing.T) {
	read, told := converse(t, false, "/api/v1/pods?limit=2", "{}", "application/json", `{"a":1}`, http.Header{})
	require.Equal(t, `{"a":1}`, read)
	require.Equal(t, "POST   200 json      /api/v1/pods?limit=2", told)
}

func TestTapeFoldsWhatIsTooWide(t *testing.T) {
	path := "/api/v1/namespaces/ch02-reflector-vg6fq/configmaps?allowWatchBookmarks=true&resourceVersion=320&timeout=6m35s&timeoutSeconds=395"
	_, told := converse(t, false, path, "{}", "application/json", "", http.Header{})
	require.Equal(t, `POST   200 json      /api/v1/namespaces/ch02-reflector-vg6fq/configmaps
       ?allowWatchBookmarks=true&resourceVersion=320&timeout=6m35s
       &timeoutSeconds=395`, told)

	_, told = converse(t, false, "/api/v1/pods?x="+strings.Repeat("x", 32), "{}", "application/json", "", http.Header{})
	require.Len(t, told, requestWidth, "just fits")
	require.NotContains(t, told, "\n")
}

func TestTapeIsForPeople(t *testing.T) {
	path := "/api/v1/pods?labelSelector=a%3Db&continue=" + strings.Repeat("x", 100)
	_, told := converse(t, false, path, "{}", "application/vnd.kubernetes.protobuf", "", http.Header{})
	require.Equal(t, "POST   200 protobuf  /api/v1/pods?continue=…&labelSelector=a=b", told)

	tp := &tape{}
	tp.add("a", "a", "b", "a")
	require.Equal(t, []string{"a  (2 times)", "b", "a"}, tp.cut())
	require.Empty(t, tp.cut(), "what is cut is gone")
}

func TestVerboseTapeTellsHeadersAndBodies(t *testing.T) {
	read, told := converse(t, true, "/api/v1/pods", `{"kind":"Pod"}`, "application/json", `{"a":1}`, http.Header{"Accept": {"application/json"}})
	require.Equal(t, `{"a":1}`, read, "the client reads what the server sent")
	for _, line := range []string{"> POST /api/v1/pods", "> Accept: application/json", `>   "kind": "Pod"`, "< 200 OK", `<   "a": 1`} {
		require.Contains(t, told, line)
	}
}

func TestVerboseTapeShortensLongBodies(t *testing.T) {
	long := strings.Repeat("line\n", 100)
	read, told := converse(t, true, "/logs", "", "text/plain", long, http.Header{})
	require.Equal(t, long, read)
	require.Equal(t, bodyMost, strings.Count(told, "< line"))
	require.Contains(t, told, "\n< … (80 more lines)\n")

	_, told = converse(t, true, "/api/v1/pods", "", "application/json", `{"items":[`+strings.Repeat("0,", 99)+"0]}", http.Header{})
	require.Contains(t, told, "\n< … (84 more lines)\n", "of the 104 that the indented body has")

	_, told = converse(t, true, "/api/v1/pods", "", "application/vnd.kubernetes.protobuf", "k8s\x00\x01\x02", http.Header{})
	require.Contains(t, told, "< (protobuf, 6 bytes)")
}

func TestVerboseTapeKeepsExchangesApart(t *testing.T) {
	_, told := converse(t, true, "/apply", "\nkind: Pod\n", "application/json", "{}", http.Header{})
	require.Contains(t, told, "\n> kind: Pod\n< 200 OK\n", "no empty lines within one")
	require.True(t, strings.HasSuffix(told, "\n< {}\n"), "an empty line after each: %q", told)
}

func TestVerboseTapeMarksWhatAWatchTells(t *testing.T) {
	read, told := converse(t, true, "/api/v1/pods?watch=true", "", "application/json", `{"type":"ADDED"}`+"\n", http.Header{})
	require.Equal(t, `{"type":"ADDED"}`+"\n", read)
	require.Contains(t, told, `< (watch) {"type":"ADDED"}`, "it may come in the middle of another request's answer")
}

func TestVerboseTapeMasksCredentials(t *testing.T) {
	header := http.Header{
		"Authorization":       {"Bearer opensesame"},
		"Proxy-Authorization": {"Basic opensesame"},
		"Cookie":              {"session=opensesame"},
	}
	_, told := converse(t, true, "/api/v1/pods", "{}", "application/json", "{}", header)
	require.Contains(t, told, "> Authorization: (masked)")
	require.NotContains(t, told, "opensesame")

	for _, path := range []string{
		"/api/v1/namespaces/x/secrets/y", "/api/v1/namespaces/x/serviceaccounts/y/token", "/apis/authentication.k8s.io/v1/tokenreviews",
	} {
		read, told := converse(t, true, path, `{"data":"opensesame"}`, "application/json", `{"data":"opensesame"}`, http.Header{})
		require.Contains(t, read, "opensesame", "the client still reads it")
		require.NotContains(t, told, "opensesame", path)
	}
}
