package rest

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/flowcontrol"
)

// Interface is what typed and dynamic clients need of a RESTClient.
type Interface interface {
	GetRateLimiter() flowcontrol.RateLimiter
	Verb(verb string) *Request
	Post() *Request
	Put() *Request
	Patch(pt types.PatchType) *Request
	Get() *Request
	Delete() *Request
	APIVersion() schema.GroupVersion
}

var _ Interface = (*RESTClient)(nil)

// RESTClient starts requests to one group version of one server. It holds what they have in common, none of which
// changes after NewRESTClient, so that it is safe for concurrent use.
type RESTClient struct {
	base           *url.URL // ends in "/"; no query, no fragment
	prefix         string   // base path and versioned API path: where requests start
	content        content
	backoff        BackoffManagerWithContext // never nil
	rateLimiter    flowcontrol.RateLimiter   // nil: requests aren't held back
	warningHandler WarningHandlerWithContext // nil: the default one
	longWaits      longWaits

	// Client sends the requests. Nil means http.DefaultClient.
	Client *http.Client
}

// NewRESTClient returns a client of the API at baseURL + versionedAPIPath ("/api/v1", "/apis/apps/v1"). A nil
// rateLimiter doesn't limit; a nil client is http.DefaultClient. If KUBE_CLIENT_BACKOFF_BASE and
// KUBE_CLIENT_BACKOFF_DURATION are set, both in whole seconds, the client's requests share a URLBackoff.
func NewRESTClient(baseURL *url.URL, versionedAPIPath string, config ClientContentConfig,
	rateLimiter flowcontrol.RateLimiter, client *http.Client) (*RESTClient, error) {
	if baseURL == nil {
		return nil, errors.New("a REST client needs a base URL")
	}
	c := newClient(baseURL, versionedAPIPath, config, client)
	c.rateLimiter = rateLimiter
	c.backoff = backoffFromEnvironment()
	return c, nil
}

func newClient(baseURL *url.URL, versionedAPIPath string, config ClientContentConfig, client *http.Client) *RESTClient {
	base := *baseURL
	if !strings.HasSuffix(base.Path, "/") {
		base.Path += "/"
	}
	base.RawPath, base.RawQuery, base.Fragment, base.RawFragment = "", "", "", ""
	return &RESTClient{
		base:    &base,
		prefix:  path.Join("/", base.Path, versionedAPIPath),
		content: newContent(config),
		backoff: noBackoff,
		Client:  client,
	}
}

// GetRateLimiter returns what all requests of the client wait for; nil if they don't, or if c is nil.
func (c *RESTClient) GetRateLimiter() flowcontrol.RateLimiter {
	if c == nil {
		return nil
	}
	return c.rateLimiter
}

// APIVersion is the group version that the client was made for.
func (c *RESTClient) APIVersion() schema.GroupVersion { return c.content.GroupVersion }

// Verb starts a request with the given HTTP method.
func (c *RESTClient) Verb(verb string) *Request { return NewRequest(c).Verb(verb) }

// Post starts a POST: create.
func (c *RESTClient) Post() *Request { return c.Verb(http.MethodPost) }

// Put starts a PUT: replace.
func (c *RESTClient) Put() *Request { return c.Verb(http.MethodPut) }

// Patch starts a PATCH whose body is of type pt.
func (c *RESTClient) Patch(pt types.PatchType) *Request {
	return c.Verb(http.MethodPatch).SetHeader("Content-Type", string(pt))
}

// Get starts a GET: get, list or watch.
func (c *RESTClient) Get() *Request { return c.Verb(http.MethodGet) }

// Delete starts a DELETE.
func (c *RESTClient) Delete() *Request { return c.Verb(http.MethodDelete) }

func (c *RESTClient) httpClient() *http.Client {
	if c.Client == nil {
		return http.DefaultClient
	}
	return c.Client
}
