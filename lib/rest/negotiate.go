package rest

import (
	"mime"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ClientContentConfig says in which format a client and its server talk.
type ClientContentConfig struct {
	// AcceptContentTypes is the Accept header. Empty means: ContentType, or else anything.
	AcceptContentTypes string
	// ContentType is the media type of the objects that are sent. Empty means JSON, or protobuf for the typed
	// clients that prefer it.
	ContentType string
	// GroupVersion is the version that objects are sent in and that VersionedParams are written for.
	GroupVersion schema.GroupVersion
	// Negotiator finds encoder and decoder for a media type.
	Negotiator runtime.ClientNegotiator
}

// content is a ClientContentConfig as one request uses it.
type content struct {
	ClientContentConfig
	defaulted bool // nobody chose a ContentType
}

func newContent(config ClientContentConfig) content {
	c := content{ClientContentConfig: config, defaulted: config.ContentType == ""}
	if c.defaulted {
		c.ContentType = runtime.ContentTypeJSON
	}
	return c
}

// preferProtobuf keeps JSON in the Accept list: that is how a server answers that has no protobuf for a type.
// It gives way to any choice that the caller made, and says whether it did anything.
func (c *content) preferProtobuf() bool {
	if !c.defaulted || c.AcceptContentTypes != "" {
		return false
	}
	c.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	c.ContentType = runtime.ContentTypeProtobuf
	return true
}

func (c *content) accept() string {
	if c.AcceptContentTypes != "" {
		return c.AcceptContentTypes
	}
	return c.ContentType + ", */*"
}

func (c *content) encode(obj runtime.Object) ([]byte, error) {
	encoder, err := c.Negotiator.Encoder(c.ContentType, nil)
	if err != nil {
		return nil, err
	}
	return runtime.Encode(encoder, obj)
}

// mediaType splits a Content-Type header. The two that nearly every answer carries need no parsing.
func mediaType(contentType string) (string, map[string]string, error) {
	switch contentType {
	case runtime.ContentTypeJSON, runtime.ContentTypeProtobuf:
		return contentType, nil, nil
	}
	return mime.ParseMediaType(contentType)
}
