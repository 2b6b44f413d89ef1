package discovery

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ResourcePredicate is a question about a resource.
type ResourcePredicate interface {
	Match(groupVersion string, r *metav1.APIResource) bool
}

// ResourcePredicateFunc is a function as a ResourcePredicate.
type ResourcePredicateFunc func(groupVersion string, r *metav1.APIResource) bool

// Match calls fn.
func (fn ResourcePredicateFunc) Match(groupVersion string, r *metav1.APIResource) bool {
	return fn(groupVersion, r)
}

// SupportsAllVerbs matches resources that have every one of Verbs. Without Verbs it matches all.
type SupportsAllVerbs struct {
	Verbs []string
}

// Match reports whether r has every verb.
func (p SupportsAllVerbs) Match(_ string, r *metav1.APIResource) bool {
	for _, verb := range p.Verbs {
		if !slices.Contains(r.Verbs, verb) {
			return false
		}
	}
	return true
}

// FilteredBy returns new lists with the resources that match, and no empty list.
func FilteredBy(pred ResourcePredicate, rls []*metav1.APIResourceList) []*metav1.APIResourceList {
	result := make([]*metav1.APIResourceList, 0, len(rls))
	for _, all := range rls {
		matching := *all
		matching.APIResources = nil
		for i := range all.APIResources {
			if r := &all.APIResources[i]; pred.Match(all.GroupVersion, r) {
				matching.APIResources = append(matching.APIResources, *r)
			}
		}
		if len(matching.APIResources) > 0 {
			result = append(result, &matching)
		}
	}
	return result
}

// GroupVersionResources returns the set of all resources in rls, subresources too. A list whose group-version doesn't
// parse is an error.
func GroupVersionResources(rls []*metav1.APIResourceList) (map[schema.GroupVersionResource]struct{}, error) {
	set := map[schema.GroupVersionResource]struct{}{}
	for _, rl := range rls {
		gv, err := schema.ParseGroupVersion(rl.GroupVersion)
		if err != nil {
			return nil, err
		}
		for i := range rl.APIResources {
			set[gv.WithResource(rl.APIResources[i].Name)] = struct{}{}
		}
	}
	return set, nil
}
