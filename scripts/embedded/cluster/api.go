package cluster

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// api asks the API server the few things that a start must know. It is not a
// client: lib/rest is.
type api struct {
	base string
	http *http.Client
}

func newAPI(base string, pki *PKI) (*api, error) { return newClient(base, pki, "admin", "ca") }

// newClient presents one certificate, and trusts one authority.
func newClient(base string, pki *PKI, user, authority string) (*api, error) {
	cert, err := tls.LoadX509KeyPair(pki.File(user+".crt"), pki.File(user+".key"))
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(pki.File(authority + ".crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return &api{base: base, http: &http.Client{
		Timeout:   10 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{Certificates: []tls.Certificate{cert}, RootCAs: roots}},
	}}, nil
}

func (a *api) close() { a.http.CloseIdleConnections() }

// do sends body, if any, and decodes the answer into into, if any.
func (a *api) do(ctx context.Context, method, path string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := a.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	if err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return &statusError{resp.StatusCode, fmt.Sprintf("%s %s: %s: %.300s", method, path, resp.Status, answer)}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

type statusError struct {
	code    int
	message string
}

func (e *statusError) Error() string { return e.message }

func (a *api) ready(ctx context.Context) error {
	return a.do(ctx, http.MethodGet, "/readyz", nil, nil)
}

// schedulerReady asks the scheduler itself: the API server can't tell.
func (a *api) schedulerReady(ctx context.Context, port int) error {
	scheduler := &api{base: url(port), http: a.http}
	return scheduler.ready(ctx)
}

// defaultNamespace is there when Pods can be created in it: with the account
// that they run under.
func (a *api) defaultNamespace(ctx context.Context) error {
	if err := a.do(ctx, http.MethodGet, "/api/v1/namespaces/default", nil, nil); err != nil {
		return err
	}
	return a.do(ctx, http.MethodGet, "/api/v1/namespaces/default/serviceaccounts/default", nil, nil)
}

// nodes holds the Node objects that kwok brings to life.
//
//go:embed nodes.json
var nodes []byte

// createNodes leaves those that are there as they are.
func (a *api) createNodes(ctx context.Context) error {
	var list []json.RawMessage
	if err := json.Unmarshal(nodes, &list); err != nil {
		return err
	}
	for _, node := range list {
		err := a.do(ctx, http.MethodPost, "/api/v1/nodes", node, nil)
		if exists := (*statusError)(nil); errors.As(err, &exists) && exists.code == http.StatusConflict {
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nodesReady is satisfied when Pods can be bound to every node.
func (a *api) nodesReady(ctx context.Context) error {
	var list struct {
		Items []struct {
			Metadata struct{ Name string }
			Spec     struct{ Taints []struct{ Key string } }
			Status   struct {
				Conditions []struct{ Type, Status string }
			}
		}
	}
	if err := a.do(ctx, http.MethodGet, "/api/v1/nodes", nil, &list); err != nil {
		return err
	}
	if len(list.Items) == 0 {
		return errors.New("there is no node")
	}
	for _, node := range list.Items {
		ready := false
		for _, c := range node.Status.Conditions {
			ready = ready || c.Type == "Ready" && c.Status == "True"
		}
		if !ready {
			return fmt.Errorf("node %s is not Ready", node.Metadata.Name)
		}
		for _, t := range node.Spec.Taints {
			if t.Key == "node.kubernetes.io/not-ready" || t.Key == "node.kubernetes.io/unreachable" {
				return fmt.Errorf("node %s is still tainted %s", node.Metadata.Name, t.Key)
			}
		}
	}
	return nil
}
