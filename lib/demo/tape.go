package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"client-go-workbook/lib/rest/transport"
)

// tape records the HTTP conversation of a stage's clients: one line a request,
// or with verbose each header and body too.
type tape struct {
	verbose bool

	mu    sync.Mutex
	lines []string
}

// cut returns what was recorded since the last cut. Equal requests in a row are one
// line.
func (t *tape) cut() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines
	t.lines = nil
	if t.verbose {
		return lines
	}
	var told []string
	for len(lines) > 0 {
		n := 1
		for n < len(lines) && lines[n] == lines[0] {
			n++
		}
		line := lines[0]
		if n > 1 {
			line = fmt.Sprintf("%s  (%d times)", line, n)
		}
		told = append(told, line)
		lines = lines[n:]
	}
	return told
}

func (t *tape) add(lines ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, lines...)
}

// record is a rest.Config's transport wrapper.
func (t *tape) record(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		if !t.verbose {
			resp, err := next.RoundTrip(req)
			t.add(summary(req, resp, err))
			return resp, err
		}
		asked := append([]string{"> " + req.Method + " " + req.URL.RequestURI()}, headers(">", req.Header)...)
		secret := transport.HoldsCredentials(req.URL.Path)
		if req.GetBody != nil && !secret {
			if body, err := req.GetBody(); err == nil {
				asked = append(asked, bodyLines(">", body)...)
			}
		}
		t.add(asked...)

		resp, err := next.RoundTrip(req)
		if err != nil {
			t.add("< "+err.Error(), "")
			return nil, err
		}
		defer t.add("") // between this exchange and the next
		t.add(append([]string{"< " + resp.Status}, headers("<", resp.Header)...)...)
		if secret {
			t.add("< (not shown: it may hold credentials)")
			return resp, nil
		}
		if req.URL.Query().Get("watch") != "" {
			if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
				resp.Body = &frames{ReadCloser: resp.Body, tape: t}
			}
			return resp, nil
		}
		all, readErr := io.ReadAll(resp.Body)
		resp.Body.Close()
		// The client sees what it would have seen: these bytes, then this error.
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(all), failing{readErr}))
		t.add(bodyLines("<", bytes.NewReader(all))...)
		return resp, nil
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// summary tells a request and its answer in one line, folded if it is long:
// "GET    200 json      /api/v1/pods?limit=2".
func summary(req *http.Request, resp *http.Response, err error) string {
	if err != nil {
		return fmt.Sprintf("%-6s failed        %s: %v", req.Method, readable(req.URL), err)
	}
	format := ""
	for _, codec := range []string{"json", "protobuf"} {
		if strings.Contains(resp.Header.Get("Content-Type"), codec) {
			format = codec
		}
	}
	return fold(fmt.Sprintf("%-6s %d %-8s  %s", req.Method, resp.StatusCode, format, readable(req.URL)))
}

// requestWidth is how much of a terminal's 80 columns page leaves to requests.
const requestWidth = 80 - verbColumn - 2

// fold puts the parameters of a request that is too wide on lines of their own.
func fold(request string) string {
	path, params, found := strings.Cut(request, "?")
	if !found || utf8.RuneCountInString(request) <= requestWidth {
		return request
	}
	var lines []string
	line, mark := path, "?"
	for param := range strings.SplitSeq(params, "&") {
		if mark == "?" || utf8.RuneCountInString(line+mark+param) > requestWidth {
			lines = append(lines, line)
			line = "       " // beneath the status
		}
		line += mark + param
		mark = "&"
	}
	return strings.Join(append(lines, line), "\n")
}

// readable is a URL's path and parameters for people: not escaped, and without the
// tail of values that only a machine reads.
func readable(u *url.URL) string {
	var params []string
	for name, values := range u.Query() {
		for _, value := range values {
			if len(value) > 40 {
				value = "…"
			}
			params = append(params, name+"="+value)
		}
	}
	if len(params) == 0 {
		return u.Path
	}
	slices.Sort(params)
	return u.Path + "?" + strings.Join(params, "&")
}

// headers prints a header a line, sorted; values that open doors are masked.
func headers(mark string, h http.Header) []string {
	var lines []string
	masked := transport.MaskedHeaders(h)
	for name, values := range h {
		value := strings.Join(values, ", ")
		if !slices.Equal(values, masked[name]) {
			value = "(masked)"
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", mark, name, value))
	}
	slices.Sort(lines)
	return lines
}

const (
	bodyMost = 20  // lines of a body that are shown
	lineMost = 160 // bytes of a line that are shown
)

// bodyLines prints a body: JSON indented, other text as it is, anything else as
// its size.
func bodyLines(mark string, body io.Reader) []string {
	all, err := io.ReadAll(body)
	if err != nil || len(all) == 0 {
		return nil
	}
	var indented bytes.Buffer
	switch {
	case json.Indent(&indented, bytes.TrimSpace(all), "", "  ") == nil:
		all = indented.Bytes()
	case bytes.HasPrefix(all, []byte("k8s\x00")):
		return []string{fmt.Sprintf("%s (protobuf, %d bytes)", mark, len(all))}
	case !utf8.Valid(all):
		return []string{fmt.Sprintf("%s (%d bytes)", mark, len(all))}
	}
	lines := strings.Split(strings.Trim(string(all), "\n"), "\n")
	more := len(lines) - bodyMost
	if more > 0 {
		lines = lines[:bodyMost]
	}
	for i, line := range lines {
		lines[i] = mark + " " + shorten(line)
	}
	if more > 0 {
		lines = append(lines, fmt.Sprintf("%s … (%d more lines)", mark, more))
	}
	return lines
}

func shorten(line string) string {
	if len(line) <= lineMost {
		return line
	}
	return strings.ToValidUTF8(line[:lineMost], "") + " …"
}

// frames shows a watch stream of JSON lines as it is read. They are marked: they
// come whenever there is news, also in the middle of another exchange.
type frames struct {
	io.ReadCloser
	tape    *tape
	partial []byte
}

func (f *frames) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	f.partial = append(f.partial, p[:n]...)
	for {
		line, rest, whole := bytes.Cut(f.partial, []byte("\n"))
		if !whole {
			return n, err
		}
		f.tape.add("< (watch) " + shorten(string(line)))
		f.partial = rest
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}
