package memory

import (
	"context"
	"sync"

	"client-go-workbook/lib/discovery/openapi"
)

// openAPIClient remembers the list of documents, and each document in each content type that was asked for.
type openAPIClient struct {
	delegate openapi.ClientWithContext
	paths    cell[map[string]*openAPIDocument]
}

var (
	_ openapi.Client                  = (*openAPIClient)(nil)
	_ openapi.ClientWithContext       = (*openAPIClient)(nil)
	_ openapi.GroupVersion            = (*openAPIDocument)(nil)
	_ openapi.GroupVersionWithContext = (*openAPIDocument)(nil)
)

// Paths is PathsWithContext with context.Background().
func (c *openAPIClient) Paths() (map[string]openapi.GroupVersion, error) {
	documents, err := c.get(context.Background())
	if err != nil {
		return nil, err
	}
	paths := make(map[string]openapi.GroupVersion, len(documents))
	for path, document := range documents {
		paths[path] = document
	}
	return paths, nil
}

// PathsWithContext returns a map of the caller's own; the documents in it are shared.
func (c *openAPIClient) PathsWithContext(ctx context.Context) (map[string]openapi.GroupVersionWithContext, error) {
	documents, err := c.get(ctx)
	if err != nil {
		return nil, err
	}
	paths := make(map[string]openapi.GroupVersionWithContext, len(documents))
	for path, document := range documents {
		paths[path] = document
	}
	return paths, nil
}

func (c *openAPIClient) get(ctx context.Context) (map[string]*openAPIDocument, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.paths.get(ctx, func(ctx context.Context) answer[map[string]*openAPIDocument] {
		paths, err := c.delegate.PathsWithContext(ctx)
		documents := make(map[string]*openAPIDocument, len(paths))
		for path, delegate := range paths {
			documents[path] = &openAPIDocument{delegate: delegate, schemas: map[string]*cell[[]byte]{}}
		}
		return lasting(documents, err)
	})
}

// openAPIDocument is one document in the content types that were asked for.
type openAPIDocument struct {
	delegate openapi.GroupVersionWithContext

	mu      sync.Mutex
	schemas map[string]*cell[[]byte] // by content type
}

// ServerRelativeURL is the delegate's.
func (d *openAPIDocument) ServerRelativeURL() string {
	return d.delegate.ServerRelativeURL()
}

// Schema is SchemaWithContext with context.Background().
func (d *openAPIDocument) Schema(contentType string) ([]byte, error) {
	return d.SchemaWithContext(context.Background(), contentType)
}

// SchemaWithContext returns the document. The bytes are shared: don't change them.
func (d *openAPIDocument) SchemaWithContext(ctx context.Context, contentType string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return d.schema(contentType).get(ctx, func(ctx context.Context) answer[[]byte] {
		return lasting(d.delegate.SchemaWithContext(ctx, contentType))
	})
}

func (d *openAPIDocument) schema(contentType string) *cell[[]byte] {
	d.mu.Lock()
	defer d.mu.Unlock()
	known, ok := d.schemas[contentType]
	if !ok {
		known = new(cell[[]byte])
		d.schemas[contentType] = known
	}
	return known
}
