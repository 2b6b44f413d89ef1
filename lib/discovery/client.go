// Package discovery asks an API server which groups, versions and resources it serves.
//
//	GET /api  ──┐ "aggregated if you can, else plain"
//	GET /apis ──┴─▶ aggregated ─▶ groups, resources of every group-version, the failed ones   (2 requests)
//	            └─▶ plain ──────▶ groups ─▶ GET /api/v1, /apis/apps/v1, … 16 at a time   (2 + n requests)
//	                                                │
//	             one version of each resource ◀── preferred     a part failed: ErrGroupDiscoveryFailed beside the rest
//
// The server answers each of the two root endpoints as it likes; resources count only if both sent them.
// Nothing is remembered here: discovery/memory does that, and restmapper finds resources by kind and short name.
// The goroutines that fetch resource lists end before the call that started them returns.
//
// Upstream: discovery.
// Left out: OpenAPI v2; apidiscovery.k8s.io/v2beta1, which upstream no longer asks for; the disk cache and the fake;
// ToOpenAPIClientWithContext, which is openapi.ToClientWithContext.
//
// Stricter than upstream: what can't be the path of a group-version is refused before it is sent.
//
// Different:
//   - lists come in the server's order; upstream's aggregated ones come in any;
//   - at most 16 resource lists are fetched at a time; upstream fetches all at once;
//   - a stale version fails also where only one of the two answers is aggregated; upstream forgets it;
//   - an error names the path: test it with apierrors or errors.As.
package discovery

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	"client-go-workbook/lib/rest"
)

const (
	// defaultTimeout is an odd number, to be told from other timeouts in a log.
	defaultTimeout = 32 * time.Second

	// defaultBurst lets a server without aggregated discovery be asked for all its group-versions at once.
	defaultBurst = 300

	// defaultLegacyPrefix is where the core group lives, whose name is empty.
	defaultLegacyPrefix = "/api"
)

// codecs know what discovery needs: Status, so that errors carry the server's own words.
var codecs = func() serializer.CodecFactory {
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	return serializer.NewCodecFactory(scheme)
}()

// DiscoveryClient asks the server on every call. It may be shared by goroutines as long as its fields stay as they are.
type DiscoveryClient struct {
	restClient rest.Interface

	// LegacyPrefix is the path below which the core group's v1 is asked for; empty: it is below /apis like the others.
	LegacyPrefix string
	// UseLegacyDiscovery keeps the client from asking for the aggregated format.
	UseLegacyDiscovery bool
	// NoPeerDiscovery prefers an answer about the one API server that is asked, without what its peers serve.
	NoPeerDiscovery bool
}

var (
	_ DiscoveryInterfaces                     = (*DiscoveryClient)(nil)
	_ AggregatedDiscoveryInterface            = (*DiscoveryClient)(nil)
	_ AggregatedDiscoveryInterfaceWithContext = (*DiscoveryClient)(nil)
)

// NewDiscoveryClient returns a client that asks through c.
func NewDiscoveryClient(c rest.Interface) *DiscoveryClient {
	return &DiscoveryClient{restClient: c, LegacyPrefix: defaultLegacyPrefix}
}

// NewDiscoveryClientForConfig returns a client for the server in c, whose requests end after 32 seconds and come in
// bursts of up to 300 unless c says otherwise.
func NewDiscoveryClientForConfig(c *rest.Config) (*DiscoveryClient, error) {
	config := withDefaults(c)
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	return NewDiscoveryClientForConfigAndClient(config, httpClient)
}

// NewDiscoveryClientForConfigAndClient is NewDiscoveryClientForConfig with an HTTP client, which goes before what c
// says about the transport.
func NewDiscoveryClientForConfigAndClient(c *rest.Config, httpClient *http.Client) (*DiscoveryClient, error) {
	restClient, err := rest.UnversionedRESTClientForConfigAndClient(withDefaults(c), httpClient)
	if err != nil {
		return nil, err
	}
	return NewDiscoveryClient(restClient), nil
}

// NewDiscoveryClientForConfigOrDie is NewDiscoveryClientForConfig for program start: it panics on an unusable config.
func NewDiscoveryClientForConfigOrDie(c *rest.Config) *DiscoveryClient {
	client, err := NewDiscoveryClientForConfig(c)
	if err != nil {
		panic(err)
	}
	return client
}

// withDefaults returns a copy of c for a client without a group and version of its own.
func withDefaults(c *rest.Config) *rest.Config {
	config := rest.CopyConfig(c)
	config.APIPath = ""
	config.GroupVersion = nil
	config.NegotiatedSerializer = codecs.WithoutConversion()
	if config.Timeout == 0 {
		config.Timeout = defaultTimeout
	}
	if config.Burst == 0 {
		config.Burst = defaultBurst
	}
	if config.UserAgent == "" {
		config.UserAgent = rest.DefaultKubernetesUserAgent()
	}
	return config
}

// RESTClient returns the client that the requests go through. A nil DiscoveryClient has none.
func (d *DiscoveryClient) RESTClient() rest.Interface {
	if d == nil {
		return nil
	}
	return d.restClient
}

// WithLegacyWithContext returns a copy that doesn't ask for the aggregated format.
func (d *DiscoveryClient) WithLegacyWithContext(context.Context) DiscoveryInterfaceWithContext {
	return d.withLegacy()
}

func (d *DiscoveryClient) withLegacy() *DiscoveryClient {
	legacy := *d
	legacy.UseLegacyDiscovery = true
	return &legacy
}

// answer is what the server sent, with the type it gave it.
type answer struct {
	path        string
	contentType string
	body        []byte
}

// get asks for path in the formats of accept.
func (d *DiscoveryClient) get(ctx context.Context, path, accept string) (answer, error) {
	got := answer{path: path}
	var err error
	got.body, err = d.restClient.Get().AbsPath(path).SetHeader("Accept", accept).Do(ctx).ContentType(&got.contentType).Raw()
	if err != nil {
		return answer{}, fmt.Errorf("discover %s: %w", path, err)
	}
	return got, nil
}

// decode reads the body as JSON into v. A proxy's login page fails here.
func (a answer) decode(v any) error {
	if err := json.Unmarshal(a.body, v); err != nil {
		return fmt.Errorf("discover %s: the answer, of type %q, doesn't parse: %w", a.path, a.contentType, err)
	}
	return nil
}
