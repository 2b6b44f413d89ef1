package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/ktesting"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
	"client-go-workbook/lib/workqueue"
)

// world is a server of pods, and a controller of them, on a clock that jumps.
type world struct {
	*testing.T
	*controller
	server *apitest.Server
	log    ktesting.Buffer
	breaks *atomic.Bool // workers take a break between two keys

	stop  context.CancelFunc // as Ctrl-C
	ended chan struct{}      // closed when Run has returned
}

// inWorld plays a story in which failures wait for 1s, 2s, 4s …
func inWorld(t *testing.T, story func(*world)) {
	synctest.Test(t, func(t *testing.T) {
		server, err := apitest.New(apitest.Config{InMemory: true})
		require.NoError(t, err)
		defer server.Close()
		transport := &http.Transport{DialContext: server.Dial}
		defer transport.CloseIdleConnections()
		client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL, Transport: transport, QPS: -1})
		require.NoError(t, err)
		c, err := newController(client.CoreV1(), "", workqueue.NewTypedItemExponentialFailureRateLimiter[store.ObjectName](time.Second, time.Minute))
		require.NoError(t, err)
		queue := &unhurried{TypedRateLimitingInterface: c.queue}
		c.queue = queue

		logger := ktesting.NewLogger(t, ktesting.NewConfig(ktesting.BufferLogs(true)))
		ctx, stop := context.WithCancel(klog.NewContext(t.Context(), logger))
		w := &world{T: t, controller: c, server: server, breaks: &queue.breaks, stop: stop, ended: make(chan struct{}),
			log: logger.GetSink().(ktesting.Underlier).GetBuffer()}
		go func() {
			defer close(w.ended)
			err = c.Run(ctx, 2)
		}()
		defer func() {
			stop()
			<-w.ended
			require.NoError(t, err)
		}()
		story(w)
	})
}

// unhurried lets workers take a break between two keys. Nothing is in work then, though there
// is work.
type unhurried struct {
	workqueue.TypedRateLimitingInterface[store.ObjectName]
	breaks atomic.Bool
}

func (q *unhurried) Done(key store.ObjectName) {
	q.TypedRateLimitingInterface.Done(key)
	if q.breaks.Load() {
		time.Sleep(time.Millisecond)
	}
}

func pod(name string, class corev1.PodQOSClass) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "street", Name: name}, Status: corev1.PodStatus{QOSClass: class}}
}

func key(name string) store.ObjectName { return store.NewObjectName("street", name) }

func (w *world) create(name string, class corev1.PodQOSClass) {
	require.NoError(w, w.server.Create(pod(name, class)))
}

// labels are those that the server's pods have, by name.
func (w *world) labels() map[string]string {
	labels := map[string]string{}
	pods, _ := w.server.Objects(corev1.SchemeGroupVersion.WithResource("pods"))
	for _, obj := range pods {
		pod := obj.(*corev1.Pod)
		labels[pod.Name] = pod.Labels[qosLabel]
	}
	return labels
}

// writes counts the requests that change something.
func (w *world) writes() int {
	n := 0
	for _, r := range w.server.Requests() {
		if r.Verb != "list" && r.Verb != "watch" {
			n++
		}
	}
	return n
}

// rival lets somebody else write the pod before each of the controller's next n writes.
func (w *world) rival(n int) {
	w.server.Inject(apitest.Fault{
		On: apitest.On("update", "pods"), Times: n,
		Do: func(rw http.ResponseWriter, r *apitest.Request, serve func(http.ResponseWriter)) {
			pods, _ := w.server.Objects(r.Resource)
			for _, obj := range pods {
				if pod := obj.(*corev1.Pod); pod.Name == r.Name {
					metav1.SetMetaDataAnnotation(&pod.ObjectMeta, "rival", w.server.ResourceVersion())
					_ = w.server.Update(pod) // if it fails, the count of the writes will tell
				}
			}
			serve(rw)
		},
	})
}

func TestEachPodGetsItsLabel(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("ernie", corev1.PodQOSBestEffort)
		w.create("bert", corev1.PodQOSGuaranteed)
		w.create("oscar", "") // not known yet
		synctest.Wait()
		require.Equal(w, map[string]string{"ernie": "BestEffort", "bert": "Guaranteed", "oscar": ""}, w.labels())
		require.Equal(w, 2, w.writes())
	})
}

func TestOnlyChangesThatMatterAreWorkedOn(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("ernie", corev1.PodQOSBestEffort)
		synctest.Wait()
		busy := pod("ernie", corev1.PodQOSBestEffort)
		busy.Labels = map[string]string{qosLabel: "BestEffort"}
		busy.Annotations = map[string]string{"mood": "good"}
		require.NoError(w, w.server.Update(busy))
		synctest.Wait()
		require.Equal(w, 1, w.writes())

		busy.Labels = map[string]string{qosLabel: "Platinum"}
		busy.ResourceVersion = ""
		require.NoError(w, w.server.Update(busy))
		synctest.Wait()
		require.Equal(w, 2, w.writes())
		require.Equal(w, map[string]string{"ernie": "BestEffort"}, w.labels())
	})
}

func TestConflictsAreTriedAgainLaterAndLater(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rival(3)
		w.create("ernie", corev1.PodQOSBestEffort)
		var waits []time.Duration
		last := time.Now()
		for range 20 {
			synctest.Wait()
			if w.writes() > len(waits) {
				waits = append(waits, time.Since(last))
				last = time.Now()
			}
			time.Sleep(time.Second)
		}
		require.Equal(w, []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}, waits)
		require.Zero(w, w.queue.NumRequeues(key("ernie")), "a success makes failures forgotten")

		pods, _ := w.server.Objects(corev1.SchemeGroupVersion.WithResource("pods"))
		require.Contains(w, pods[0].(*corev1.Pod).Annotations, "rival", "the rival's write is still there")
	})
}

func TestTheCacheIsNotTouched(t *testing.T) {
	inWorld(t, func(w *world) {
		w.server.Inject(apitest.Fault{On: apitest.On("update", "pods"), Times: apitest.Always,
			Do: apitest.Respond(apierrors.NewInternalError(fmt.Errorf("out of order")))})
		w.create("ernie", corev1.PodQOSBestEffort)
		synctest.Wait()
		require.Equal(w, 1, w.writes())
		cached, exists, err := w.informer.GetIndexer().GetByKey("street/ernie")
		require.NoError(w, err)
		require.True(w, exists)
		require.Empty(w, cached.(*corev1.Pod).Labels)
	})
}

func TestAPodThatGoesIsForgotten(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rival(1)
		w.create("ernie", corev1.PodQOSBestEffort)
		synctest.Wait()
		require.Equal(w, 1, w.queue.NumRequeues(key("ernie")))
		require.NoError(w, w.server.Delete(pod("ernie", "")))
		time.Sleep(time.Minute)
		require.Zero(w, w.queue.NumRequeues(key("ernie")), "or it would be remembered for good")
		require.Equal(w, 1, w.writes())
	})
}

// TestNothingAcceptedIsLost ends the controller in the middle of its work: the server is slow, a rival
// is about, and now and then nothing is in work while much is queued. Each pod whose key was queued by then has its label when Run returns.
func TestNothingAcceptedIsLost(t *testing.T) {
	inWorld(t, func(w *world) {
		w.server.Inject(apitest.Fault{On: apitest.On("update", "pods"), Times: 4, Do: apitest.Delay(time.Second)})
		const pods = 50
		for i := range pods {
			w.create(fmt.Sprint("pod-", i), corev1.PodQOSBestEffort)
		}
		synctest.Wait()
		require.Equal(w, pods-2, w.queue.Len(), "two are in work")
		w.rival(5)
		w.breaks.Store(true)

		w.stop()
		synctest.Wait()
		w.create("late", corev1.PodQOSBestEffort)
		<-w.ended

		labels := w.labels()
		require.Empty(w, labels["late"], "it came after the end")
		delete(labels, "late")
		require.Len(w, labels, pods)
		for name, label := range labels {
			require.Equal(w, "BestEffort", label, name)
		}
		require.Equal(w, pods+5, w.writes(), "one for each pod, and one for each conflict")
		require.Contains(w, w.log.String(), `Draining queued=48`)
	})
}

// TestTheEndComes also if the server answers nobody.
func TestTheEndComes(t *testing.T) {
	inWorld(t, func(w *world) {
		w.server.Inject(apitest.Fault{On: apitest.On("update", "pods"), Times: apitest.Always, Do: apitest.Hang()})
		for i := range 10 {
			w.create(fmt.Sprint("pod-", i), corev1.PodQOSBestEffort)
		}
		synctest.Wait()
		asked := time.Now()
		w.stop()
		<-w.ended
		require.Equal(w, grace, time.Since(asked))
		require.Equal(w, 10, strings.Count(w.log.String(), "Left to the next start"), "each is told:\n%s", w.log)
	})
}

func TestAControllerThatNeverSawAListSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, err := apitest.New(apitest.Config{InMemory: true})
		require.NoError(t, err)
		defer server.Close()
		server.Inject(apitest.Fault{Times: apitest.Always, Do: apitest.Hang()})
		transport := &http.Transport{DialContext: server.Dial}
		defer transport.CloseIdleConnections()
		client, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL, Transport: transport})
		require.NoError(t, err)
		c, err := newController(client.CoreV1(), "", workqueue.DefaultTypedControllerRateLimiter[store.ObjectName]())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err = c.Run(ctx, 1)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "wait for the list of pods")
	})
}
