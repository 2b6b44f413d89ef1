package transport_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"
)

// logged returns what is logged while do runs with a logger of the verbosity in its context.
func logged(t *testing.T, verbosity int, do func(ctx context.Context)) string {
	var log bytes.Buffer
	logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Verbosity(verbosity), textlogger.Output(&log)))
	do(klog.NewContext(t.Context(), logger))
	return log.String()
}

func TestDebugLevels(t *testing.T) {
	answer := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{Status: "200 OK", StatusCode: 200, Header: http.Header{"Audit-Id": {"42"}}, Body: http.NoBody}, nil
	})
	send := func(rt http.RoundTripper) func(context.Context) {
		return func(ctx context.Context) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api/pods?x='1'", nil)
			require.NoError(t, err)
			req.Header = http.Header{"B-Header": {"two"}, "A-Header": {"it's one"}}
			_, err = rt.RoundTrip(req)
			require.NoError(t, err)
		}
	}
	parts := map[string]string{
		"request":          `"Request"`,
		"URL":              `verb="GET" url="https://api/pods?x='1'"`,
		"curl":             `curl -v -XGET -H 'A-Header: it'\''s one' -H 'B-Header: two' 'https://api/pods?x='\''1'\'''`,
		"request headers":  "A-Header: it's one\n",
		"status":           `status="200 OK"`,
		"response headers": "Audit-Id: 42\n",
		"duration":         " milliseconds=",
		"timing":           "dialMilliseconds=",
	}
	expect := func(log string, expected ...string) {
		t.Helper()
		var found []string
		for part, text := range parts {
			if strings.Contains(log, text) {
				found = append(found, part)
			}
		}
		require.ElementsMatch(t, expected, found, log)
	}
	byContext := send(transport.NewDebuggingRoundTripper(answer, transport.DebugByContext))
	for verbosity := range 6 {
		expect(logged(t, verbosity, byContext))
	}
	expect(logged(t, 6, byContext), "URL", "status", "duration")
	expect(logged(t, 7, byContext), "request", "URL", "request headers", "status", "duration")
	expect(logged(t, 8, byContext), "request", "URL", "request headers", "status", "duration", "response headers")
	for _, verbosity := range []int{9, 10} {
		expect(logged(t, verbosity, byContext), "request", "curl", "URL", "status", "duration", "response headers", "timing")
	}
	// Without DebugByContext what was asked for is logged at any verbosity.
	for level, expected := range map[transport.DebugLevel][]string{
		transport.DebugJustURL:         {"request", "URL"},
		transport.DebugURLTiming:       {"URL", "status", "duration"},
		transport.DebugCurlCommand:     {"request", "curl"},
		transport.DebugRequestHeaders:  {"request", "request headers"},
		transport.DebugResponseStatus:  {"status", "duration"},
		transport.DebugResponseHeaders: {"response headers"},
		transport.DebugDetailedTiming:  {"duration", "timing"},
	} {
		expect(logged(t, 0, send(transport.NewDebuggingRoundTripper(answer, level))), expected...)
	}
}

func TestDebugLogsFailures(t *testing.T) {
	failing := roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route to host") })
	log := logged(t, 9, func(ctx context.Context) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api/", nil)
		require.NoError(t, err)
		_, err = transport.NewDebuggingRoundTripper(failing, transport.DebugByContext).RoundTrip(req)
		require.EqualError(t, err, "no route to host")
	})
	require.Contains(t, log, `err="no route to host"`)
}

// The steps of a real connection.
func TestDebugTiming(t *testing.T) {
	server := startServer(t, serverConfig(t, transporttest.NewCA(t, "our CA").Issue(t, "127.0.0.1"), nil), whoAreYou)
	client := newClient(t, &transport.Config{TLS: transport.TLSConfig{Insecure: true}})
	client.Transport = transport.NewDebuggingRoundTripper(client.Transport, transport.DebugDetailedTiming)
	send := func(ctx context.Context) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
		require.NoError(t, err)
		resp, err := client.Do(req)
		require.NoError(t, err)
		resp.Body.Close()
	}
	first := logged(t, 0, send)
	require.Contains(t, first, `"HTTP Trace: Dial succeed" network="tcp" address="`+strings.TrimPrefix(server.URL, "https://"))
	require.Contains(t, first, "tlsHandshakeMilliseconds=")
	second := logged(t, 0, send)
	require.NotContains(t, second, "Dial")
	require.Contains(t, second, "getConnectionMilliseconds=")
}

// secrets are the credentials of the tests below. None may be seen anywhere.
var secrets = []string{
	"TOKEN-1", "TOKEN-2", "PASSWORD-1", base64.StdEncoding.EncodeToString([]byte("jane:PASSWORD-1")),
	"USERINFO-1", "USERINFO-2", "COOKIE-1", "COOKIE-2", "PROXY-1", "APIKEY-1", "SUBPROTOCOL-1", "OWN-1",
}

func requireNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range secrets {
		require.NotContains(t, text, secret)
	}
	require.NotContains(t, text, "PRIVATE KEY")
}

func TestNoCredentialIsLogged(t *testing.T) {
	answer := roundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{Status: "200 OK", Header: http.Header{"Set-Cookie": {"session=COOKIE-2"}}, Body: http.NoBody}, nil
	})
	header := http.Header{
		"Cookie":                 {"session=COOKIE-1"},
		"Proxy-Authorization":    {"Basic PROXY-1"},
		"X-Api-Key":              {"APIKEY-1"},
		"X-Auth-Token":           {"TOKEN-2"},
		"Sec-Websocket-Protocol": {"v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.SUBPROTOCOL-1,other"},
	}
	for name, config := range map[string]transport.Config{
		"bearer":       {BearerToken: "TOKEN-1"},
		"basic":        {Username: "jane", Password: "PASSWORD-1"},
		"not a scheme": {WrapTransport: setAuthorization("OWN-1")},
		"own scheme":   {WrapTransport: setAuthorization("Own OWN-1")},
	} {
		for verbosity := range 11 {
			t.Run(fmt.Sprintf("%s at verbosity %d", name, verbosity), func(t *testing.T) {
				log := logged(t, verbosity, func(ctx context.Context) {
					req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://USERINFO-1:USERINFO-2@api/pods", nil)
					require.NoError(t, err)
					req.Header = header.Clone()
					config.Transport = transport.NewDebuggingRoundTripper(answer, transport.DebugByContext)
					_, err = newTransport(t, config).RoundTrip(req)
					require.NoError(t, err)
				})
				requireNoSecret(t, log)
				if verbosity > 6 {
					require.Contains(t, log, "<masked>")
					require.Contains(t, log, "v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.<masked>,other", "what is no secret stays")
				}
				if verbosity > 5 {
					require.Contains(t, log, "https://masked@api/pods")
				}
			})
		}
	}
}

func setAuthorization(value string) transport.WrapperFunc {
	return func(rt http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			req = req.Clone(req.Context())
			req.Header.Set("Authorization", value)
			return rt.RoundTrip(req)
		})
	}
}

// Scheme and emptiness are worth knowing when one looks for a fault.
func TestMaskedAuthorizationKeepsTheScheme(t *testing.T) {
	for value, want := range map[string]string{
		"Bearer abc": "Authorization: Bearer <masked>", "basic abc": "Authorization: basic <masked>", "Negotiate": "Authorization: Negotiate",
		"abc": "Authorization: <masked>", "": "Authorization: ",
	} {
		log := logged(t, 8, func(ctx context.Context) {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api/", nil)
			require.NoError(t, err)
			req.Header.Set("Authorization", value)
			resp, err := transport.NewDebuggingRoundTripper(echo("Accept"), transport.DebugByContext).RoundTrip(req)
			require.NoError(t, err)
			resp.Body.Close()
		})
		require.Contains(t, log, want+"\n")
	}
}

func TestDebugWrappersDependOnVerbosity(t *testing.T) {
	rt := echo("Accept")
	require.IsType(t, rt, transport.DebugWrappers(rt))
	setVerbosity(t, "6")
	require.NotEqual(t, fmt.Sprintf("%T", rt), fmt.Sprintf("%T", transport.DebugWrappers(rt)))
}

func TestNoCredentialIsPrinted(t *testing.T) {
	pair := transporttest.NewCA(t, "our CA").Issue(t, "alice")
	config := transport.Config{
		Username: "jane", Password: "PASSWORD-1", BearerToken: "TOKEN-1",
		TLS:       transport.TLSConfig{CertData: pair.Cert, KeyData: pair.Key},
		Transport: transport.NewBearerAuthRoundTripper("TOKEN-2", http.DefaultTransport),
		Proxy:     http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy", User: url.UserPassword("USERINFO-1", "USERINFO-2")}),
	}
	config.Wrap(func(rt http.RoundTripper) http.RoundTripper {
		return transport.NewBasicAuthRoundTripper("jane", "PASSWORD-1", rt)
	})
	token := transport.Token{AccessToken: "TOKEN-1"}
	withToken, err := transport.New(&transport.Config{BearerToken: "TOKEN-1"})
	require.NoError(t, err)
	for _, value := range []any{
		config, &config, []transport.Config{config}, map[string]*transport.Config{"a": &config}, struct{ C transport.Config }{config},
		config.TLS, &config.TLS, token, &token, withToken, http.Client{Transport: withToken},
		transport.NewBasicAuthRoundTripper("jane", "PASSWORD-1", http.DefaultTransport),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			requireNoSecret(t, fmt.Sprintf(verb, value))
		}
	}
	require.Contains(t, config.String(), `Username:"jane" Password:--- REDACTED ---`)
	require.Contains(t, transport.Config{}.String(), `Password:"" BearerToken:""`, "that there is none is no secret")
}
