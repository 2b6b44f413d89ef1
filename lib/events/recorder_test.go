package events_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/ktesting"

	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes/scheme"
)

// listen returns a recorder, and what reads the events that it reported since the last call.
func listen(t *testing.T) (recorder events.EventRecorderLogger, heard func() []*eventsv1.Event) {
	t.Helper()
	broadcaster := events.NewBroadcaster(newShelf())
	t.Cleanup(broadcaster.Shutdown)
	var all []*eventsv1.Event
	_, err := broadcaster.StartEventWatcher(func(event runtime.Object) { all = append(all, event.(*eventsv1.Event)) })
	require.NoError(t, err)
	return broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet"), func() []*eventsv1.Event {
		synctest.Wait()
		defer func() { all = nil }()
		return all
	}
}

// logger returns a logger and what it has logged, all verbosities.
func logger(t *testing.T) (klog.Logger, func() string) {
	logger := ktesting.NewLogger(t, ktesting.NewConfig(ktesting.BufferLogs(true), ktesting.Verbosity(10)))
	return logger, logger.GetSink().(ktesting.Underlier).GetBuffer().String
}

func TestAnEventSaysWhatItsCallerSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorder, heard := listen(t)
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1", UID: "u2"}}
		annotations := map[string]string{"example.com/trace": "1"}
		recorder.(events.AnnotatedEventRecorder).AnnotatedEventf(pod("web-0"), node, annotations, "Warning", "FailedBinding", "Bind", "%d of %s", 1, "two")
		annotations["example.com/trace"] = "2" // the caller's map stays the caller's

		event := heard()[0]
		require.Regexp(t, `^web-0\.[0-9a-f]+$`, event.Name)
		require.Regexp(t, `^example.com/kubelet-.`, event.ReportingInstance)
		event.Name, event.ReportingInstance = "", ""
		require.Equal(t, &eventsv1.Event{
			ObjectMeta:          metav1.ObjectMeta{Namespace: "shop", Annotations: map[string]string{"example.com/trace": "1"}},
			EventTime:           metav1.NewMicroTime(time.Now()),
			ReportingController: "example.com/kubelet",
			Action:              "Bind",
			Reason:              "FailedBinding",
			Regarding:           corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "web-0", UID: "uid of web-0", ResourceVersion: "1"},
			Related:             &corev1.ObjectReference{APIVersion: "v1", Kind: "Node", Name: "node-1", UID: "u2"},
			Note:                "1 of two",
			Type:                "Warning",
		}, event)

		recorder.Eventf(node, nil, normal, "Ready", "Start", "")
		require.Equal(t, "default", heard()[0].Namespace, "where the API has the events of what is in no namespace")
	})
}

// An *ObjectReference is the caller's too, and may be written again while the event is on its way.
func TestReferencesOfTheCallerAreCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorder, heard := listen(t)
		regarding := &corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web-0"}
		related := &corev1.ObjectReference{Kind: "Node", Name: "node-1"}
		recorder.Eventf(regarding, related, normal, "Bound", "Bind", "")
		regarding.Name, related.Name = "changed", "changed"
		event := heard()[0]
		require.Equal(t, "web-0", event.Regarding.Name)
		require.Equal(t, "node-1", event.Related.Name)
	})
}

func TestWhatCannotBeReportedIsLogged(t *testing.T) {
	secret := &unknown{Secret: corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}, StringData: map[string]string{"password": "hunter2"}}}
	var none *corev1.Pod
	for name, tt := range map[string]struct {
		regarding runtime.Object
		eventType string
		want      string
	}{
		"no object":              {nil, normal, "nil object"},
		"a nil pod":              {none, normal, "nil object"},
		"an object of no scheme": {secret, normal, "no kind is registered"},
		"a type of its own":      {pod("web-0"), "Alarming", "is neither"},
		"no type":                {pod("web-0"), "", "is neither"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				recorder, heard := listen(t)
				logger, logged := logger(t)
				recorder.WithLogger(logger).Eventf(tt.regarding, nil, tt.eventType, "Pulling", "Pull", "image %q", "nginx")
				require.Empty(t, heard())
				require.Contains(t, logged(), tt.want)
				require.Contains(t, logged(), `image \"nginx\"`)
				require.NotContains(t, logged(), "hunter2")
			})
		})
	}
}

// unknown is a type that no scheme knows.
type unknown struct{ corev1.Secret }

func TestARelatedObjectThatCannotBeReferredToIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorder, heard := listen(t)
		logger, logged := logger(t)
		recorder.WithLogger(logger).Eventf(pod("web-0"), &unknown{}, normal, "Pulling", "Pull", "")
		require.Nil(t, heard()[0].Related)
		require.Contains(t, logged(), "without its related object")
	})
}

func TestEventsKeepToTheLimitsOfTheAPI(t *testing.T) {
	long := strings.Repeat("x", 2000)
	for name, tt := range map[string]struct{ note, want string }{
		"short":                        {"x", "x"},
		"as long as allowed":           {long[:1024], long[:1024]},
		"too long":                     {long, long[:1020] + " ..."},
		"of characters of three bytes": {strings.Repeat("€", 400), strings.Repeat("€", 340) + " ..."},
		"cut within a character":       {"ab" + strings.Repeat("€", 400), "ab" + strings.Repeat("€", 339) + " ..."},
		"no UTF-8":                     {"a\xffb", "a\uFFFDb"},
		"too long when it is UTF-8":    {strings.Repeat("a\xff", 500), strings.Repeat("a\uFFFD", 255) + " ..."},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				recorder, heard := listen(t)
				recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "%s", tt.note)
				event := heard()[0]
				require.Equal(t, tt.want, event.Note)
				require.LessOrEqual(t, len(event.Note), 1024)
				require.True(t, utf8.ValidString(event.Note))
			})
		})
	}
	t.Run("reason, action and instance", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			broadcaster := events.NewBroadcaster(newShelf())
			defer broadcaster.Shutdown()
			var event *eventsv1.Event
			_, err := broadcaster.StartEventWatcher(func(object runtime.Object) { event = object.(*eventsv1.Event) })
			require.NoError(t, err)
			broadcaster.NewRecorder(scheme.Scheme, "example.com/"+long[:63]+"/"+long[:63]).Eventf(pod("web-0"), nil, normal, long, long, "")
			synctest.Wait()
			require.Equal(t, long[:128], event.Reason)
			require.Equal(t, long[:128], event.Action)
			require.Len(t, event.ReportingInstance, 128)
		})
	})
}

func TestNamesAreValidAndNeverTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorder, heard := listen(t)
		names := map[string]bool{}
		for range 500 { // at the same instant
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			recorder.Eventf(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "system:node"}}, nil, normal, "Bound", "Bind", "")
			for _, event := range heard() {
				require.Regexp(t, `^[a-z0-9.-]+$`, event.Name)
				names[event.Name] = true
			}
		}
		require.Len(t, names, 1000)
	})
}

func TestLogging(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broadcaster := events.NewBroadcaster(newShelf())
		logger, logged := logger(t)
		_, err := broadcaster.StartLogging(logger.V(3))
		require.NoError(t, err)
		broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet").Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "image %q", "nginx")
		broadcaster.Shutdown()
		require.Regexp(t, `^INFO Event occurred object="shop/web-0" kind="Pod" apiVersion="v1" type="Normal" reason="Pulling" action="Pull" note="image \\"nginx\\""\s*$`, logged())
	})
}

// One watcher that doesn't keep up misses events; the recorder and the others don't notice.
func TestASlowWatcherCostsNobodyElseAnything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broadcaster := events.NewBroadcaster(newShelf())
		var quick, slow int
		_, err := broadcaster.StartEventWatcher(func(runtime.Object) { quick++ })
		require.NoError(t, err)
		_, err = broadcaster.StartEventWatcher(func(runtime.Object) { time.Sleep(time.Minute); slow++ })
		require.NoError(t, err)
		recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
		for range 1500 {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			synctest.Wait()
		}
		require.Equal(t, 1500, quick)
		broadcaster.Shutdown()
		require.Equal(t, 1001, slow, "one in its hands, 1000 in its channel")
	})
}

// A handler's panic ends the process, unless utilruntime has been told otherwise. Others have their events nevertheless.
func TestAPanicEndsItsOwnHandlerOnly(t *testing.T) {
	handlers := utilruntime.PanicHandlers
	defer func() { utilruntime.ReallyCrash, utilruntime.PanicHandlers = true, handlers }()
	var panics []any
	utilruntime.ReallyCrash = false
	utilruntime.PanicHandlers = []func(context.Context, any){func(_ context.Context, value any) { panics = append(panics, value) }}
	synctest.Test(t, func(t *testing.T) {
		broadcaster := events.NewBroadcaster(newShelf())
		others := 0
		for _, handle := range []func(runtime.Object){
			func(runtime.Object) { panic("till is empty") },
			func(runtime.Object) { others++ },
		} {
			_, err := broadcaster.StartEventWatcher(handle)
			require.NoError(t, err)
		}
		recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
		recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		synctest.Wait()
		for range 1500 {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulled", "Pull", "")
			synctest.Wait()
		}
		broadcaster.Shutdown()
		require.Equal(t, 1501, others)
		require.Zero(t, events.Dropped(broadcaster), "nothing was kept for a handler that is no more")
	})
	require.Equal(t, []any{"till is empty"}, panics)
}

func TestFakeRecorder(t *testing.T) {
	saw := typed(pod("web-0"))
	for name, tt := range map[string]struct {
		fake *events.FakeRecorder
		say  func(*events.FakeRecorder)
		want string
	}{
		"in short": {events.NewFakeRecorder(1), func(f *events.FakeRecorder) {
			f.Eventf(saw, nil, normal, "Pulling", "Pull", "%d%%", 5)
		}, "Normal Pulling 5%"},
		"verbose": {&events.FakeRecorder{Events: make(chan string, 1), Verbose: true}, func(f *events.FakeRecorder) {
			f.AnnotatedEventf(saw, saw, map[string]string{"b": "2", "a": "1"}, normal, "Pulling", "Pull", "%d%%", 5)
		}, "Normal Pulling Pull 5% {kind=Pod,apiVersion=v1} {kind=Pod,apiVersion=v1} map[a:1 b:2]"},
		"verbose, of little": {&events.FakeRecorder{Events: make(chan string, 1), Verbose: true}, func(f *events.FakeRecorder) {
			f.WithLogger(klog.Background()).Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "hello")
		}, "Normal Pulling Pull hello"},
		"a reason that looks like a format": {events.NewFakeRecorder(1), func(f *events.FakeRecorder) {
			f.Eventf(saw, nil, normal, "100%d", "Pull", "hello")
		}, "Normal 100%d hello"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.say(tt.fake)
			require.Equal(t, tt.want, <-tt.fake.Events)
		})
	}
	new(events.FakeRecorder).Eventf(nil, nil, normal, "", "", "thrown away")
}

func TestGetFieldSelector(t *testing.T) {
	pods, apps := corev1.SchemeGroupVersion.WithKind("Pod"), appsv1.SchemeGroupVersion.WithKind("")
	for _, tt := range []struct {
		through schema.GroupVersion
		kind    schema.GroupVersionKind
		name    string
		uid     types.UID
		want    string
	}{
		{eventsv1.SchemeGroupVersion, pods, "web-0", "u1", "regarding.apiVersion=v1,regarding.kind=Pod,regarding.name=web-0,regarding.uid=u1"},
		{corev1.SchemeGroupVersion, pods, "web-0", "", "involvedObject.apiVersion=v1,involvedObject.kind=Pod,involvedObject.name=web-0"},
		{corev1.SchemeGroupVersion, apps, "", "", "involvedObject.apiVersion=apps/v1"},
		{corev1.SchemeGroupVersion, schema.GroupVersionKind{}, "", "", ""},
	} {
		selector, err := events.GetFieldSelector(tt.through, tt.kind, tt.name, tt.uid)
		require.NoError(t, err)
		require.Equal(t, tt.want, selector.String())
	}
	_, err := events.GetFieldSelector(appsv1.SchemeGroupVersion, pods, "", "")
	require.ErrorContains(t, err, `"apps/v1"`)
}
