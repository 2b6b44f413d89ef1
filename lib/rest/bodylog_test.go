package rest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/rest"
)

func TestBodiesAreLoggedFromVerbosity8(t *testing.T) {
	long := strings.Repeat("x", 20_000)
	for name, c := range map[string]struct {
		verbosity  int
		request    string
		answer     string
		want, none string
	}{
		"7 is quiet":       {7, "hello", "world", "", "hello"},
		"8, both ways":     {8, "hello", "world", `body="hello"`, "truncated"},
		"8, the answer":    {8, "hello", "world", `body="world"`, "truncated"},
		"8 cuts":           {8, long, "", `[truncated 18976 bytes]`, strings.Repeat("x", 1025)},
		"9 cuts later":     {9, "", long, strings.Repeat("x", 10240) + ` [truncated 9760 bytes]`, strings.Repeat("x", 10241)},
		"10 doesn't":       {10, "", long, long, "truncated"},
		"binary is dumped": {8, "k8s\x00" + long, "", "6b 38 73 00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, out := logged(t.Context(), c.verbosity)
			s := &script{t: t, answers: []answer{{code: 200, body: c.answer}}}
			_, err := newClient(t, "http://kube.example", s).Post().Resource("pods").Body([]byte(c.request)).DoRaw(ctx)
			require.NoError(t, err)
			require.Contains(t, out.String(), c.want)
			if c.none != "" {
				require.NotContains(t, out.String(), c.none)
			}
		})
	}
}

func TestCredentialsAreNotLogged(t *testing.T) {
	const secret = "c2VjcmV0"
	for name, build := range map[string]func(*rest.Request) *rest.Request{
		"a Secret":          func(r *rest.Request) *rest.Request { return r.Namespace("shop").Resource("secrets").Name("db") },
		"all Secrets":       func(r *rest.Request) *rest.Request { return r.Resource("secrets") },
		"by path":           func(r *rest.Request) *rest.Request { return r.AbsPath("/api/v1/namespaces/shop/secrets/db") },
		"by path, in a row": func(r *rest.Request) *rest.Request { return r.AbsPath("api", "v1", "Secrets") },
		"by URI":            func(r *rest.Request) *rest.Request { return r.RequestURI("/api/v1/secrets?limit=1") },
		"a token request": func(r *rest.Request) *rest.Request {
			return r.Namespace("shop").Resource("serviceaccounts").Name("till").SubResource("token")
		},
		"a token review": func(r *rest.Request) *rest.Request {
			return r.AbsPath("/apis/authentication.k8s.io/v1").Resource("tokenreviews")
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, out := logged(t.Context(), 10)
			s := &script{t: t, answers: []answer{
				retryAfter(429, "0"), {code: 200, body: secret}, {code: 403, body: secret}, {code: 200, body: secret},
			}}
			c := newClient(t, "http://kube.example", s)
			start := func() *rest.Request {
				return build(c.Verb("PUT")).SetHeader("Authorization", "Bearer "+secret).Body([]byte(secret))
			}
			require.NoError(t, start().Do(ctx).Error())
			require.Error(t, start().Do(ctx).Error())
			_, err := start().DoRaw(ctx)
			require.NoError(t, err)
			require.NotContains(t, out.String(), secret)
			require.Contains(t, out.String(), "8 bytes withheld")
		})
	}
}
