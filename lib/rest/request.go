package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/flowcontrol"
)

const defaultMaxRetries = 10

// Request is built step by step, then sent by Do, DoRaw, Stream or Watch. It belongs to one goroutine.
//
//   - err is the first mistake made while building. The steps after it may go on, but nothing is sent.
//   - target holds no segment that could lead out of its place in the path.
//   - sending changes nothing, so that a Request can be sent again, unless its body is a stream.
type Request struct {
	client *RESTClient

	verb    string
	target  target
	params  url.Values
	headers http.Header
	body    body
	content content

	timeout        time.Duration
	maxRetries     int
	rateLimiter    flowcontrol.RateLimiter
	backoff        BackoffManagerWithContext // never nil
	warningHandler WarningHandlerWithContext // nil: the default one

	err error
}

// ResponseWrapper is a request ready to be sent, for callers that only want its bytes.
type ResponseWrapper interface {
	DoRaw(context.Context) ([]byte, error)
	Stream(context.Context) (io.ReadCloser, error)
}

var _ ResponseWrapper = (*Request)(nil)

// RequestConstructionError is a mistake made while building a request. Nothing was sent, and to try again is of
// no use.
type RequestConstructionError struct {
	Err error
}

func (e *RequestConstructionError) Error() string {
	return fmt.Sprintf("request construction error: '%v'", e.Err)
}

// Unwrap returns the mistake itself.
func (e *RequestConstructionError) Unwrap() error { return e.Err }

// NewRequest starts a request of client c.
func NewRequest(c *RESTClient) *Request {
	r := &Request{
		client:         c,
		target:         target{prefix: c.prefix},
		headers:        make(http.Header, 2),
		content:        c.content,
		maxRetries:     defaultMaxRetries,
		rateLimiter:    c.rateLimiter,
		backoff:        c.backoff,
		warningHandler: c.warningHandler,
	}
	if c.Client != nil {
		r.timeout = c.Client.Timeout
	}
	return r.SetHeader("Accept", r.content.accept())
}

// NewRequestWithClient starts a request without a RESTClient, for tests. A nil base sends to a URL without a
// host, which fails.
func NewRequestWithClient(base *url.URL, versionedAPIPath string, content ClientContentConfig,
	client *http.Client) *Request {
	if base == nil {
		base = &url.URL{}
	}
	return NewRequest(newClient(base, versionedAPIPath, content, client))
}

// Error returns the first mistake made while building the request, a *RequestConstructionError, or nil.
func (r *Request) Error() error { return r.err }

// fail keeps the first mistake: those after it are often only its consequence.
func (r *Request) fail(err error) *Request {
	if r.err == nil {
		r.err = &RequestConstructionError{Err: err}
	}
	return r
}

// Verb sets the HTTP method.
func (r *Request) Verb(verb string) *Request {
	r.verb = verb
	return r
}

// Prefix adds path segments before namespace and resource. A later AbsPath takes them away again. Unlike names,
// the segments of Prefix, Suffix and AbsPath are joined as they are, with "..", so never pass user input.
func (r *Request) Prefix(segments ...string) *Request {
	r.target.prefix = path.Join(r.target.prefix, path.Join(segments...))
	return r
}

// Suffix adds path segments after everything else.
func (r *Request) Suffix(segments ...string) *Request {
	r.target.suffix = path.Join(r.target.suffix, path.Join(segments...))
	return r
}

// AbsPath replaces the path so far, down to the server's base path. A trailing slash stays if there is one
// segment only.
func (r *Request) AbsPath(segments ...string) *Request {
	base := r.client.base.Path
	r.target.prefix = path.Join(base, path.Join(segments...))
	if len(segments) == 1 && strings.HasSuffix(segments[0], "/") && (len(base) > 1 || len(segments[0]) > 1) {
		r.target.prefix += "/"
	}
	return r
}

// RequestURI replaces path and parameters by those of uri, which starts at the server's base path:
// "/api/v1/pods?limit=1".
func (r *Request) RequestURI(uri string) *Request {
	u, err := url.Parse(uri)
	if err != nil {
		return r.fail(err)
	}
	r.params = u.Query()
	return r.AbsPath(u.Path)
}

// Namespace sets the namespace. "" stands for all of them, and for cluster-scoped resources.
func (r *Request) Namespace(namespace string) *Request {
	if r.target.namespaced {
		return r.fail(fmt.Errorf("namespace already set to %q, cannot change to %q", r.target.namespace, namespace))
	}
	r.target.namespaced = true
	return r.setSegment("namespace", &r.target.namespace, namespace)
}

// NamespaceIfScoped sets the namespace if scoped is true.
func (r *Request) NamespaceIfScoped(namespace string, scoped bool) *Request {
	if !scoped {
		return r
	}
	return r.Namespace(namespace)
}

// Resource sets the resource: the plural, in lower case ("pods").
func (r *Request) Resource(resource string) *Request {
	return r.setSegment("resource", &r.target.resource, resource)
}

// Name sets the name of the object. An empty one is refused: it would turn "delete this" into "delete all".
func (r *Request) Name(resourceName string) *Request {
	if resourceName == "" {
		return r.fail(errors.New("resource name may not be empty"))
	}
	return r.setSegment("resource name", &r.target.name, resourceName)
}

// SubResource sets what follows the name: "status", or "proxy" and more. Empty ones are skipped.
func (r *Request) SubResource(subresources ...string) *Request {
	joined := path.Join(subresources...)
	if r.target.subresource != "" {
		return r.fail(fmt.Errorf("subresource already set to %q, cannot change to %q", r.target.subresource, joined))
	}
	for _, s := range subresources {
		if wrong := IsValidPathSegmentName(s); len(wrong) > 0 {
			return r.fail(fmt.Errorf("invalid subresource %q: %v", s, wrong))
		}
	}
	r.target.subresource = joined
	return r
}

// setSegment sets a part of the target once, if it is fit to be a path segment.
func (r *Request) setSegment(what string, field *string, value string) *Request {
	if *field != "" {
		return r.fail(fmt.Errorf("%s already set to %q, cannot change to %q", what, *field, value))
	}
	if wrong := IsValidPathSegmentName(value); len(wrong) > 0 {
		return r.fail(fmt.Errorf("invalid %s %q: %v", what, value, wrong))
	}
	*field = value
	return r
}

// Param adds a query parameter. One name may have several values.
func (r *Request) Param(paramName, s string) *Request {
	if r.params == nil {
		r.params = url.Values{}
	}
	r.params.Add(paramName, s)
	return r
}

// VersionedParams adds the fields of an options struct (ListOptions, …) as query parameters, in the client's version.
// Fields that are empty and omitempty are left out.
func (r *Request) VersionedParams(obj runtime.Object, codec runtime.ParameterCodec) *Request {
	return r.SpecificallyVersionedParams(obj, codec, r.content.GroupVersion)
}

// SpecificallyVersionedParams is VersionedParams in a version of the caller's choice.
func (r *Request) SpecificallyVersionedParams(obj runtime.Object, codec runtime.ParameterCodec,
	version schema.GroupVersion) *Request {
	params, err := codec.EncodeParameters(obj, version)
	if err != nil {
		return r.fail(err)
	}
	if r.params == nil {
		r.params = make(url.Values, len(params))
	}
	for name, values := range params {
		r.params[name] = append(r.params[name], values...)
	}
	return r
}

// SetHeader replaces a header. Without values it removes it.
func (r *Request) SetHeader(key string, values ...string) *Request {
	r.headers.Del(key)
	for _, value := range values {
		r.headers.Add(key, value)
	}
	return r
}

// UseProtobufAsDefault asks for protobuf, with JSON as the fallback, unless the client's config chose a format.
func (r *Request) UseProtobufAsDefault() *Request {
	if !r.content.preferProtobuf() {
		return r
	}
	return r.SetHeader("Accept", r.content.accept())
}

// UseProtobufAsDefaultIfPreferred is UseProtobufAsDefault if prefersProtobuf is true.
func (r *Request) UseProtobufAsDefaultIfPreferred(prefersProtobuf bool) *Request {
	if !prefersProtobuf {
		return r
	}
	return r.UseProtobufAsDefault()
}

// Timeout bounds Do and DoRaw as a whole, retries included, and tells the server. The wait for the rate limiter
// before the first attempt doesn't count. It defaults to the http.Client's Timeout; 0 means none.
func (r *Request) Timeout(d time.Duration) *Request {
	r.timeout = d
	return r
}

// MaxRetries bounds the attempts after the first. The default is 10; 0 or less means none.
func (r *Request) MaxRetries(maxRetries int) *Request {
	r.maxRetries = max(maxRetries, 0)
	return r
}

// Throttle replaces the client's rate limiter. Nil means none.
func (r *Request) Throttle(limiter flowcontrol.RateLimiter) *Request {
	r.rateLimiter = limiter
	return r
}

// BackOffWithContext replaces the client's backoff. Nil means none.
func (r *Request) BackOffWithContext(manager BackoffManagerWithContext) *Request {
	if manager == nil {
		manager = noBackoff
	}
	r.backoff = manager
	return r
}

// WarningHandler is WarningHandlerWithContext for handlers that don't take a context.
func (r *Request) WarningHandler(handler WarningHandler) *Request {
	return r.WarningHandlerWithContext(withContext(handler))
}

// WarningHandlerWithContext replaces the client's handler of warnings. Nil means the default one.
func (r *Request) WarningHandlerWithContext(handler WarningHandlerWithContext) *Request {
	r.warningHandler = handler
	return r
}

// describe names the request in errors: `get pods "web" in "shop"`.
func (r *Request) describe() string {
	return strings.ToLower(r.verb) + " " + r.target.String()
}
