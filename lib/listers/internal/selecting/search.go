// Package selecting finds the objects whose selector matches another object's labels: the ReplicaSets that may own a pod.
//
//	pod {app: web} ──For──▶ each ReplicaSet of its namespace ──selector app=web──▶ those that match, or an error if none does
//
// It is what the hand-written methods of the listers have in common.
//
// Upstream: listers/*/*/*_expansion.go, each of which does this for itself.
package selecting

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Search is what to look through, and what counts as a match.
type Search[T metav1.Object] struct {
	Resource   string // for errors: "replicasets"
	Candidates func(labels.Selector) ([]T, error)
	Selector   func(T) *metav1.LabelSelector // nil selects nothing

	EmptySelectsAll bool // a selector without requirements: as the API has it for some types, or nothing, which is safer
	Unlabelled      bool // who has no labels can be selected too, by a requirement that a label is absent
}

// For returns the candidates that select obj, in no order. It is an error if there are none. A candidate whose selector can't be
// read selects nothing.
func (s Search[T]) For(obj metav1.Object) ([]T, error) {
	if len(obj.GetLabels()) == 0 && !s.Unlabelled {
		return nil, fmt.Errorf("no %s select %s/%s: it has no labels", s.Resource, obj.GetNamespace(), obj.GetName())
	}
	candidates, err := s.Candidates(labels.Everything())
	if err != nil {
		return nil, err
	}
	var found []T
	for _, candidate := range candidates {
		if candidate.GetNamespace() == obj.GetNamespace() && s.selects(candidate, obj) {
			found = append(found, candidate)
		}
	}
	if found == nil {
		return nil, fmt.Errorf("no %s select %s/%s by its labels %v", s.Resource, obj.GetNamespace(), obj.GetName(), labels.Set(obj.GetLabels()))
	}
	return found, nil
}

func (s Search[T]) selects(candidate T, obj metav1.Object) bool {
	selector, err := metav1.LabelSelectorAsSelector(s.Selector(candidate))
	if err != nil || selector.Empty() && !s.EmptySelectsAll {
		return false
	}
	return selector.Matches(labels.Set(obj.GetLabels()))
}
