package discovery

import (
	"context"

	"client-go-workbook/lib/discovery/openapi"
)

// OpenAPIV3SchemaInterface gives access to the server's OpenAPI v3 documents.
type OpenAPIV3SchemaInterface interface {
	OpenAPIV3() openapi.Client
}

// OpenAPIV3SchemaInterfaceWithContext is OpenAPIV3SchemaInterface for a client whose calls take a context.
type OpenAPIV3SchemaInterfaceWithContext interface {
	OpenAPIV3WithContext(ctx context.Context) openapi.ClientWithContext
}

// OpenAPIV3WithContext returns a client for the server's OpenAPI v3 documents. It sends nothing by itself.
func (d *DiscoveryClient) OpenAPIV3WithContext(context.Context) openapi.ClientWithContext {
	return openapi.NewClientWithContext(d.restClient)
}
