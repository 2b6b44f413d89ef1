package record

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"
)

func (b *broadcaster) StartLogging(logf func(format string, args ...any)) watch.Interface {
	return b.StartEventWatcher(func(e *corev1.Event) {
		logf("Event(%#v): type: '%v' reason: '%v' %v", e.InvolvedObject, e.Type, e.Reason, e.Message)
	})
}

func (b *broadcaster) StartStructuredLogging(verbosity klog.Level) watch.Interface {
	logger := b.logger().V(int(verbosity))
	return b.StartEventWatcher(func(e *corev1.Event) {
		about := e.InvolvedObject
		logger.Info("Event occurred",
			"object", klog.KRef(about.Namespace, about.Name), "fieldPath", about.FieldPath, "kind", about.Kind, "apiVersion", about.APIVersion,
			"type", e.Type, "reason", e.Reason, "message", e.Message)
	})
}
