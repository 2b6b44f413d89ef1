package transport

import (
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"client-go-workbook/lib/rest/transport/connrotation"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/klog/v2"
)

// idleConnsPerHost is for HTTP/1.1, where each concurrent request has a connection of its own.
const idleConnsPerHost = 25

// newHTTPTransport returns a transport of c that uses the given TLS config and, if conns isn't nil, registers its
// connections there.
func newHTTPTransport(c *Config, config *tls.Config, conns *connrotation.ConnectionTracker) *http.Transport {
	dial := (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext
	if c.DialHolder != nil {
		dial = c.DialHolder.Dial
	}
	if conns != nil {
		dial = connrotation.NewDialerWithTracker(dial, conns).DialContext
	}
	proxy := c.Proxy
	if proxy == nil {
		proxy = utilnet.NewProxierWithNoProxyCIDR(http.ProxyFromEnvironment)
	}
	return &http.Transport{
		Proxy:               proxy,
		DialContext:         dial,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: idleConnsPerHost,
		DisableCompression:  c.DisableCompression,
		Protocols:           protocols(c.TLS.NextProtos),
		HTTP2:               healthChecks(),
	}
}

// protocols leaves HTTP/2 out if the config names its protocols without it, or the variable DISABLE_HTTP2 is set.
func protocols(nextProtos []string) *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	wanted := len(nextProtos) == 0 || slices.Contains(nextProtos, "h2")
	p.SetHTTP2(wanted && os.Getenv("DISABLE_HTTP2") == "")
	return &p
}

// healthChecks makes HTTP/2 ping a connection on which nothing arrives. All requests share one connection: when its
// other end vanishes without a word, they would hang until TCP gives up, a quarter of an hour later.
func healthChecks() *http.HTTP2Config {
	return &http.HTTP2Config{
		SendPingTimeout: seconds("HTTP2_READ_IDLE_TIMEOUT_SECONDS", 30), // 0: no health checks
		PingTimeout:     seconds("HTTP2_PING_TIMEOUT_SECONDS", 15),
	}
}

// seconds reads a duration from a variable of the environment.
func seconds(variable string, otherwise int) time.Duration {
	n := otherwise
	if s := os.Getenv(variable); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 0 {
			klog.Background().Info("Not a number of seconds, using the default",
				"variable", variable, "value", s, "default", otherwise)
			n = otherwise
		}
	}
	return time.Duration(n) * time.Second
}
