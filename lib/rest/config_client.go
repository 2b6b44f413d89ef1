package rest

import (
	"errors"
	"net/http"

	"client-go-workbook/lib/flowcontrol"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
)

// RESTClientFor returns a client of config's GroupVersion, which it must have, as well as a NegotiatedSerializer.
func RESTClientFor(config *Config) (*RESTClient, error) {
	client, err := RESTClientForConfigAndClient(config, nil)
	return withTransport(config, client, err)
}

// UnversionedRESTClientFor is RESTClientFor for a config that needs no GroupVersion, such as one for discovery.
func UnversionedRESTClientFor(config *Config) (*RESTClient, error) {
	client, err := UnversionedRESTClientForConfigAndClient(config, nil)
	return withTransport(config, client, err)
}

// RESTClientForConfigAndClient is RESTClientFor with an HTTP client that several REST clients may share, and that wins
// over what config says of transport and authentication. Nil means http.DefaultClient.
func RESTClientForConfigAndClient(config *Config, httpClient *http.Client) (*RESTClient, error) {
	if config.GroupVersion == nil {
		return nil, errors.New("GroupVersion is required when initializing a RESTClient")
	}
	return newRESTClient(config, *config.GroupVersion, httpClient)
}

// UnversionedRESTClientForConfigAndClient is RESTClientForConfigAndClient for a config that needs no GroupVersion.
func UnversionedRESTClientForConfigAndClient(config *Config, httpClient *http.Client) (*RESTClient, error) {
	gv := metav1.SchemeGroupVersion
	if config.GroupVersion != nil {
		gv = *config.GroupVersion
	}
	return newRESTClient(config, gv, httpClient)
}

// withTransport gives client what connects it. That comes last, for a config that is refused shouldn't leave one
// behind.
func withTransport(config *Config, client *RESTClient, err error) (*RESTClient, error) {
	if err != nil {
		return nil, err
	}
	if client.Client, err = HTTPClientFor(config); err != nil {
		return nil, err
	}
	return client, nil
}

func newRESTClient(config *Config, gv schema.GroupVersion, httpClient *http.Client) (*RESTClient, error) {
	if config.NegotiatedSerializer == nil {
		return nil, errors.New("NegotiatedSerializer is required when initializing a RESTClient")
	}
	base, versionedAPIPath, err := DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	content := ClientContentConfig{
		AcceptContentTypes: config.AcceptContentTypes,
		ContentType:        config.ContentType,
		GroupVersion:       gv,
		Negotiator:         runtime.NewClientNegotiator(config.NegotiatedSerializer, gv),
	}
	client, err := NewRESTClient(base, versionedAPIPath, content, config.limiter(), httpClient)
	if err != nil {
		return nil, err
	}
	client.warningHandler = config.WarningHandlerWithContext
	if client.warningHandler == nil {
		client.warningHandler = withContext(config.WarningHandler)
	}
	return client, nil
}

// limiter returns the limiter that c asks for, or nil for none.
func (c *Config) limiter() flowcontrol.RateLimiter {
	qps, burst := c.QPS, c.Burst
	if qps == 0 {
		qps = DefaultQPS
	}
	if burst == 0 {
		burst = DefaultBurst
	}
	if c.RateLimiter != nil || qps < 0 {
		return c.RateLimiter
	}
	return flowcontrol.NewTokenBucketRateLimiter(qps, burst)
}

// CodecFactoryForGeneratedClient returns codecs. Generated clients call it for the formats that upstream puts behind
// feature gates; there are none here.
func CodecFactoryForGeneratedClient(_ *runtime.Scheme, codecs serializer.CodecFactory) serializer.CodecFactory {
	return codecs
}
