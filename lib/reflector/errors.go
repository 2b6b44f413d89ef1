package reflector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/net"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

// What an error asks for:
//
//	410 Expired, Gone             on a watch: list from where the store is; on a list or a stream: the newest
//	504 Too large version         the same: the server is behind, or its data was restored from a backup
//	connection refused, 429       back off, then watch on
//	500 Internal error            watch on at once, for MaxInternalErrorRetryDuration
//	anything else                 back off, then list

// WatchErrorHandlerWithContext is told, before the backoff, when a list failed or a watch could not be started.
// It returns soon.
type WatchErrorHandlerWithContext func(ctx context.Context, r *Reflector, err error)

// DefaultWatchErrorHandler logs an error, the more quietly the more it was to be expected.
func DefaultWatchErrorHandler(ctx context.Context, r *Reflector, err error) {
	switch {
	case isExpired(err):
		r.logger(ctx).V(4).Info("Watch closed", "err", err)
	case errors.Is(err, io.EOF):
	case errors.Is(err, io.ErrUnexpectedEOF):
		r.logger(ctx).V(1).Info("Watch closed with unexpected EOF", "err", err)
	default:
		utilruntime.HandleErrorWithContext(ctx, err, "Failed to watch", "reflector", r.name, "type", r.typeDescription)
	}
}

// logger is the context's, with the names of r.
func (r *Reflector) logger(ctx context.Context) klog.Logger {
	return klog.LoggerWithValues(klog.FromContext(ctx), "reflector", r.name, "type", r.typeDescription)
}

// VeryShortWatchError is a watch that ended within a second, without an event.
type VeryShortWatchError struct {
	Name string // of the Reflector
}

func (e *VeryShortWatchError) Error() string {
	return fmt.Sprintf("very short watch: %s: the server closed it within a second, without an event", e.Name)
}

// isExpired is a version that the server has forgotten. Old servers say Gone.
func isExpired(err error) bool {
	return apierrors.IsResourceExpired(err) || apierrors.IsGone(err)
}

// isTooLarge is a version that the server has not seen yet. Before Kubernetes 1.19 only the text says so.
func isTooLarge(err error) bool {
	const text = "Too large resource version"
	if apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge) {
		return true
	}
	var status apierrors.APIStatus
	if !apierrors.IsTimeout(err) || !errors.As(err, &status) || status.Status().Details == nil {
		return false
	}
	for _, cause := range status.Status().Details.Causes {
		if cause.Message == text {
			return true
		}
	}
	return strings.Contains(status.Status().Message, text)
}

// isUnavailable is a version that can't be had.
func isUnavailable(err error) bool { return isExpired(err) || isTooLarge(err) }

// isOverload is a server that is away or busy. What it has told so far stays true.
func isOverload(err error) bool {
	return net.IsConnectionRefused(err) || apierrors.IsTooManyRequests(err)
}
