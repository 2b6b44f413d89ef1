package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
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

	stop  context.CancelFunc // as Ctrl-C
	ended chan error
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

		logger := ktesting.NewLogger(t, ktesting.NewConfig(ktesting.BufferLogs(true)))
		ctx, stop := context.WithCancel(klog.NewContext(t.Context(), logger))
		w := &world{T: t, controller: c, server: server, stop: stop, ended: make(chan error, 1),
			log: logger.GetSink().(ktesting.Underlier).GetBuffer()}
		start := func() { w.ended <- c.Run(ctx, 2) }
		defer func() {
			stop()
			require.NoError(t, <-w.ended)
		}()
		go start()
		story(w)
	})
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
		require.Equal(t, map[string]string{"ernie": "BestEffort", "bert": "Guaranteed", "oscar": ""}, w.labels())
		require.Equal(t, 2, w.writes())
	})
}

func TestOnlyChangesThatMatterAreWorkedOn(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("ernie", corev1.PodQOSBestEffort)
		synctest.Wait()
		busy := pod("ernie", corev1.PodQOSBestEffort)
		busy.Labels = map[string]string{qosLabel: "BestEffort"}
		busy.Annotations = map[string]string{"mood": "good"}
		require.NoError(t, w.server.Update(busy))
		synctest.Wait()
		require.Equal(t, 1, w.writes())

		busy.Labels = map[string]string{qosLabel: "Platinum"}
		busy.ResourceVersion = ""
		require.NoError(t, w.server.Update(busy))
		synctest.Wait()
		require.Equal(t, 2, w.writes())
		require.Equal(t, map[string]string{"ernie": "BestEffort"}, w.labels())
	})
}

func TestConflictsAreTriedAgainLaterAndLater(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rival(3)
		w.create("ernie", corev1.PodQOSBestEffort)
		var waits []time.Duration
		for since := time.Now(); w.labels()["ernie"] == ""; time.Sleep(100 * time.Millisecond) {
			synctest.Wait()
			if w.writes() > len(waits) {
				waits = append(waits, time.Since(since))
				since = time.Now()
			}
		}
		require.Equal(t, []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}, waits)
		require.Zero(t, w.queue.NumRequeues(key("ernie")), "a success makes failures forgotten")

		pods, _ := w.server.Objects(corev1.SchemeGroupVersion.WithResource("pods"))
		require.Contains(t, pods[0].(*corev1.Pod).Annotations, "rival", "the rival's write is still there")
	})
}

func TestTheCacheIsNotTouched(t *testing.T) {
	inWorld(t, func(w *world) {
		w.server.Inject(apitest.Fault{On: apitest.On("update", "pods"), Times: apitest.Always,
			Do: apitest.Respond(apierrors.NewInternalError(fmt.Errorf("out of order")))})
		w.create("ernie", corev1.PodQOSBestEffort)
		synctest.Wait()
		require.Equal(t, 1, w.writes())
		cached, exists, err := w.informer.GetIndexer().GetByKey("street/ernie")
		require.NoError(t, err)
		require.True(t, exists)
		require.Empty(t, cached.(*corev1.Pod).Labels)
	})
}

func TestAPodThatGoesIsForgotten(t *testing.T) {
	inWorld(t, func(w *world) {
		w.rival(1)
		w.create("ernie", corev1.PodQOSBestEffort)
		synctest.Wait()
		require.Equal(t, 1, w.queue.NumRequeues(key("ernie")))
		require.NoError(t, w.server.Delete(pod("ernie", "")))
		time.Sleep(time.Minute)
		require.Zero(t, w.queue.NumRequeues(key("ernie")), "or it would be remembered for good")
		require.Equal(t, 1, w.writes())
	})
}

// TestNothingAcceptedIsLost ends the controller in the middle of its work, on a slow server, with a
// rival. Each pod whose key was queued by then has its label when Run returns.
func TestNothingAcceptedIsLost(t *testing.T) {
	inWorld(t, func(w *world) {
		w.server.Inject(apitest.Fault{On: apitest.On("update", "pods"), Times: 4, Do: apitest.Delay(time.Second)})
		const pods = 50
		for i := range pods {
			w.create(fmt.Sprint("pod-", i), corev1.PodQOSBestEffort)
		}
		synctest.Wait()
		require.Equal(t, pods-2, w.queue.Len(), "two are in work")
		w.rival(5)

		w.stop()
		synctest.Wait()
		w.create("late", corev1.PodQOSBestEffort)
		err := <-w.ended
		w.ended <- err

		labels := w.labels()
		require.Empty(t, labels["late"], "it came after the end")
		delete(labels, "late")
		require.Len(t, labels, pods)
		for name, label := range labels {
			require.Equal(t, "BestEffort", label, name)
		}
		require.Equal(t, pods+5, w.writes(), "one for each pod, and one for each conflict")
		require.Contains(t, w.log.String(), `Draining queued=48`)
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
		err := <-w.ended
		require.Equal(t, grace, time.Since(asked))
		require.Equal(t, 10, strings.Count(w.log.String(), "Left to the next start"), "each is told:\n%s", w.log)
		w.ended <- err
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
