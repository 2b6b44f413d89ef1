package dynamic

import (
	"net/http"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/rest"
)

// DynamicClient implements Interface. It never changes after it is made, and neither do the clients
// that it makes, so any number of goroutines may use them.
type DynamicClient struct {
	client rest.Interface
}

var _ Interface = &DynamicClient{}

// ConfigFor is a copy of config that speaks JSON and decodes it to Unstructured.
func ConfigFor(config *rest.Config) *rest.Config {
	config = rest.CopyConfig(config)
	config.AcceptContentTypes = runtime.ContentTypeJSON
	config.ContentType = runtime.ContentTypeJSON
	config.NegotiatedSerializer = serializer
	if config.UserAgent == "" {
		config.UserAgent = rest.DefaultKubernetesUserAgent()
	}
	return config
}

// New makes a client over c, whose codec must be able to decode to Unstructured: that of ConfigFor can.
func New(c rest.Interface) *DynamicClient {
	return &DynamicClient{client: c}
}

// NewForConfig makes a client with its own HTTP connections. The config is not changed; its group,
// version, path and codec are not used.
func NewForConfig(config *rest.Config) (*DynamicClient, error) {
	config = ConfigFor(config)
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, err
	}
	return NewForConfigAndClient(config, httpClient)
}

// NewForConfigAndClient is NewForConfig over connections that h shares with other clients.
func NewForConfigAndClient(config *rest.Config, h *http.Client) (*DynamicClient, error) {
	config = ConfigFor(config)
	// One client for all groups and versions: each request has its whole path.
	config.GroupVersion, config.APIPath = nil, ""
	client, err := rest.UnversionedRESTClientForConfigAndClient(config, h)
	if err != nil {
		return nil, err
	}
	return New(client), nil
}

// NewForConfigOrDie is NewForConfig for program start: it panics on an unusable config.
func NewForConfigOrDie(config *rest.Config) *DynamicClient {
	client, err := NewForConfig(config)
	if err != nil {
		panic(err)
	}
	return client
}

// Resource makes a client for one resource.
func (c *DynamicClient) Resource(resource schema.GroupVersionResource) NamespaceableResourceInterface {
	return &resourceClient{client: c.client, resource: resource}
}
