// Package kubernetes is the clientset: a typed client for every built-in resource, over one connection.
//
//	rest.Config ──NewForConfig──▶ Clientset
//	                                ├─ Discovery()  what the server serves
//	                                ├─ CoreV1()     Pods(ns) ConfigMaps(ns) Nodes() …  /api/v1
//	                                ├─ AppsV1()     Deployments(ns) …                  /apis/apps/v1
//	                                └─ EventsV1()   Events(ns)                         /apis/events.k8s.io/v1
//	                                     │
//	     one http.Client, one rate limiter, protobuf where config leaves the choice
//
// The packages beneath have the shape that client-gen gives them: a file per type, an interface per
// type for callers and their tests, and the logic in lib/typed.
//
// Upstream: kubernetes/clientset.go.
// Left out: groups other than core/v1, apps/v1 and events.k8s.io/v1, until chapter 5 generates them; Apply methods, because
// there are no apply configurations (lib/dynamic applies).
package kubernetes

import (
	"errors"
	"net/http"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/flowcontrol"
	appsv1 "client-go-workbook/lib/kubernetes/typed/apps/v1"
	corev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	eventsv1 "client-go-workbook/lib/kubernetes/typed/events/v1"
	"client-go-workbook/lib/rest"
)

// Interface is what a program takes instead of *Clientset, so that its tests can pass a fake.
type Interface interface {
	Discovery() discovery.DiscoveryInterfaces
	AppsV1() appsv1.AppsV1Interface
	CoreV1() corev1.CoreV1Interface
	EventsV1() eventsv1.EventsV1Interface
}

// Clientset has one client per group and version. It never changes after it is made, so any number of
// goroutines may use it.
type Clientset struct {
	*discovery.DiscoveryClient
	appsV1   *appsv1.AppsV1Client
	coreV1   *corev1.CoreV1Client
	eventsV1 *eventsv1.EventsV1Client
}

var _ Interface = &Clientset{}

// AppsV1 has the clients for apps/v1.
func (c *Clientset) AppsV1() appsv1.AppsV1Interface { return c.appsV1 }

// CoreV1 has the clients for core/v1.
func (c *Clientset) CoreV1() corev1.CoreV1Interface { return c.coreV1 }

// EventsV1 has the client for events.k8s.io/v1.
func (c *Clientset) EventsV1() eventsv1.EventsV1Interface { return c.eventsV1 }

// Discovery has the client that asks what the server serves. It is nil for a nil Clientset.
func (c *Clientset) Discovery() discovery.DiscoveryInterfaces {
	if c == nil {
		return nil
	}
	return c.DiscoveryClient
}

// NewForConfig makes a clientset with its own HTTP connections, which all of its clients share, and
// with one rate limiter for all if c has a QPS and no limiter. It fails on a config that can't be
// used, such as a host that is no URL; whether a server answers shows at the first call. c is not changed.
func NewForConfig(c *rest.Config) (*Clientset, error) {
	config := *c
	if config.UserAgent == "" {
		config.UserAgent = rest.DefaultKubernetesUserAgent()
	}
	httpClient, err := rest.HTTPClientFor(&config)
	if err != nil {
		return nil, err
	}
	return NewForConfigAndClient(&config, httpClient)
}

// NewForConfigAndClient is NewForConfig over connections that httpClient shares with other clients. What c
// says about TLS, credentials and proxies is not used: httpClient has it already.
func NewForConfigAndClient(c *rest.Config, httpClient *http.Client) (*Clientset, error) {
	config := *c
	if err := shareRateLimiter(&config); err != nil {
		return nil, err
	}
	var cs Clientset
	var err error
	if cs.appsV1, err = appsv1.NewForConfigAndClient(&config, httpClient); err != nil {
		return nil, err
	}
	if cs.coreV1, err = corev1.NewForConfigAndClient(&config, httpClient); err != nil {
		return nil, err
	}
	if cs.eventsV1, err = eventsv1.NewForConfigAndClient(&config, httpClient); err != nil {
		return nil, err
	}
	if cs.DiscoveryClient, err = discovery.NewDiscoveryClientForConfigAndClient(&config, httpClient); err != nil {
		return nil, err
	}
	return &cs, nil
}

// shareRateLimiter gives config a limiter for its QPS: otherwise each group's client would make one,
// and ten groups might send ten times the QPS.
func shareRateLimiter(config *rest.Config) error {
	if config.RateLimiter != nil || config.QPS <= 0 {
		return nil
	}
	if config.Burst <= 0 {
		return errors.New("burst is required to be greater than 0 when RateLimiter is not set and QPS is set to greater than 0")
	}
	config.RateLimiter = flowcontrol.NewTokenBucketRateLimiter(config.QPS, config.Burst)
	return nil
}

// NewForConfigOrDie is NewForConfig for program start: it panics on an unusable config.
func NewForConfigOrDie(c *rest.Config) *Clientset {
	cs, err := NewForConfig(c)
	if err != nil {
		panic(err)
	}
	return cs
}

// New makes a clientset whose groups all use c. A RESTClient is made for one group's version, so with a real
// one only that group works; the rest is for stand-ins in tests.
func New(c rest.Interface) *Clientset {
	return &Clientset{
		DiscoveryClient: discovery.NewDiscoveryClient(c),
		appsV1:          appsv1.New(c),
		coreV1:          corev1.New(c),
		eventsV1:        eventsv1.New(c),
	}
}
