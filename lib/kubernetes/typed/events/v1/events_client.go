package v1

import (
	"net/http"

	eventsv1 "k8s.io/api/events/v1"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
)

// EventsV1Interface hands out one client per type of events.k8s.io/v1.
type EventsV1Interface interface {
	RESTClient() rest.Interface
	EventsGetter
}

// EventsV1Client implements EventsV1Interface over one REST client. It holds no other state, so its
// clients cost nothing to make and may be used from many goroutines.
type EventsV1Client struct {
	restClient rest.Interface
}

func (c *EventsV1Client) Events(namespace string) EventInterface {
	return newEvents(c, namespace)
}

// NewForConfig makes a client with its own HTTP connections. Only the host, the credentials and the
// limits of c matter: group, version, path and codecs are this package's own, and c is not changed.
func NewForConfig(c *rest.Config) (*EventsV1Client, error) {
	config := *c
	setConfigDefaults(&config)
	httpClient, err := rest.HTTPClientFor(&config)
	if err != nil {
		return nil, err
	}
	return NewForConfigAndClient(&config, httpClient)
}

// NewForConfigAndClient is NewForConfig over connections that h shares with other clients. What c says
// about TLS, credentials and proxies is not used: h has it already.
func NewForConfigAndClient(c *rest.Config, h *http.Client) (*EventsV1Client, error) {
	config := *c
	setConfigDefaults(&config)
	client, err := rest.RESTClientForConfigAndClient(&config, h)
	if err != nil {
		return nil, err
	}
	return &EventsV1Client{client}, nil
}

// NewForConfigOrDie is NewForConfig for program start: it panics on an unusable config.
func NewForConfigOrDie(c *rest.Config) *EventsV1Client {
	client, err := NewForConfig(c)
	if err != nil {
		panic(err)
	}
	return client
}

// New makes a client over a REST client that already speaks events.k8s.io/v1.
func New(c rest.Interface) *EventsV1Client {
	return &EventsV1Client{c}
}

func setConfigDefaults(config *rest.Config) {
	gv := eventsv1.SchemeGroupVersion
	config.GroupVersion = &gv
	config.APIPath = "/apis"
	config.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	if config.UserAgent == "" {
		config.UserAgent = rest.DefaultKubernetesUserAgent()
	}
}

// RESTClient is the client beneath all others of this group, for requests that they have no method for.
func (c *EventsV1Client) RESTClient() rest.Interface {
	if c == nil {
		return nil
	}
	return c.restClient
}
