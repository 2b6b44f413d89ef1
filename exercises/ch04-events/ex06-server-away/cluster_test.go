package serveraway_test

import (
	"fmt"
	"net/http"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	serveraway "client-go-workbook/exercises/ch04-events/ex06-server-away"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/rest"
)

// bad is a connection: each event's first requests don't arrive, and then an answer doesn't.
type bad struct {
	http.RoundTripper
	requests int
}

func (b *bad) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodPost {
		return b.RoundTripper.RoundTrip(req)
	}
	b.requests++
	switch b.requests % 4 {
	case 1, 2:
		return nil, syscall.ECONNREFUSED
	case 3:
		resp, err := b.RoundTripper.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("the answer is lost: %w", resp.Body.Close())
	}
	return b.RoundTripper.RoundTrip(req)
}

// TestClusterHasEachEventOnce writes to the cluster over a connection on which each request has to be made again.
func TestClusterHasEachEventOnce(t *testing.T) {
	cfg := cluster.ForTest(t)
	namespace := cluster.NamespaceForTest(t, cfg)
	cfg = rest.CopyConfig(cfg)
	connection := &bad{}
	cfg.Wrap(func(rt http.RoundTripper) http.RoundTripper {
		connection.RoundTripper = rt
		return connection
	})
	client, err := kubernetes.NewForConfig(cfg)
	again.NoError(t, err, "make a client for the cluster")
	w := &serveraway.Writer{
		Write: func(event *corev1.Event) error {
			_, err := client.CoreV1().Events(namespace).Create(t.Context(), event, metav1.CreateOptions{})
			return err
		},
		Sleep: 10 * time.Millisecond, MaxTries: 12,
	}
	var want, got []string
	for n := range 5 {
		event := &corev1.Event{
			ObjectMeta:     metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprint("web.", n)},
			InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: namespace, Name: "web"},
			Type:           corev1.EventTypeNormal, Reason: "Tested", Message: "once",
		}
		want = append(want, event.Name)
		again.NoError(t, w.Record(t.Context(), event), "write %s; the connection is refused twice, then an answer is lost", event.Name)
	}
	all, err := client.CoreV1().Events(namespace).List(t.Context(), metav1.ListOptions{})
	again.NoError(t, err, "list the events")
	for _, event := range all.Items {
		got = append(got, event.Name)
	}
	exists.Equal(t, want, got, "write five events over a bad connection, and list them")
	again.Equal(t, 4*len(want), connection.requests, "how many requests does that take")
}
