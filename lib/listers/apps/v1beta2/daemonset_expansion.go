package v1beta2

import (
	appsv1beta2 "k8s.io/api/apps/v1beta2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/listers/internal/selecting"
)

// DaemonSetListerExpansion is what only the lister of DaemonSets can do. It is an error if a method finds none.
type DaemonSetListerExpansion interface {
	// GetPodDaemonSets returns the DaemonSets that select the pod. Only the one in its controller reference owns it.
	GetPodDaemonSets(pod *corev1.Pod) ([]*appsv1beta2.DaemonSet, error)
	// GetHistoryDaemonSets returns the DaemonSets that select the revision. Only the one in its controller reference owns it.
	GetHistoryDaemonSets(history *appsv1beta2.ControllerRevision) ([]*appsv1beta2.DaemonSet, error)
}

// DaemonSetNamespaceListerExpansion has nothing: pods and revisions say which namespace they are in.
type DaemonSetNamespaceListerExpansion interface{}

func (l *daemonSetLister) GetPodDaemonSets(pod *corev1.Pod) ([]*appsv1beta2.DaemonSet, error) {
	return l.selecting(pod)
}

func (l *daemonSetLister) GetHistoryDaemonSets(history *appsv1beta2.ControllerRevision) ([]*appsv1beta2.DaemonSet, error) {
	return l.selecting(history)
}

func (l *daemonSetLister) selecting(owned metav1.Object) ([]*appsv1beta2.DaemonSet, error) {
	return selecting.Search[*appsv1beta2.DaemonSet]{
		Resource:   "daemonsets",
		Candidates: l.DaemonSets(owned.GetNamespace()).List,
		Selector:   func(owner *appsv1beta2.DaemonSet) *metav1.LabelSelector { return owner.Spec.Selector },
	}.For(owned)
}
