package v1

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/listers/internal/selecting"
)

// ReplicationControllerListerExpansion is what only the lister of ReplicationControllers can do.
type ReplicationControllerListerExpansion interface {
	// GetPodControllers returns the ReplicationControllers that select the pod. Only the one in its controller reference owns it. It is an
	// error if there are none.
	GetPodControllers(pod *corev1.Pod) ([]*corev1.ReplicationController, error)
}

// ReplicationControllerNamespaceListerExpansion has nothing: a pod says which namespace it is in.
type ReplicationControllerNamespaceListerExpansion interface{}

func (l *replicationControllerLister) GetPodControllers(pod *corev1.Pod) ([]*corev1.ReplicationController, error) {
	return selecting.Search[*corev1.ReplicationController]{
		Resource:   "replicationcontrollers",
		Candidates: l.ReplicationControllers(pod.Namespace).List,
		Selector: func(owner *corev1.ReplicationController) *metav1.LabelSelector {
			return &metav1.LabelSelector{MatchLabels: owner.Spec.Selector}
		},
	}.For(pod)
}
