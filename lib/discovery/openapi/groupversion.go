package openapi

import (
	"context"
	"fmt"

	"client-go-workbook/lib/rest"
)

// ContentTypeOpenAPIV3PB asks Schema for protobuf. The other form that servers have is "application/json".
const ContentTypeOpenAPIV3PB = "application/com.github.proto-openapi.spec.v3@v1.0+protobuf"

// GroupVersion is one OpenAPI v3 document.
type GroupVersion interface {
	// Schema fetches the document in the given content type.
	Schema(contentType string) ([]byte, error)

	// ServerRelativeURL is where Schema reads. It holds a hash of the content: equal URLs, equal documents.
	ServerRelativeURL() string
}

// GroupVersionWithContext is GroupVersion with a context.
type GroupVersionWithContext interface {
	// SchemaWithContext fetches the document in the given content type.
	SchemaWithContext(ctx context.Context, contentType string) ([]byte, error)

	// ServerRelativeURL is where SchemaWithContext reads. It holds a hash of the content: equal URLs, equal documents.
	ServerRelativeURL() string
}

// groupVersion implements GroupVersion and GroupVersionWithContext.
type groupVersion struct {
	restClient rest.Interface
	path       string // "apis/apps/v1"
	url        string // "/openapi/v3/apis/apps/v1?hash=…", below the REST client's base path
}

func (g *groupVersion) ServerRelativeURL() string { return g.url }

// Schema is SchemaWithContext with context.Background().
func (g *groupVersion) Schema(contentType string) ([]byte, error) {
	return g.SchemaWithContext(context.Background(), contentType)
}

// SchemaWithContext fetches the document in the given content type, 406 Not Acceptable if the server lacks it.
func (g *groupVersion) SchemaWithContext(ctx context.Context, contentType string) ([]byte, error) {
	document, err := g.restClient.Get().RequestURI(g.url).SetHeader("Accept", contentType).Do(ctx).Raw()
	if err != nil {
		return nil, fmt.Errorf("get OpenAPI document %q as %s: %w", g.path, contentType, err)
	}
	return document, nil
}

// ToGroupVersionWithContext returns gv itself if it has both forms, else an adapter that can't pass the context on.
// Nil stays nil.
func ToGroupVersionWithContext(gv GroupVersion) GroupVersionWithContext {
	if gv == nil {
		return nil
	}
	if both, ok := gv.(GroupVersionWithContext); ok {
		return both
	}
	return contextlessGroupVersion{gv}
}

type contextlessGroupVersion struct{ GroupVersion }

func (g contextlessGroupVersion) SchemaWithContext(_ context.Context, contentType string) ([]byte, error) {
	return g.Schema(contentType)
}
