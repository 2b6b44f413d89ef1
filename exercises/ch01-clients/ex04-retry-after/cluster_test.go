package retryafter_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	retryafter "client-go-workbook/exercises/ch01-clients/ex04-retry-after"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
)

// The server makes another name of it for every POST that reaches it.
const configMap = `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"generateName":"prices-"},"data":{"apple":"1.20"}}`

func TestClusterGetsWhatWasTurnedAwayBefore(t *testing.T) {
	t.Parallel()
	c := connect(t, func(c *connection, req *http.Request) (*http.Response, error) {
		if c.attempts > 1 {
			return c.plain.Transport.RoundTrip(req)
		}
		if _, err := readBody(req); err != nil {
			return nil, err
		}
		header := http.Header{"Retry-After": {"0"}}
		return &http.Response{StatusCode: http.StatusTooManyRequests, Header: header, Body: http.NoBody}, nil
	})
	resp, err := c.create(t)
	if err != nil || resp.StatusCode != http.StatusCreated {
		sameBody.Broken(t, report("POST to a server that is busy at first", "the answer 201", resp, err))
	}
	resp.Body.Close()
	sameBody.Equal(t, []string{"1.20"}, c.apples(t), "list the ConfigMaps, with their prices of apples")
	counted.Equal(t, 2, c.attempts, "count the attempts")
}

func TestClusterCreatesOnce(t *testing.T) {
	t.Parallel()
	c := connect(t, func(c *connection, req *http.Request) (*http.Response, error) {
		resp, err := c.plain.Transport.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		resp.Body.Close()
		return nil, reset.err // the server has done it, but the client doesn't hear of it
	})
	resp, err := c.create(t)
	if !errors.Is(err, reset.err) {
		onlyReads.Broken(t, report("POST on a connection that breaks before the answer comes", reset.String(), resp, err))
	}
	onlyReads.Equal(t, []string{"1.20"}, c.apples(t), "list the ConfigMaps, with their prices of apples")
}

// connection is to the cluster, with something in between.
type connection struct {
	sender   *retryafter.Sender
	plain    *http.Client // nothing in between
	between  func(c *connection, req *http.Request) (*http.Response, error)
	url      string
	attempts int
}

func connect(t *testing.T, between func(*connection, *http.Request) (*http.Response, error)) *connection {
	t.Helper()
	cfg := cluster.ForTest(t)
	plain, err := rest.HTTPClientFor(cfg)
	counted.NoError(t, err, "make a client for the cluster")
	t.Cleanup(plain.CloseIdleConnections)
	configMaps := cfg.Host + "/api/v1/namespaces/" + cluster.NamespaceForTest(t, cfg) + "/configmaps"
	c := &connection{plain: plain, between: between, url: configMaps}
	c.sender = &retryafter.Sender{Client: &http.Client{Transport: c}, MaxRetries: 3}
	return c
}

func (c *connection) RoundTrip(req *http.Request) (*http.Response, error) {
	c.attempts++
	return c.between(c, req)
}

// create asks for another ConfigMap.
func (c *connection) create(t *testing.T) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.url, strings.NewReader(configMap))
	counted.NoError(t, err, "make a request")
	req.Header.Set("Content-Type", "application/json")
	return c.sender.Send(req)
}

// apples returns the price of apples in each ConfigMap that has one; Kubernetes itself keeps another in every namespace.
func (c *connection) apples(t *testing.T) []string {
	t.Helper()
	resp, err := c.plain.Get(c.url)
	counted.NoError(t, err, "list the ConfigMaps")
	defer resp.Body.Close()
	var list struct {
		Items []struct{ Data map[string]string }
	}
	counted.NoError(t, json.NewDecoder(resp.Body).Decode(&list), "decode the list of ConfigMaps")
	var prices []string
	for _, item := range list.Items {
		if price, ok := item.Data["apple"]; ok {
			prices = append(prices, price)
		}
	}
	return prices
}
