package shortname

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// resource is one that the server has, and what people call it.
type resource struct {
	schema.GroupVersionResource
	names      []string // its plural, its singular and its kind, in lower case
	shortNames []string
}

// resources are in the server's order of preference, each once.
type resources []resource

// served returns what the server has, each resource in the version that its group prefers, or the first that has it.
func served(groups []*metav1.APIGroup, lists []*metav1.APIResourceList) resources {
	preferred := map[string]bool{}
	for _, group := range groups {
		preferred[group.PreferredVersion.GroupVersion] = true
	}
	var all resources
	at := map[schema.GroupResource]int{}
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			continue // one broken group hides no other
		}
		for i := range list.APIResources {
			r := newResource(gv, &list.APIResources[i])
			place, known := at[r.GroupResource()]
			switch {
			case strings.Contains(r.Resource, "/"): // a subresource
			case !known:
				at[r.GroupResource()] = len(all)
				all = append(all, r)
			case preferred[list.GroupVersion]:
				all[place] = r
			}
		}
	}
	return all
}

func newResource(gv schema.GroupVersion, r *metav1.APIResource) resource {
	kind := strings.ToLower(r.Kind)
	return resource{gv.WithResource(r.Name), []string{r.Name, cmp.Or(r.SingularName, kind), kind}, r.ShortNames}
}

// in returns those of a group; all, if group is empty.
func (all resources) in(group string) resources {
	return all.that(func(r *resource) bool { return group == "" || group == r.Group })
}

// named returns those with this full name.
func (all resources) named(name string) resources {
	return all.that(func(r *resource) bool { return slices.Contains(r.names, name) })
}

// shortened returns those with this short name.
func (all resources) shortened(name string) resources {
	return all.that(func(r *resource) bool { return slices.Contains(r.shortNames, name) })
}

func (all resources) that(fit func(*resource) bool) resources {
	var some resources
	for i := range all {
		if fit(&all[i]) {
			some = append(some, all[i])
		}
	}
	return some
}
