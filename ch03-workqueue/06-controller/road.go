package main

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"

	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	listerscorev1 "client-go-workbook/lib/listers/core/v1"
	"client-go-workbook/lib/rest"
)

// road leads from the controller to the API server. Its writes meet others there: a rival who
// is faster, or a block that is as good as a slow server.
type road struct {
	pods  clientcorev1.PodInterface
	log   *journal
	cache listerscorev1.PodLister // the controller's

	mu      sync.Mutex
	rival   map[string]int // how many times somebody writes this pod first
	free    chan struct{}  // closed unless the road is blocked
	waiting int            // writes
}

func newRoad(pods clientcorev1.PodInterface, log *journal) *road {
	r := &road{pods: pods, log: log, rival: map[string]int{}, free: make(chan struct{})}
	close(r.free)
	return r
}

// config returns a copy of cfg whose clients use the road.
func (r *road) config(cfg *rest.Config) *rest.Config {
	cfg = rest.CopyConfig(cfg)
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return &traveller{r, next} })
	return cfg
}

// rivals lets somebody else write the pod before each of the controller's next writes.
func (r *road) rivals(pod string, times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rival[pod] = times
}

// block holds the controller's writes until the road is clear again.
func (r *road) block() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free = make(chan struct{})
}

func (r *road) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.free:
	default:
		close(r.free)
	}
}

// blocked does something else first, so that the requests are told in this order.
func (r *road) blocked(do func() error) error {
	r.block()
	defer r.clear()
	return do()
}

// held returns how many writes are blocked.
func (r *road) held() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waiting
}

// enter counts who comes, and says what is waiting on the road: a block, a rival.
func (r *road) enter(pod string) (free chan struct{}, rival bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting++
	if r.rival[pod] == 0 {
		return r.free, false
	}
	r.rival[pod]--
	return r.free, true
}

func (r *road) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting--
}

// overtake writes the pod, and waits until the controller's cache has heard of it: the
// request that is on the road was made before.
func (r *road) overtake(ctx context.Context, pod string) error {
	patch := fmt.Appendf(nil, `{"metadata":{"annotations":{"written":%q}}}`, time.Now().Format(time.RFC3339Nano))
	written, err := r.pods.Patch(ctx, pod, types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return err
	}
	r.log.note(pod, "somebody else writes it")
	return until(ctx, func() bool {
		cached, err := r.cache.Pods(written.Namespace).Get(pod)
		return err == nil && cached.ResourceVersion == written.ResourceVersion
	})
}

// until asks again and again, for what nobody tells of.
func until(ctx context.Context, condition func() bool) error {
	return wait.PollUntilContextTimeout(ctx, time.Millisecond, 30*time.Second, true,
		func(context.Context) (bool, error) { return condition(), nil })
}

// traveller is a request of the controller.
type traveller struct {
	road *road
	next http.RoundTripper
}

func (t *traveller) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodPut {
		return t.next.RoundTrip(req)
	}
	pod := path.Base(req.URL.Path)
	free, rival := t.road.enter(pod)
	defer t.road.leave()
	select {
	case <-free:
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if rival {
		if err := t.road.overtake(req.Context(), pod); err != nil {
			return nil, err
		}
	}
	return t.next.RoundTrip(req)
}
