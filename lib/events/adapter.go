package events

import (
	"context"
	"sync"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	typedcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
)

// EventBroadcasterAdapter is a broadcaster that works with every API server: it writes through events.k8s.io/v1 where that is served,
// and through core/v1, by lib/record, where it is not. Upstream means to remove it when no such server is left.
type EventBroadcasterAdapter interface {
	// StartRecordingToSink writes events to the API from now on, until stopCh is closed or Shutdown is called.
	StartRecordingToSink(stopCh <-chan struct{})

	// NewRecorder returns a recorder for the controller of that name.
	NewRecorder(name string) EventRecorderLogger

	// Shutdown refuses further events and returns when those that it accepted are written, as far as that takes only seconds.
	Shutdown()
}

// NewEventBroadcasterAdapterWithContext asks the server once what it serves. If it doesn't answer, core/v1 is the choice: all
// servers have it. Who makes an adapter calls Shutdown.
func NewEventBroadcasterAdapterWithContext(ctx context.Context, client kubernetes.Interface) EventBroadcasterAdapter {
	_, err := client.Discovery().ServerResourcesForGroupVersionWithContext(ctx, eventsv1.SchemeGroupVersion.String())
	if err != nil {
		klog.FromContext(ctx).V(2).Info("Events are recorded through core/v1", "because", err)
		return &viaCore{
			EventBroadcaster: record.NewBroadcaster(record.WithContext(ctx)),
			sink:             &typedcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")},
		}
	}
	return viaEvents{NewBroadcaster(&EventSinkImpl{Interface: client.EventsV1()})}
}

// viaEvents is an adapter with nothing to adapt.
type viaEvents struct{ EventBroadcaster }

func (a viaEvents) StartRecordingToSink(stopCh <-chan struct{}) {
	if err := a.StartRecordingToSinkWithContext(wait.ContextForChannel(stopCh)); err != nil {
		klog.Background().Error(err, "Events aren't recorded")
	}
}

func (a viaEvents) NewRecorder(name string) EventRecorderLogger {
	return a.EventBroadcaster.NewRecorder(scheme.Scheme, name)
}

// viaCore is an adapter to lib/record.
type viaCore struct {
	record.EventBroadcaster
	sink record.EventSink

	mu       sync.Mutex
	detach   []func() bool // from the stop channels
	shutDown bool          // no stop channel is waited for any more
}

func (a *viaCore) StartRecordingToSink(stopCh <-chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	recording := a.EventBroadcaster.StartRecordingToSink(a.sink)
	if !a.shutDown {
		a.detach = append(a.detach, context.AfterFunc(wait.ContextForChannel(stopCh), recording.Stop))
	}
}

func (a *viaCore) NewRecorder(name string) EventRecorderLogger {
	return NewEventRecorderAdapter(a.EventBroadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: name}))
}

func (a *viaCore) Shutdown() {
	a.mu.Lock()
	for _, detach := range a.detach {
		detach()
	}
	a.detach, a.shutDown = nil, true
	a.mu.Unlock()
	a.EventBroadcaster.Shutdown()
}

// EventRecorderAdapter gives a recorder of lib/record this package's methods. Related objects and actions are lost: core/v1's
// events had no place for them.
type EventRecorderAdapter struct {
	recorder record.EventRecorderLogger
}

var (
	_ EventRecorderLogger    = &EventRecorderAdapter{}
	_ AnnotatedEventRecorder = &EventRecorderAdapter{}
)

// NewEventRecorderAdapter adapts recorder. Upstream has it in tools/record.
func NewEventRecorderAdapter(recorder record.EventRecorderLogger) *EventRecorderAdapter {
	return &EventRecorderAdapter{recorder}
}

func (a *EventRecorderAdapter) Eventf(regarding, _ runtime.Object, eventtype, reason, _, note string, args ...interface{}) {
	a.recorder.Eventf(regarding, eventtype, reason, note, args...)
}

func (a *EventRecorderAdapter) AnnotatedEventf(regarding, _ runtime.Object, annotations map[string]string, eventtype, reason, _, note string, args ...interface{}) {
	a.recorder.AnnotatedEventf(regarding, annotations, eventtype, reason, note, args...)
}

func (a *EventRecorderAdapter) WithLogger(logger klog.Logger) EventRecorderLogger {
	return NewEventRecorderAdapter(a.recorder.WithLogger(logger))
}
