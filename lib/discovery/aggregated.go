package discovery

import (
	"mime"

	apidiscovery "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// The formats that the root endpoints can be asked for, as they stand in an Accept header. The server compares the
// parameters in exactly this order.
const (
	AcceptV1       = runtime.ContentTypeJSON
	AcceptV2       = runtime.ContentTypeJSON + ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
	AcceptV2NoPeer = AcceptV2 + ";profile=nopeer"
)

// v2GVK is what AcceptV2 asks for.
var v2GVK = schema.GroupVersionKind{Group: "apidiscovery.k8s.io", Version: "v2", Kind: "APIGroupDiscoveryList"}

// accept lists the formats that this client wants, best first. A server that doesn't know the first takes the next.
func (d *DiscoveryClient) accept() string {
	switch {
	case d.UseLegacyDiscovery:
		return AcceptV1
	case d.NoPeerDiscovery:
		return AcceptV2NoPeer + "," + AcceptV2 + "," + AcceptV1
	default:
		return AcceptV2 + "," + AcceptV1
	}
}

// ContentTypeIsGVK reports whether contentType is JSON of the given kind: its parameters g, v and as say so, in any
// order and among others. A content type that doesn't parse is an error.
func ContentTypeIsGVK(contentType string, gvk schema.GroupVersionKind) (bool, error) {
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false, err
	}
	said := schema.GroupVersionKind{Group: params["g"], Version: params["v"], Kind: params["as"]}
	return mediaType == runtime.ContentTypeJSON && said == gvk, nil
}

func (a answer) isAggregated() bool {
	aggregated, _ := ContentTypeIsGVK(a.contentType, v2GVK) // what isn't a media type at all is taken for plain JSON
	return aggregated
}

func decodeAggregated(got answer) (catalog, error) {
	var list apidiscovery.APIGroupDiscoveryList
	if err := got.decode(&list); err != nil {
		return catalog{}, err
	}
	var c catalog
	c.groups, c.resources, c.failed = SplitGroupsAndResources(list)
	return c, nil
}

// SplitGroupsAndResources takes an aggregated answer apart into what a server without it would have said: the groups,
// and the resources of each group-version. A stale version is in neither, but among the failed ones.
func SplitGroupsAndResources(aggregatedGroups apidiscovery.APIGroupDiscoveryList) (
	*metav1.APIGroupList,
	map[schema.GroupVersion]*metav1.APIResourceList,
	map[schema.GroupVersion]error,
) {
	c := emptyCatalog()
	c.groups.Groups = make([]metav1.APIGroup, 0, len(aggregatedGroups.Items))
	for i := range aggregatedGroups.Items {
		c.addGroup(&aggregatedGroups.Items[i])
	}
	return c.groups, c.resources, c.failed
}

// addGroup appends a group with its versions that aren't stale. The first of those is the preferred one.
func (c *catalog) addGroup(in *apidiscovery.APIGroupDiscovery) {
	group := metav1.APIGroup{Name: in.Name}
	for i := range in.Versions {
		version := &in.Versions[i]
		gv := schema.GroupVersion{Group: in.Name, Version: version.Version}
		if version.Freshness == apidiscovery.DiscoveryFreshnessStale {
			c.failed[gv] = StaleGroupVersionError{gv: gv}
			continue
		}
		group.Versions = append(group.Versions, metav1.GroupVersionForDiscovery{GroupVersion: gv.String(), Version: gv.Version})
		c.resources[gv] = &metav1.APIResourceList{GroupVersion: gv.String(), APIResources: flatten(version.Resources)}
	}
	if len(group.Versions) > 0 {
		group.PreferredVersion = group.Versions[0]
	}
	c.groups.Groups = append(c.groups.Groups, group)
}

// flatten puts each resource's subresources behind it, as "pods", "pods/log". What has no kind is left out; a
// resource may lack it and still have subresources with one.
func flatten(in []apidiscovery.APIResourceDiscovery) []metav1.APIResource {
	var out []metav1.APIResource
	for i := range in {
		resource := &in[i]
		if hasKind(resource.ResponseKind) {
			out = append(out, plainResource(resource))
		}
		for j := range resource.Subresources {
			if sub := &resource.Subresources[j]; hasKind(sub.ResponseKind) {
				out = append(out, plainSubresource(resource, sub))
			}
		}
	}
	return out
}

func plainResource(in *apidiscovery.APIResourceDiscovery) metav1.APIResource {
	return metav1.APIResource{
		Name:         in.Resource,
		SingularName: in.SingularResource,
		Namespaced:   in.Scope == apidiscovery.ScopeNamespace,
		Group:        in.ResponseKind.Group,
		Version:      in.ResponseKind.Version,
		Kind:         in.ResponseKind.Kind,
		Verbs:        in.Verbs,
		ShortNames:   in.ShortNames,
		Categories:   in.Categories,
	}
}

// plainSubresource has its kind and verbs from in, the rest from its parent.
func plainSubresource(
	parent *apidiscovery.APIResourceDiscovery, in *apidiscovery.APISubresourceDiscovery,
) metav1.APIResource {
	return metav1.APIResource{
		Name:         parent.Resource + "/" + in.Subresource,
		SingularName: parent.SingularResource,
		Namespaced:   parent.Scope == apidiscovery.ScopeNamespace,
		Group:        in.ResponseKind.Group,
		Version:      in.ResponseKind.Version,
		Kind:         in.ResponseKind.Kind,
		Verbs:        in.Verbs,
	}
}

func hasKind(kind *metav1.GroupVersionKind) bool {
	return kind != nil && *kind != metav1.GroupVersionKind{}
}
