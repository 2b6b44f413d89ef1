// Package openapi reads the OpenAPI v3 documents of a server, one for each group-version.
//
//	/openapi/v3 ──Paths──▶ "apis/apps/v1" → GroupVersion ──Schema(content type)──▶ bytes
//	                            │
//	                 ServerRelativeURL "/openapi/v3/apis/apps/v1?hash=…": the key to cache them by
//
// Upstream: openapi. Its cached form, openapi/cached, is in discovery/memory.
// Left out: OpenAPI v2; NewTypeConverter, whose users need kube-openapi's types.
package openapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"client-go-workbook/lib/rest"
)

// rootPath is the endpoint that lists the documents.
const rootPath = "/openapi/v3"

// Client lists the OpenAPI v3 documents that a server has.
type Client interface {
	// Paths maps each document's path, such as "apis/apps/v1", to the document.
	Paths() (map[string]GroupVersion, error)
}

// ClientWithContext is Client with a context.
type ClientWithContext interface {
	// PathsWithContext maps each document's path, such as "apis/apps/v1", to the document.
	PathsWithContext(ctx context.Context) (map[string]GroupVersionWithContext, error)
}

// NewClient returns a Client that asks restClient anew on every call.
func NewClient(restClient rest.Interface) Client {
	return &client{restClient: restClient}
}

// NewClientWithContext returns a ClientWithContext that asks restClient anew on every call.
func NewClientWithContext(restClient rest.Interface) ClientWithContext {
	return &client{restClient: restClient}
}

// client implements Client and ClientWithContext.
type client struct {
	restClient rest.Interface
}

// Paths is PathsWithContext with context.Background().
func (c *client) Paths() (map[string]GroupVersion, error) {
	documents, err := c.documents(context.Background())
	if err != nil {
		return nil, err
	}
	paths := make(map[string]GroupVersion, len(documents))
	for path, document := range documents {
		paths[path] = document
	}
	return paths, nil
}

// PathsWithContext asks for the list of documents; it fetches none of them.
func (c *client) PathsWithContext(ctx context.Context) (map[string]GroupVersionWithContext, error) {
	documents, err := c.documents(ctx)
	if err != nil {
		return nil, err
	}
	paths := make(map[string]GroupVersionWithContext, len(documents))
	for path, document := range documents {
		paths[path] = document
	}
	return paths, nil
}

func (c *client) documents(ctx context.Context) (map[string]*groupVersion, error) {
	body, err := c.restClient.Get().AbsPath(rootPath).Do(ctx).Raw()
	if err != nil {
		return nil, fmt.Errorf("list OpenAPI documents at %s: %w", rootPath, err)
	}
	var root struct {
		Paths map[string]struct {
			ServerRelativeURL string `json:"serverRelativeURL"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(body, &root); err != nil {
		return nil, fmt.Errorf("parse the OpenAPI documents at %s: %w", rootPath, err)
	}

	// The server writes absolute paths. Behind a proxy they may hold the prefix that the
	// REST client puts in front of every path by itself.
	prefix := strings.TrimSuffix(c.restClient.Get().AbsPath("/").URL().Path, "/")
	documents := make(map[string]*groupVersion, len(root.Paths))
	for path, entry := range root.Paths {
		documents[path] = &groupVersion{
			restClient: c.restClient,
			path:       path,
			url:        strings.TrimPrefix(entry.ServerRelativeURL, prefix),
		}
	}
	return documents, nil
}

// ToClientWithContext returns c itself if it has both forms, else an adapter whose context only c's own timeouts
// can replace. Nil stays nil.
func ToClientWithContext(c Client) ClientWithContext {
	if c == nil {
		return nil
	}
	if both, ok := c.(ClientWithContext); ok {
		return both
	}
	return contextlessClient{c}
}

type contextlessClient struct{ Client }

func (c contextlessClient) PathsWithContext(context.Context) (map[string]GroupVersionWithContext, error) {
	plain, err := c.Paths()
	if err != nil {
		return nil, err
	}
	paths := make(map[string]GroupVersionWithContext, len(plain))
	for path, document := range plain {
		paths[path] = ToGroupVersionWithContext(document)
	}
	return paths, nil
}
