package v1beta1

import (
	corev1 "k8s.io/api/core/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/listers/internal/selecting"
)

// PodDisruptionBudgetListerExpansion is what only the lister of PodDisruptionBudgets can do.
type PodDisruptionBudgetListerExpansion interface {
	// GetPodPodDisruptionBudgets returns the PodDisruptionBudgets that select the pod. It is an error if there are none.
	// An empty selector selects no pod; in v1 it selects every one.
	GetPodPodDisruptionBudgets(pod *corev1.Pod) ([]*policyv1beta1.PodDisruptionBudget, error)
}

// PodDisruptionBudgetNamespaceListerExpansion has nothing: a pod says which namespace it is in.
type PodDisruptionBudgetNamespaceListerExpansion interface{}

func (l *podDisruptionBudgetLister) GetPodPodDisruptionBudgets(pod *corev1.Pod) ([]*policyv1beta1.PodDisruptionBudget, error) {
	return selecting.Search[*policyv1beta1.PodDisruptionBudget]{
		Resource:   "poddisruptionbudgets",
		Candidates: l.PodDisruptionBudgets(pod.Namespace).List,
		Selector:   func(budget *policyv1beta1.PodDisruptionBudget) *metav1.LabelSelector { return budget.Spec.Selector },
		Unlabelled: true,
	}.For(pod)
}
