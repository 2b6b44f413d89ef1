package v1

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/listers/internal/selecting"
)

// JobListerExpansion is what only the lister of Jobs can do.
type JobListerExpansion interface {
	// GetPodJobs returns copies of the Jobs that select the pod. Only the one in its controller reference owns it. It is an error if
	// there are none. The copies are shallow: what they point to is the indexer's.
	GetPodJobs(pod *corev1.Pod) (jobs []batchv1.Job, err error)
}

// JobNamespaceListerExpansion has nothing: a pod says which namespace it is in.
type JobNamespaceListerExpansion interface{}

func (l *jobLister) GetPodJobs(pod *corev1.Pod) (jobs []batchv1.Job, err error) {
	found, err := selecting.Search[*batchv1.Job]{
		Resource:        "jobs",
		Candidates:      l.Jobs(pod.Namespace).List,
		Selector:        func(owner *batchv1.Job) *metav1.LabelSelector { return owner.Spec.Selector },
		EmptySelectsAll: true,
	}.For(pod)
	for _, job := range found {
		jobs = append(jobs, *job)
	}
	return jobs, err
}
