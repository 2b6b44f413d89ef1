package informer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	typedcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
)

const crowd = 2000 // objects

// TestConvergenceWhenTheAPIServerIsKilled has writers change 2,000 objects all the time, while the API server is
// killed three times and etcd is compacted. At the end the stores of both paths are the server's state, and so is what
// their handlers have been told.
func TestConvergenceWhenTheAPIServerIsKilled(t *testing.T) {
	cfg := cluster.ForDisruption(t)
	cfg.QPS = -1
	ns := cluster.NamespaceForTest(t, cfg)
	clients, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	street := &crowdedStreet{configMaps: clients.CoreV1().ConfigMaps(ns)}
	street.fill(t)

	ctx, stop := context.WithTimeout(klog.NewContext(t.Context(), klog.Logger{}), 5*time.Minute)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	onlookers := []*onlooker{watchingOnlooker(t, cfg, ns), listingOnlooker(t, cfg, ns)}
	for _, o := range onlookers {
		running.Go(func() { o.informer.RunWithContext(ctx) })
		require.True(t, informer.WaitForCacheSync(ctx.Done(), o.informer.HasSynced))
	}

	street.busy(ctx, t, func() {
		for kill := range 3 {
			street.goOnFor(ctx, 300)
			if kill > 0 {
				require.NoError(t, cluster.CompactEtcd(ctx))
			}
			require.NoError(t, cluster.RestartAPIServer(ctx))
		}
		street.goOnFor(ctx, 300)
	})

	list, err := street.configMaps.List(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	truth, contents := map[string]sighting{}, map[string]string{}
	for i := range list.Items {
		s := sightingOf(&list.Items[i])
		truth[s.key], contents[s.key] = s, contentOf(&list.Items[i])
	}
	for _, o := range onlookers {
		o.requireAgreement(t, truth, contents)
		require.GreaterOrEqual(t, o.watches.Load(), int32(4), "each kill breaks the watch")
	}
}

// crowdedStreet is a namespace where everybody is busy.
type crowdedStreet struct {
	configMaps typedcorev1.ConfigMapInterface
	changes    atomic.Int64 // that the server has confirmed
}

func (s *crowdedStreet) fill(t *testing.T) {
	const writers = 16
	errs := make([]error, writers)
	var running sync.WaitGroup
	for writer := range writers {
		running.Go(func() {
			for i := writer; i < crowd && errs[writer] == nil; i += writers {
				_, errs[writer] = s.configMaps.Create(t.Context(), resident(i, "new here"), metav1.CreateOptions{})
			}
		})
	}
	running.Wait()
	require.NoError(t, errors.Join(errs...))
}

func resident(i int, content string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("resident-%04d", i)}, Data: map[string]string{"content": content}}
}

// busy lets four writers change objects of their own while fn runs. An API server that is away is no reason to stop.
func (s *crowdedStreet) busy(ctx context.Context, t *testing.T, fn func()) {
	const writers = 4
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer stop()
	for writer := range writers {
		running.Go(func() {
			random := rand.New(rand.NewPCG(uint64(writer), 0))
			for ctx.Err() == nil {
				if err := s.change(ctx, random, random.IntN(crowd/writers)*writers+writer); err == nil {
					s.changes.Add(1)
				} else if _, answered := err.(apierrors.APIStatus); !answered {
					pause(ctx, 20*time.Millisecond)
				}
			}
		})
	}
	fn()
}

// change makes one object another one, most often; or it goes, or comes again.
func (s *crowdedStreet) change(ctx context.Context, random *rand.Rand, i int) error {
	next := resident(i, fmt.Sprint(random.Uint64()))
	var err error
	switch random.IntN(4) {
	case 0:
		err = s.configMaps.Delete(ctx, next.Name, metav1.DeleteOptions{})
	case 1:
		_, err = s.configMaps.Create(ctx, next, metav1.CreateOptions{})
	default:
		_, err = s.configMaps.Update(ctx, next, metav1.UpdateOptions{})
	}
	return err
}

// goOnFor returns after so many more changes.
func (s *crowdedStreet) goOnFor(ctx context.Context, changes int64) {
	for until := s.changes.Load() + changes; s.changes.Load() < until && ctx.Err() == nil; {
		pause(ctx, 5*time.Millisecond)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// onlooker is an informer with two handlers.
type onlooker struct {
	name        string
	informer    informer.SharedIndexInformer
	first, slow *witness
	watches     atomic.Int32
}

// watchingOnlooker knows the types, and gets its lists streamed.
func watchingOnlooker(t *testing.T, cfg *rest.Config, ns string) *onlooker {
	o := &onlooker{name: "watch-list"}
	client, err := kubernetes.NewForConfig(o.counted(cfg))
	require.NoError(t, err)
	return o.look(t, reflector.NewListWatchForClient(client.CoreV1().ConfigMaps(ns), nil), &corev1.ConfigMap{})
}

// listingOnlooker knows no types, and lists.
func listingOnlooker(t *testing.T, cfg *rest.Config, ns string) *onlooker {
	o := &onlooker{name: "list"}
	client, err := dynamic.NewForConfig(o.counted(cfg))
	require.NoError(t, err)
	lw := reflector.NewListWatchForClient(client.Resource(configMaps).Namespace(ns), nil)
	lw.DisableWatchList = true
	return o.look(t, lw, &unstructured.Unstructured{})
}

// counted counts the watches that a client starts.
func (o *onlooker) counted(cfg *rest.Config) *rest.Config {
	cfg = rest.CopyConfig(cfg)
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Query().Get("watch") != "" {
				o.watches.Add(1)
			}
			return next.RoundTrip(req)
		})
	})
	return cfg
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func (o *onlooker) look(t *testing.T, lw *reflector.ListWatch, example runtime.Object) *onlooker {
	o.informer = informer.NewSharedIndexInformerWithOptions(lw, example, informer.SharedIndexInformerOptions{})
	o.first, o.slow = newWitness(o.name+", first"), newWitness(o.name+", slow")
	o.slow.pause = func() { time.Sleep(100 * time.Microsecond) }
	for _, w := range []*witness{o.first, o.slow} {
		_, err := o.informer.AddEventHandler(w)
		require.NoError(t, err)
	}
	return o
}

// requireAgreement waits until nobody has anything more to say against the truth; a reflector may be in a backoff of
// up to a minute. What can't be is held against a witness at any time.
func (o *onlooker) requireAgreement(t *testing.T, truth map[string]sighting, contents map[string]string) {
	var said []string
	agreed := func() bool {
		said = o.differences(truth, contents)
		for _, w := range []*witness{o.first, o.slow} {
			said = append(said, w.testify(truth)...)
		}
		return len(said) == 0
	}
	for deadline := time.Now().Add(2 * time.Minute); !agreed() && time.Now().Before(deadline); {
		pause(t.Context(), 100*time.Millisecond)
	}
	said = append(append(said, o.first.objected()...), o.slow.objected()...)
	require.Empty(t, said, "%s:\n%s", o.name, strings.Join(said, "\n"))
}

// differences compares the store.
func (o *onlooker) differences(truth map[string]sighting, contents map[string]string) (said []string) {
	cached := o.informer.GetStore().List()
	for _, obj := range cached {
		s := sightingOf(obj)
		if truth[s.key] != s || contentOf(obj) != contents[s.key] {
			said = append(said, fmt.Sprintf("the store has %v, and the server %v", s, truth[s.key]))
		}
	}
	if len(cached) != len(truth) {
		said = append(said, fmt.Sprintf("the store has %d objects, and the server %d", len(cached), len(truth)))
	}
	return said
}
