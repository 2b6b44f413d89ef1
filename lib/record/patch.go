package record

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// repetition holds the only fields in which an event differs from the one on the server. In a strategic merge patch,
// what is absent stays as it is.
type repetition struct {
	Count         int32        `json:"count,omitempty"`
	LastTimestamp *metav1.Time `json:"lastTimestamp,omitempty"`
	Message       string       `json:"message,omitempty"`
}

// countPatch returns a strategic merge patch that tells the server how often the event has happened, when it did
// last, and what it said then.
func countPatch(event *corev1.Event) ([]byte, error) {
	patch, err := json.Marshal(repetition{event.Count, &event.LastTimestamp, event.Message})
	if err != nil {
		return nil, fmt.Errorf("patch event %q in %q: %w", event.Name, event.Namespace, err)
	}
	return patch, nil
}
