// Package contenttype reads objects in whichever format the server answers.
package contenttype

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/rest"
)

// Client reads objects in the formats that its content names.
type Client struct {
	http    *http.Client
	content rest.ClientContentConfig // ContentType isn't empty
}

// NewClient returns a client that sends its requests with httpClient. Without a ContentType, content means JSON.
func NewClient(httpClient *http.Client, content rest.ClientContentConfig) *Client {
	content.ContentType = cmp.Or(content.ContentType, runtime.ContentTypeJSON)
	return &Client{http: httpClient, content: content}
}

// Get returns the object at url, or the error that the server sent in its place.
func (c *Client) Get(ctx context.Context, url string) (runtime.Object, error) {
	obj, err := c.exchange(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", url, err)
	}
	if status, ok := obj.(*metav1.Status); ok && status.Status != metav1.StatusSuccess {
		return nil, apierrors.FromObject(status)
	}
	return obj, nil
}

// exchange asks for what is at url, and decodes the answer in the format that it came in:
//   - Accept is content.AcceptContentTypes, unchanged; if that is empty, content.ContentType, or else anything;
//   - an answer that names no format is in content.ContentType;
//   - a Content-Type that can't be read is an error that quotes it, and one without a decoder is the error of
//     content.Negotiator, a runtime.NegotiateError.
func (c *Client) exchange(ctx context.Context, url string) (runtime.Object, error) {
	// TODO: Send the request with its Accept header. Decode the answer by its Content-Type.
	// You may need: mime
	panic("TODO ch01/ex03: fill in Client.exchange")
}

// send sends a GET request, and returns the Content-Type and body of its answer, whatever status that has.
func (c *Client) send(ctx context.Context, url, accept string) (contentType string, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", nil, err
	}
	req.Header.Set("Accept", accept)
	resp, err := c.http.Do(req)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	return resp.Header.Get("Content-Type"), body, err
}
