package rest_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"
)

func requireNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range []string{"TOKEN-", "PASSWORD-", "KEY-", "PRIVATE KEY", base64.StdEncoding.EncodeToString([]byte("jane:PASSWORD-1"))} {
		require.NotContains(t, text, secret)
	}
	// Byte slices print as numbers.
	require.NotContains(t, text, strings.Trim(fmt.Sprint([]byte("KEY-1")), "[]"))
}

func TestNoCredentialOfAConfigIsPrinted(t *testing.T) {
	config := fullConfig()
	config.Host = "https://jane:PASSWORD-6@api:6443"
	type holder struct {
		Name string
		C    rest.Config
		TLS  rest.TLSClientConfig
		P    *rest.Config
	}
	for _, value := range []any{
		*config, config, holder{"h", *config, config.TLSClientConfig, config}, &holder{"h", *config, config.TLSClientConfig, config},
		[]rest.Config{*config}, []*rest.Config{config}, map[string]rest.Config{"c": *config}, config.TLSClientConfig, &config.TLSClientConfig,
		fmt.Errorf("bad config: %v", config),
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			requireNoSecret(t, fmt.Sprintf(verb, value))
		}
	}
	for _, shown := range []string{
		`Host:"https://--- REDACTED ---@api:6443"`, `Username:"jane" Password:--- REDACTED ---`,
		"KeyData:--- REDACTED ---", "QPS:1",
	} {
		require.Contains(t, config.String(), shown)
	}
	require.Contains(t, rest.Config{}.String(), `Password:"" BearerToken:""`, "that there is none is no secret")
	require.Equal(t, "<nil>", fmt.Sprint((*rest.Config)(nil)))
}

// setVerbosity is klog's -v, on which the debugging round tripper depends, with klog's output in out.
func setVerbosity(t *testing.T, verbosity int, out *bytes.Buffer) {
	var flags flag.FlagSet
	klog.InitFlags(&flags)
	require.NoError(t, flags.Set("logtostderr", "false"))
	require.NoError(t, flags.Set("stderrthreshold", "FATAL"))
	require.NoError(t, flags.Set("v", fmt.Sprint(verbosity)))
	klog.SetOutput(out)
	t.Cleanup(func() {
		klog.Flush()
		_ = flags.Set("v", "0")
		_ = flags.Set("logtostderr", "true")
	})
}

// A whole conversation, and one that fails, with credentials of every kind, at every verbosity.
func TestNoCredentialIsLogged(t *testing.T) {
	server := serveTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	pair := transporttest.NewCA(t, "clients").Issue(t, "jane")
	for name, change := range map[string]func(*rest.Config){
		"bearer":      func(c *rest.Config) { c.BearerToken = "TOKEN-1" },
		"basic":       func(c *rest.Config) { c.Username, c.Password = "jane", "PASSWORD-1" },
		"certificate": func(c *rest.Config) { c.CertData, c.KeyData = pair.Cert, pair.Key },
		"URL":         func(c *rest.Config) { c.Host = strings.Replace(c.Host, "//", "//jane:PASSWORD-1@", 1) },
		"plugin": func(c *rest.Config) {
			c.ExecProvider = shellPlugin(`echo '{"kind":"ExecCredential",` +
				`"apiVersion":"client.authentication.k8s.io/v1","status":{"token":"TOKEN-1"}}' # PASSWORD-2`)
		},
		"broken plugin": func(c *rest.Config) {
			c.ExecProvider = shellPlugin(`echo '{"status":{"token":"TOKEN-1"'; exit 3`)
		},
	} {
		for verbosity := range 11 {
			t.Run(fmt.Sprintf("%s at verbosity %d", name, verbosity), func(t *testing.T) {
				var log bytes.Buffer
				setVerbosity(t, verbosity, &log)
				logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Verbosity(verbosity), textlogger.Output(&log)))
				ctx := klog.NewContext(t.Context(), logger)
				config := rest.CopyConfig(server)
				change(config)
				unreachable := rest.CopyConfig(config)
				unreachable.Host = strings.Replace(config.Host, "127.0.0.1", "127.0.0.1:1/", 1)
				requireNoSecret(t, errorsOf(ctx, t, config, unreachable))
				klog.Flush()
				requireNoSecret(t, log.String())
				require.Equal(t, verbosity >= 6, strings.Contains(log.String(), "milliseconds="), log.String())
			})
		}
	}
}

// errorsOf sends requests of each config and returns their errors as text.
func errorsOf(ctx context.Context, t *testing.T, configs ...*rest.Config) string {
	var text strings.Builder
	for _, config := range configs {
		client, err := rest.UnversionedRESTClientFor(config)
		require.NoError(t, err)
		for _, path := range []string{"/", "/refused"} {
			_, err = client.Get().AbsPath(path).DoRaw(ctx)
			fmt.Fprintf(&text, "%v %+v %#v\n", err, err, err)
		}
		client.Client.CloseIdleConnections()
	}
	return text.String()
}
