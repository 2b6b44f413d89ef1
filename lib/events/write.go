package events

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"client-go-workbook/lib/rest"
)

// writeEvent creates an event, or patches the series of one that the sink is known to have. An event that was there for an hour and
// not written meanwhile has been removed; then it is created again, with all of its series.
func writeEvent(ctx context.Context, sink EventSink, event *eventsv1.Event, known bool) error {
	if !known {
		_, err := sink.Create(ctx, event)
		switch {
		case !apierrors.IsAlreadyExists(err):
			return err
		case event.Series == nil:
			return nil // by an earlier try, whose answer was lost
		}
	}
	patch, err := seriesPatch(event)
	if err != nil {
		return err
	}
	_, err = sink.Patch(ctx, event, patch)
	if apierrors.IsNotFound(err) {
		_, err = sink.Create(ctx, event)
	}
	return err
}

// seriesPatch sets the series and leaves the rest of the event alone, most of which can't be changed.
func seriesPatch(event *eventsv1.Event) ([]byte, error) {
	return json.Marshal(struct {
		Series *eventsv1.EventSeries `json:"series"`
	}{event.Series})
}

// temporary tells whether the same write may succeed later: the server can't be reached, has trouble, or asks to wait. An event that
// it doesn't like, it won't like the next time either.
func temporary(err error) bool {
	var construction *rest.RequestConstructionError
	if errors.As(err, &construction) {
		return false
	}
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		code := status.Status().Code
		return code >= http.StatusInternalServerError || code == http.StatusTooManyRequests
	}
	return true
}
