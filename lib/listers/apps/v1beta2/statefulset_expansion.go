package v1beta2

import (
	appsv1beta2 "k8s.io/api/apps/v1beta2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/listers/internal/selecting"
)

// StatefulSetListerExpansion is what only the lister of StatefulSets can do.
type StatefulSetListerExpansion interface {
	// GetPodStatefulSets returns the StatefulSets that select the pod. Only the one in its controller reference owns it. It is an error if there are none.
	GetPodStatefulSets(pod *corev1.Pod) ([]*appsv1beta2.StatefulSet, error)
}

// StatefulSetNamespaceListerExpansion has nothing: a pod says which namespace it is in.
type StatefulSetNamespaceListerExpansion interface{}

func (l *statefulSetLister) GetPodStatefulSets(pod *corev1.Pod) ([]*appsv1beta2.StatefulSet, error) {
	return selecting.Search[*appsv1beta2.StatefulSet]{
		Resource:   "statefulsets",
		Candidates: l.StatefulSets(pod.Namespace).List,
		Selector:   func(owner *appsv1beta2.StatefulSet) *metav1.LabelSelector { return owner.Spec.Selector },
	}.For(pod)
}
