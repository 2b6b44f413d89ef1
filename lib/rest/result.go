package rest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/net"
)

// Result is the answer to a request: either err is set, or the answer was a success. After an error that the
// server answered with, the other fields hold that answer; after one that kept it from answering they are empty.
type Result struct {
	body        []byte
	contentType string
	statusCode  int
	warnings    []net.WarningHeader
	decoder     runtime.Decoder // nil if there is none for contentType
	err         error
}

// Error returns why the request failed, or nil. The server's own Status is preferred to one made up from the
// status code.
func (r Result) Error() error { return r.err }

// Raw returns the body as it came, and Error.
func (r Result) Raw() ([]byte, error) { return r.body, r.err }

// StatusCode stores the HTTP status code. It is 0 if there was no answer.
func (r Result) StatusCode(statusCode *int) Result {
	*statusCode = r.statusCode
	return r
}

// ContentType stores the media type of the body.
func (r Result) ContentType(contentType *string) Result {
	*contentType = r.contentType
	return r
}

// WasCreated stores whether the answer was 201 Created: after a PUT or an apply, that the object is new.
func (r Result) WasCreated(wasCreated *bool) Result {
	*wasCreated = r.statusCode == http.StatusCreated
	return r
}

// Warnings returns what the server warned of, in order.
func (r Result) Warnings() []net.WarningHeader { return r.warnings }

// Get decodes the body into an object of its own kind. A Status that isn't a success is returned as an error.
func (r Result) Get() (runtime.Object, error) {
	if r.err != nil {
		return nil, r.err
	}
	out, err := r.decode(nil)
	if err == nil {
		err = statusError(out)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Into decodes the body into obj, which should be new: what is in it may show through, since JSON adds to a map
// that it finds. With a nil obj it only looks for an error. A Status in place of obj is an error unless it
// reports success; an object of another type is an error always.
func (r Result) Into(obj runtime.Object) error {
	if r.err != nil {
		return r.err
	}
	if r.decoder != nil && len(r.body) == 0 {
		return fmt.Errorf("0-length response with status code: %d and content type: %s", r.statusCode, r.contentType)
	}
	out, err := r.decode(obj)
	if err != nil || out == obj {
		return err
	}
	if _, isStatus := out.(*metav1.Status); obj != nil && !isStatus {
		return fmt.Errorf("the server answered with %T, which doesn't go into %T", out, obj)
	}
	return statusError(out)
}

func (r Result) decode(into runtime.Object) (runtime.Object, error) {
	if r.decoder == nil {
		return nil, fmt.Errorf("serializer for %s doesn't exist", r.contentType)
	}
	out, _, err := r.decoder.Decode(r.body, nil, into)
	return out, err
}

// statusError returns an error if obj is a Status that reports one.
func statusError(obj runtime.Object) error {
	if status, ok := obj.(*metav1.Status); ok && status.Status != metav1.StatusSuccess {
		return apierrors.FromObject(status)
	}
	return nil
}

// result reads an answer to its end.
func (r *Request) result(ctx context.Context, resp *http.Response) Result {
	data, err := r.readBody(ctx, resp)
	if err != nil {
		return Result{err: err}
	}
	result, err := r.unread(resp)
	result.body = data
	result.warnings = r.handleWarnings(ctx, resp.Header)
	switch {
	case !succeeded(resp.StatusCode):
		result.err = r.responseError(ctx, resp, result)
	case err != nil:
		err = fmt.Errorf("%s: content type %q: %w", r.describe(), result.contentType, err)
		result.err = apierrors.NewInternalError(err)
	}
	return result
}

// unread is the Result of an answer before its body is read. The error is about the content type.
func (r *Request) unread(resp *http.Response) (Result, error) {
	result := Result{contentType: resp.Header.Get("Content-Type"), statusCode: resp.StatusCode}
	if result.contentType == "" {
		result.contentType = r.content.ContentType
	}
	media, params, err := mediaType(result.contentType)
	if err == nil {
		// Without a decoder Raw still works, and so does an error.
		result.decoder, _ = r.content.Negotiator.Decoder(media, params)
	}
	return result, err
}

// readBody reads the body in one go, into a buffer of the right size if the server announced one. It doesn't take
// a large announcement at its word.
func (r *Request) readBody(ctx context.Context, resp *http.Response) ([]byte, error) {
	const trusted = 16 << 20
	var buf bytes.Buffer
	if resp.ContentLength > 0 {
		buf.Grow(int(min(resp.ContentLength, trusted)) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(resp.Body); err != nil {
		return nil, fmt.Errorf("%s: unexpected error when reading response body: %w", r.describe(), err)
	}
	r.logBody(ctx, "Response Body", buf.Bytes())
	return buf.Bytes(), nil
}
