package rest

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// DefaultServerUrlFor returns the URL that config's Host stands for, and the path of config's API beneath it. A Host
// without a scheme means https if config has a CA, a client certificate or Insecure, and http otherwise. An empty Host
// means localhost.
func DefaultServerUrlFor(config *Config) (*url.URL, string, error) {
	hasCA := config.CAFile != "" || len(config.CAData) > 0
	hasCert := config.CertFile != "" || len(config.CertData) > 0
	host, gv := config.Host, schema.GroupVersion{}
	if host == "" {
		host = "localhost"
	}
	if config.GroupVersion != nil {
		gv = *config.GroupVersion
	}
	return DefaultServerURL(host, config.APIPath, gv, hasCA || hasCert || config.Insecure)
}

// DefaultServerURL returns the URL that host (a host, host:port or URL) stands for, and the path of groupVersion
// beneath it: ("10.0.0.1:6443", "/apis", apps/v1, true) gives "https://10.0.0.1:6443" and "/apis/apps/v1".
func DefaultServerURL(
	host, apiPath string, groupVersion schema.GroupVersion, defaultTLS bool) (*url.URL, string, error) {
	if host == "" {
		return nil, "", errors.New("host is empty, expected a URL or host:port")
	}
	u, err := url.Parse(host)
	if err != nil || u.Scheme == "" || u.Host == "" {
		if u, err = parseHostPort(host, defaultTLS); err != nil {
			return nil, "", err
		}
	}
	return u, DefaultVersionedAPIPath(apiPath, groupVersion), nil
}

// parseHostPort reads what isn't a URL by itself: "localhost" and "10.0.0.1:6443" ("localhost:80" looks like one, with
// "localhost" as its scheme).
func parseHostPort(host string, defaultTLS bool) (*url.URL, error) {
	scheme := "http"
	if defaultTLS {
		scheme = "https"
	}
	u, err := url.Parse(scheme + "://" + host)
	switch {
	case err != nil:
		return nil, fmt.Errorf("host %q isn't a URL or host:port: %w", hideUserinfo(host), parseCause(host, err))
	case u.Path != "" && u.Path != "/":
		return nil, fmt.Errorf("host %q isn't a URL or host:port: a path needs a scheme before it", hideUserinfo(host))
	}
	return u, nil
}

// parseCause is what url.Parse found, without the URL that it repeats. If that has a user, the rest may quote a piece
// of the password.
func parseCause(text string, err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		err = parse.Err
	}
	if strings.Contains(text, "@") {
		return errors.New("malformed user, host or port")
	}
	return err
}

// hideUserinfo replaces the user and password of something that need not be a URL.
func hideUserinfo(host string) string {
	at := strings.LastIndex(host, "@")
	if at < 0 {
		return host
	}
	scheme, _, ok := strings.Cut(host[:at], "://")
	if !ok {
		return redacted + host[at:]
	}
	return scheme + "://" + redacted + host[at:]
}

// DefaultVersionedAPIPath returns the path of groupVersion: "/api/v1" for the core group's v1 in "/api",
// "/apis/apps/v1" for apps/v1 in "/apis".
func DefaultVersionedAPIPath(apiPath string, groupVersion schema.GroupVersion) string {
	return path.Join("/", apiPath, groupVersion.Group, groupVersion.Version)
}
