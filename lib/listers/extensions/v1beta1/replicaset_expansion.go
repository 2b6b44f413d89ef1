package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
	extensionsv1beta1 "k8s.io/api/extensions/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/listers/internal/selecting"
)

// ReplicaSetListerExpansion is what only the lister of ReplicaSets can do.
type ReplicaSetListerExpansion interface {
	// GetPodReplicaSets returns the ReplicaSets that select the pod. Only the one in its controller reference owns it. It is an error if there are none.
	GetPodReplicaSets(pod *corev1.Pod) ([]*extensionsv1beta1.ReplicaSet, error)
}

// ReplicaSetNamespaceListerExpansion has nothing: a pod says which namespace it is in.
type ReplicaSetNamespaceListerExpansion interface{}

func (l *replicaSetLister) GetPodReplicaSets(pod *corev1.Pod) ([]*extensionsv1beta1.ReplicaSet, error) {
	return selecting.Search[*extensionsv1beta1.ReplicaSet]{
		Resource:   "replicasets",
		Candidates: l.ReplicaSets(pod.Namespace).List,
		Selector:   func(owner *extensionsv1beta1.ReplicaSet) *metav1.LabelSelector { return owner.Spec.Selector },
	}.For(pod)
}
