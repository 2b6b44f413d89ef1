package events_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/rest"
)

// overHTTP plays a story with an API server and a clientset, on a clock that jumps.
func overHTTP(t *testing.T, config apitest.Config, story func(*testing.T, *apitest.Server, *kubernetes.Clientset)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		config.InMemory = true
		server, err := apitest.New(config)
		require.NoError(t, err)
		defer server.Close()
		transport := &http.Transport{DialContext: server.Dial}
		defer transport.CloseIdleConnections()
		clients, err := kubernetes.NewForConfigAndClient(&rest.Config{Host: server.URL, QPS: -1}, &http.Client{Transport: transport})
		require.NoError(t, err)
		story(t, server, clients)
	})
}

// writes returns the requests that weren't reads.
func writes(server *apitest.Server) []string {
	var writes []string
	for _, r := range server.Requests() {
		if r.Method != http.MethodGet {
			writes = append(writes, r.Method+" "+r.URL.Path)
		}
	}
	return writes
}

func TestASeriesInTheAPI(t *testing.T) {
	overHTTP(t, apitest.Config{}, func(t *testing.T, server *apitest.Server, clients *kubernetes.Clientset) {
		recorder, stop := start(t, &events.EventSinkImpl{Interface: clients.EventsV1()})
		for range 5 {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "image nginx")
			synctest.Wait()
		}
		stop()
		list, err := clients.EventsV1().Events("shop").List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
		event := list.Items[0]
		require.Equal(t, int32(5), event.Series.Count)
		require.Equal(t, "image nginx", event.Note)

		path := "/apis/events.k8s.io/v1/namespaces/shop/events"
		require.Equal(t, []string{"POST " + path, "PATCH " + path + "/" + event.Name, "PATCH " + path + "/" + event.Name}, writes(server))
	})
}

func TestAServerInTroubleGetsTheSeriesLater(t *testing.T) {
	for name, effect := range map[string]apitest.Effect{
		"503":          apitest.Respond(apierrors.NewServiceUnavailable("starting")),
		"500 in HTML":  apitest.HTML(http.StatusInternalServerError),
		"a cut answer": apitest.Cut(0, 5),
	} {
		t.Run(name, func(t *testing.T) {
			overHTTP(t, apitest.Config{}, func(t *testing.T, server *apitest.Server, clients *kubernetes.Clientset) {
				server.Inject(apitest.Fault{Times: 3, Do: effect})
				recorder, stop := start(t, &events.EventSinkImpl{Interface: clients.EventsV1()})
				for range 3 {
					recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
					synctest.Wait()
				}
				time.Sleep(time.Minute)
				stop()
				list, err := clients.EventsV1().Events("").List(t.Context(), metav1.ListOptions{})
				require.NoError(t, err)
				require.Len(t, list.Items, 1)
				require.Equal(t, int32(3), list.Items[0].Series.Count)
			})
		})
	}
}

func TestTheSinkNeedsANamespace(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	clients, err := kubernetes.NewForConfigAndClient(&rest.Config{Host: server.URL, QPS: -1}, server.Client())
	require.NoError(t, err)
	sink := &events.EventSinkImpl{Interface: clients.EventsV1()}
	event := &eventsv1.Event{ObjectMeta: metav1.ObjectMeta{Name: "lost"}}
	for verb, write := range map[string]func() error{
		"create": func() error { _, err := sink.Create(t.Context(), event); return err },
		"update": func() error { _, err := sink.Update(t.Context(), event); return err },
		"patch":  func() error { _, err := sink.Patch(t.Context(), event, []byte(`{}`)); return err },
	} {
		require.EqualError(t, write(), verb+` event "lost": request construction error: 'it has no namespace'`)
	}
	require.Empty(t, server.Requests())

	event.Namespace = "shop"
	created, err := sink.Create(t.Context(), event)
	require.NoError(t, err)
	created.Note = "updated"
	updated, err := sink.Update(t.Context(), created)
	require.NoError(t, err)
	require.Equal(t, "updated", updated.Note)
	patched, err := sink.Patch(t.Context(), created, []byte(`{"note":"patched"}`))
	require.NoError(t, err)
	require.Equal(t, "patched", patched.Note)
}

// withoutEvents is a server that is too old for events.k8s.io.
func withoutEvents() apitest.Config {
	var old []apitest.Resource
	for _, resource := range apitest.Builtin() {
		if resource.Group != eventsv1.GroupName {
			old = append(old, resource)
		}
	}
	return apitest.Config{Resources: old}
}

func TestTheAdapterTakesTheAPIThatIsServed(t *testing.T) {
	for name, tt := range map[string]struct {
		config apitest.Config
		path   string
	}{
		"events.k8s.io": {apitest.Config{}, "/apis/events.k8s.io/v1/namespaces/shop/events"},
		"core":          {withoutEvents(), "/api/v1/namespaces/shop/events"},
	} {
		t.Run(name, func(t *testing.T) {
			overHTTP(t, tt.config, func(t *testing.T, server *apitest.Server, clients *kubernetes.Clientset) {
				adapter := events.NewEventBroadcasterAdapterWithContext(t.Context(), clients)
				never := make(chan struct{})
				adapter.StartRecordingToSink(never)
				recorder := adapter.NewRecorder("example.com/kubelet").WithLogger(klog.Logger{})
				recorder.Eventf(pod("web-0"), pod("web-1"), normal, "Pulling", "Pull", "image %s", "nginx")
				time.Sleep(time.Millisecond) // lib/record names events by the time
				recorder.(events.AnnotatedEventRecorder).AnnotatedEventf(pod("web-0"), nil, map[string]string{"a": "b"}, normal, "Pulled", "Pull", "")
				adapter.Shutdown()
				require.Equal(t, []string{"POST " + tt.path, "POST " + tt.path}, writes(server))

				list, err := clients.CoreV1().Events("shop").List(t.Context(), metav1.ListOptions{})
				if name == "core" {
					require.NoError(t, err)
					require.Equal(t, "image nginx", list.Items[0].Message)
					require.Equal(t, "example.com/kubelet", list.Items[0].Source.Component)
					require.Equal(t, map[string]string{"a": "b"}, list.Items[1].Annotations)
				}
			})
		})
	}
}

// A stop channel stops the recording; the adapter can be used on, and shut down.
func TestTheAdapterStops(t *testing.T) {
	for name, config := range map[string]apitest.Config{"events.k8s.io": {}, "core": withoutEvents()} {
		t.Run(name, func(t *testing.T) {
			overHTTP(t, config, func(t *testing.T, server *apitest.Server, clients *kubernetes.Clientset) {
				adapter := events.NewEventBroadcasterAdapterWithContext(t.Context(), clients)
				stop := make(chan struct{})
				adapter.StartRecordingToSink(stop)
				close(stop)
				synctest.Wait()
				adapter.NewRecorder("example.com/kubelet").Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
				adapter.Shutdown()
				adapter.Shutdown()
				adapter.StartRecordingToSink(stop)
				require.Empty(t, writes(server))
			})
		})
	}
}

// Nobody is left behind to wait for a stop channel that is never closed: the bubble ends only if all goroutines have.
func TestTheAdapterWaitsForNoChannelAfterShutdown(t *testing.T) {
	for name, config := range map[string]apitest.Config{"events.k8s.io": {}, "core": withoutEvents()} {
		t.Run(name, func(t *testing.T) {
			overHTTP(t, config, func(t *testing.T, server *apitest.Server, clients *kubernetes.Clientset) {
				adapter := events.NewEventBroadcasterAdapterWithContext(t.Context(), clients)
				never := make(chan struct{})
				adapter.StartRecordingToSink(never)
				adapter.Shutdown()
				adapter.StartRecordingToSink(never)
			})
		})
	}
}

func TestTheAdapterFallsBackIfTheServerDoesNotAnswer(t *testing.T) {
	overHTTP(t, apitest.Config{}, func(t *testing.T, server *apitest.Server, clients *kubernetes.Clientset) {
		server.Inject(apitest.Fault{Do: apitest.HTML(http.StatusBadGateway)})
		adapter := events.NewEventBroadcasterAdapterWithContext(t.Context(), clients)
		adapter.StartRecordingToSink(make(chan struct{}))
		adapter.NewRecorder("example.com/kubelet").Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		adapter.Shutdown()
		require.Equal(t, []string{"POST /api/v1/namespaces/shop/events"}, writes(server))
	})
}
