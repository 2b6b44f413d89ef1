package clientcmd

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"client-go-workbook/lib/clientcmd/api"
)

// ConfigOverrides is what flags say, against what files say. Zero fields override nothing.
type ConfigOverrides struct {
	AuthInfo api.AuthInfo
	// ClusterDefaults come before the file's cluster, ClusterInfo after it.
	ClusterDefaults api.Cluster
	ClusterInfo     api.Cluster
	Context         api.Context
	CurrentContext  string
	// Timeout of a request, as ParseTimeout reads it. Empty: none.
	Timeout string
}

// orNone spares everybody else the question whether there are overrides.
func orNone(overrides *ConfigOverrides) *ConfigOverrides {
	if overrides == nil {
		return &ConfigOverrides{}
	}
	return overrides
}

// ParseTimeout reads a duration such as "30s" or "1m30s"; a bare number is seconds. It can't be negative.
func ParseTimeout(duration string) (time.Duration, error) {
	const most = math.MaxInt64 / int64(time.Second)
	if n, err := strconv.ParseInt(duration, 10, 64); err == nil && n >= 0 && n <= most {
		return time.Duration(n) * time.Second, nil
	}
	if d, err := time.ParseDuration(duration); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf(`timeout %q: want seconds, such as "30", or a duration, such as "1m30s"`, duration)
}

// parseProxyURL repeats nothing of the URL in its errors but the scheme: it may hold a password.
func parseProxyURL(proxyURL string) (*url.URL, error) {
	u, err := url.Parse(proxyURL)
	if err != nil {
		return nil, errors.New("proxy-url is not a URL")
	}
	switch u.Scheme {
	case "http", "https", "socks5":
		return u, nil
	case "":
		return nil, errors.New("proxy-url has no scheme, want http, https or socks5")
	}
	return nil, fmt.Errorf("proxy-url has scheme %q, want http, https or socks5", u.Scheme)
}
