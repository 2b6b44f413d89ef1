package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/net"

	"client-go-workbook/lib/rest"
)

// warn is an answer with the given Warning headers.
func warn(code int, warnings ...string) answer {
	return answer{code: code, body: podJSON, header: http.Header{"Content-Type": {jsonType}, "Warning": warnings}}
}

// listener notes what it is told.
type listener struct{ heard []string }

func (l *listener) HandleWarningHeader(code int, agent, text string) {
	l.heard = append(l.heard, fmt.Sprintf("%d %s %s", code, agent, text))
}

func TestWarningsAreParsed(t *testing.T) {
	for name, c := range map[string]struct{ headers, want []string }{
		"one":                         {[]string{`299 - "mind the gap"`}, []string{`299 - mind the gap`}},
		"quotes and backslashes":      {[]string{`299 - "a \"b\" \\ c"`}, []string{`299 - a "b" \ c`}},
		"with a date":                 {[]string{`299 kube "old" "Tue, 15 Nov 1994 08:12:31 GMT"`}, []string{`299 kube old`}},
		"two in a header":             {[]string{`299 - "a", 299 - "b"`}, []string{"299 - a", "299 - b"}},
		"two headers":                 {[]string{`299 - "a"`, `214 p "b"`}, []string{"299 - a", "214 p b"}},
		"a broken one ends a header":  {[]string{`299 - "a", oops, 299 - "b"`, `299 - "c"`}, []string{"299 - a", "299 - c"}},
		"no code":                     {[]string{`- "a"`}, nil},
		"no closing quote":            {[]string{`299 - "a`}, nil},
		"a control character":         {[]string{"299 - \"a\x1b[2Jb\""}, nil},
		"not UTF-8":                   {[]string{"299 - \"\xff\""}, nil},
		"empty":                       {[]string{""}, nil},
		"text outside ASCII":          {[]string{`299 - "Ünïcode ✓"`}, []string{"299 - Ünïcode ✓"}},
		"encoded as RFC 2047 says":    {[]string{`299 - "=?utf-8?q?=C3=BC?="`}, []string{"299 - ü"}},
		"a newline, encoded likewise": {[]string{`299 - "=?utf-8?q?a=0Ab?="`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := &listener{}
			s := &script{t: t, answers: []answer{warn(200, c.headers...)}}
			result := newClient(t, "http://kube.example", s).Get().WarningHandler(l).Do(t.Context())
			require.Equal(t, c.want, l.heard)
			require.Len(t, result.Warnings(), len(c.want))
			for i, w := range result.Warnings() {
				require.Equal(t, c.want[i], fmt.Sprintf("%d %s %s", w.Code, w.Agent, w.Text))
			}
		})
	}
}

func TestWarningsAreBounded(t *testing.T) {
	l := &listener{}
	long := strings.Repeat("ü", 10_000)
	s := &script{t: t, answers: []answer{warn(200, `299 - "`+long+`"`, strings.Repeat(`299 - "x",`, 1000))}}
	warnings := newClient(t, "http://kube.example", s).Get().WarningHandler(l).Do(t.Context()).Warnings()
	require.Len(t, warnings, 64)
	require.Len(t, l.heard, 64)
	require.LessOrEqual(t, len(warnings[0].Text), 4096)
	require.Greater(t, len(warnings[0].Text), 4090)
	require.True(t, utf8.ValidString(warnings[0].Text))
	require.True(t, strings.HasSuffix(warnings[0].Text, "ü…"))
}

func TestErrorsWarnTooButRetriesDoNot(t *testing.T) {
	l := &listener{}
	first := warn(429, `299 - "first"`)
	first.header.Set("Retry-After", "0")
	s := &script{t: t, answers: []answer{first, warn(404, `299 - "second"`)}}
	result := newClient(t, "http://kube.example", s).Get().WarningHandler(l).Do(t.Context())
	require.Error(t, result.Error())
	require.Equal(t, []net.WarningHeader{{Code: 299, Agent: "-", Text: "second"}}, result.Warnings())
	require.Equal(t, []string{"299 - second"}, l.heard)
}

// contextual wants a value of the request's context.
type contextual struct {
	rest.NoWarnings
	got any
}

type key struct{}

func (c *contextual) HandleWarningHeaderWithContext(ctx context.Context, _ int, _, _ string) {
	c.got = ctx.Value(key{})
}

func TestTheDefaultHandler(t *testing.T) {
	t.Cleanup(func() { rest.SetDefaultWarningHandler(nil) })
	s := &script{t: t}
	c := newClient(t, "http://kube.example", s)
	send := func(ctx context.Context, change func(*rest.Request) *rest.Request) {
		s.answers = append(s.answers, warn(200, `299 - "careful"`))
		require.NoError(t, change(c.Get()).Do(ctx).Error())
	}
	same := func(r *rest.Request) *rest.Request { return r }

	ctx, out := logged(context.WithValue(t.Context(), key{}, "here"), 0)
	send(ctx, same)
	require.Contains(t, out.String(), "Warning: careful", "it logs")
	out.Reset()

	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	send(ctx, same)
	require.Empty(t, out.String())

	h := &contextual{}
	rest.SetDefaultWarningHandlerWithContext(h)
	send(ctx, same)
	require.Equal(t, "here", h.got)

	h.got = nil
	send(ctx, func(r *rest.Request) *rest.Request { return r.WarningHandlerWithContext(rest.NoWarnings{}) })
	require.Nil(t, h.got, "the request's own handler comes first")
	send(ctx, func(r *rest.Request) *rest.Request {
		return r.WarningHandler(rest.NoWarnings{}).WarningHandler(nil)
	})
	require.Equal(t, "here", h.got, "nil gives the word back to the default one")

	rest.SetDefaultWarningHandlerWithContext(nil)
	send(ctx, same)
	require.Contains(t, out.String(), "Warning: careful", "nil doesn't crash, but logs again")
}

func TestOnlyCode299IsShown(t *testing.T) {
	_, out := logged(t.Context(), 0)
	w := rest.NewWarningWriter(out, rest.WarningWriterOptions{})
	w.HandleWarningHeader(214, "-", "transformed")
	w.HandleWarningHeader(299, "-", "")
	require.Zero(t, w.WarningCount())
	require.Empty(t, out.String())

	ctx, log := logged(t.Context(), 0)
	rest.WarningLogger{}.HandleWarningHeaderWithContext(ctx, 214, "-", "transformed")
	rest.WarningLogger{}.HandleWarningHeaderWithContext(ctx, 299, "-", "")
	require.Empty(t, log.String())
}

func TestWarningWriter(t *testing.T) {
	for name, c := range map[string]struct {
		opts rest.WarningWriterOptions
		want string
	}{
		"plain": {rest.WarningWriterOptions{}, "Warning: a\nWarning: a\nWarning: b\n"},
		"once":  {rest.WarningWriterOptions{Deduplicate: true}, "Warning: a\nWarning: b\n"},
		"color": {rest.WarningWriterOptions{Deduplicate: true, Color: true}, "\x1b[33;1mWarning:\x1b[0m a\n\x1b[33;1mWarning:\x1b[0m b\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			w := rest.NewWarningWriter(&out, c.opts)
			for _, text := range []string{"a", "a", "b"} {
				w.HandleWarningHeader(299, "-", text)
			}
			require.Equal(t, c.want, out.String())
			require.Equal(t, strings.Count(c.want, "\n"), w.WarningCount())
		})
	}
}

func TestWarningWriterIsForManyGoroutines(t *testing.T) {
	var out bytes.Buffer
	w := rest.NewWarningWriter(&out, rest.WarningWriterOptions{Deduplicate: true})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 100 {
				w.HandleWarningHeader(299, "-", fmt.Sprint(i))
			}
		})
	}
	wg.Wait()
	require.Equal(t, 100, w.WarningCount())
	require.Equal(t, 100, strings.Count(out.String(), "Warning: "))
}
