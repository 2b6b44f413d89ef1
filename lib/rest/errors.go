package rest

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/klog/v2"
)

// maxErrorText bounds what of a body gets into an error.
const maxErrorText = 2048

// succeeded counts 101 as a success: the connection was upgraded, and there will be no other answer.
func succeeded(code int) bool {
	return code == http.StatusSwitchingProtocols || code >= http.StatusOK && code <= http.StatusPartialContent
}

// refused reads and closes an answer that a stream can't be made of, and turns it into an error.
func (r *Request) refused(ctx context.Context, resp *http.Response) error {
	defer drain(resp)
	result := r.result(ctx, resp)
	if result.err != nil {
		return result.err
	}
	return fmt.Errorf("%s: the server answered with status %d, which isn't the start of a stream",
		r.describe(), resp.StatusCode)
}

// responseError is the Status in the body if there is one, and else what the status code means.
func (r *Request) responseError(ctx context.Context, resp *http.Response, result Result) error {
	if result.decoder != nil && len(result.body) > 0 {
		// Old servers leave the version out.
		out, _, err := result.decoder.Decode(result.body, &schema.GroupVersionKind{Version: "v1"}, nil)
		if err != nil {
			klog.FromContext(ctx).V(5).Info("The body of an error isn't a Status", "err", err)
		}
		if status, ok := out.(*metav1.Status); ok && status.Status == metav1.StatusFailure {
			return apierrors.FromObject(status)
		}
	}
	return r.genericError(resp, result.body)
}

// genericError makes a StatusError of the status code. Its cause, of type CauseTypeUnexpectedServerResponse,
// holds the body if that is text: a proxy's page, as a rule.
func (r *Request) genericError(resp *http.Response, body []byte) error {
	message := "unknown"
	if isText(resp.Header) {
		message = strings.TrimSpace(string(body[:min(len(body), maxErrorText)]))
	}
	var resource schema.GroupResource
	if r.target.resource != "" {
		resource = schema.GroupResource{Group: r.content.GroupVersion.Group, Resource: r.target.resource}
	}
	retryAfter, _ := retryAfterSeconds(resp.Header)
	err := apierrors.NewGenericServerResponse(
		resp.StatusCode, r.verb, resource, r.target.name, message, retryAfter, true)
	if resource.Empty() {
		// A request by path, a dynamic client's for one, would be told of a resource without a name.
		err.ErrStatus.Message += " (" + r.describe() + ")"
	}
	return err
}

func isText(h http.Header) bool {
	contentType := h.Get("Content-Type")
	if contentType == "" {
		return true
	}
	media, _, err := mediaType(contentType)
	return err == nil && strings.HasPrefix(media, "text/")
}
