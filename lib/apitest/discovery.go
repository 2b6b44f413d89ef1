package apitest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	apidiscovery "k8s.io/api/apidiscovery/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	resourceVerbs = []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
	statusVerbs   = []string{"get", "patch", "update"}
)

// serveNonResource answers what a client asks before it knows any resource. Discovery comes in two forms: one document
// for each group and version under /apis, or everything at once for those who accept an APIGroupDiscoveryList.
func (s *Server) serveNonResource(w http.ResponseWriter, r *Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.NotFound(w, r.Request)
		return
	}
	path := strings.Trim(r.URL.Path, "/")
	switch parts := strings.Split(path, "/"); {
	case path == "healthz", path == "livez", path == "readyz":
		_, _ = w.Write([]byte("ok"))
	case path == "version":
		document, _ := json.Marshal(s.config.Version) // a struct of strings
		write(w, asJSON, http.StatusOK, document)
	case path == "api" || path == "apis":
		s.serveGroups(w, r, path == "api")
	case len(parts) == 2 && parts[0] == "api":
		s.serveGroupVersion(w, r, schema.GroupVersion{Version: parts[1]})
	case len(parts) == 2 && parts[0] == "apis":
		s.serveGroup(w, r, parts[1])
	case len(parts) == 3 && parts[0] == "apis":
		s.serveGroupVersion(w, r, schema.GroupVersion{Group: parts[1], Version: parts[2]})
	default:
		http.NotFound(w, r.Request)
	}
}

// serveGroups answers at /api, which is about the core group, and at /apis, which is about all others.
func (s *Server) serveGroups(w http.ResponseWriter, r *Request, core bool) {
	groups := slices.DeleteFunc(s.groups(), func(g metav1.APIGroup) bool { return (g.Name == "") != core })
	switch {
	case !s.config.LegacyDiscovery && acceptsAggregated(r.Request):
		s.serveAggregated(w, r, groups)
	case core:
		versions := &metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions", APIVersion: "v1"}, Versions: []string{}}
		for _, g := range groups {
			for _, v := range g.Versions {
				versions.Versions = append(versions.Versions, v.Version)
			}
		}
		writeObject(w, r, versions)
	default:
		writeObject(w, r, &metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}, Groups: groups})
	}
}

func (s *Server) serveGroup(w http.ResponseWriter, r *Request, name string) {
	for _, g := range s.groups() {
		if g.Name == name {
			g.TypeMeta = metav1.TypeMeta{Kind: "APIGroup", APIVersion: "v1"}
			writeObject(w, r, &g)
			return
		}
	}
	http.NotFound(w, r.Request)
}

func (s *Server) serveGroupVersion(w http.ResponseWriter, r *Request, gv schema.GroupVersion) {
	list := &metav1.APIResourceList{
		TypeMeta:     metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"},
		GroupVersion: gv.String(),
	}
	for _, k := range s.kindsOf(gv) {
		list.APIResources = append(list.APIResources, k.apiResources()...)
	}
	switch {
	case len(list.APIResources) == 0:
		http.NotFound(w, r.Request)
	case s.isDown(gv):
		writeError(w, r.Request, backendAway(gv))
	default:
		writeObject(w, r, list)
	}
}

func backendAway(gv schema.GroupVersion) error {
	return apierrors.NewServiceUnavailable("the backend of " + gv.String() + " is away")
}

// groups lists each group with its versions, in the order of Config.Resources; the first version is the preferred one.
func (s *Server) groups() []metav1.APIGroup {
	var groups []metav1.APIGroup
	for _, k := range s.kinds {
		i := slices.IndexFunc(groups, func(g metav1.APIGroup) bool { return g.Name == k.Group })
		version := metav1.GroupVersionForDiscovery{GroupVersion: k.GroupVersion().String(), Version: k.Version}
		if i < 0 {
			groups = append(groups, metav1.APIGroup{Name: k.Group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version})
		} else if g := &groups[i]; !slices.Contains(g.Versions, version) {
			g.Versions = append(g.Versions, version)
		}
	}
	return groups
}

func (s *Server) kindsOf(gv schema.GroupVersion) []*kind {
	return slices.DeleteFunc(slices.Clone(s.kinds), func(k *kind) bool { return k.GroupVersion() != gv })
}

// apiResources describes the kind and its subresource.
func (k *kind) apiResources() []metav1.APIResource {
	main := metav1.APIResource{
		Name: k.Plural, SingularName: k.singular(), Namespaced: k.Namespaced, Kind: k.Kind,
		Verbs: resourceVerbs, ShortNames: k.ShortNames, Categories: k.Categories,
	}
	if !k.Status {
		return []metav1.APIResource{main}
	}
	status := metav1.APIResource{Name: k.Plural + "/status", Namespaced: k.Namespaced, Kind: k.Kind, Verbs: statusVerbs}
	return []metav1.APIResource{main, status}
}

const aggregatedContentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

// acceptsAggregated tells whether the client prefers the aggregated form. Old clients do not know of it.
func acceptsAggregated(r *http.Request) bool {
	for _, a := range accept(r) {
		if a.params["as"] == "" {
			return false
		}
		if a.mediaType == runtime.ContentTypeJSON && a.params["as"] == "APIGroupDiscoveryList" &&
			a.params["g"] == apidiscovery.GroupName && a.params["v"] == "v2" {
			return true
		}
	}
	return false
}

func (s *Server) serveAggregated(w http.ResponseWriter, r *Request, groups []metav1.APIGroup) {
	list := apidiscovery.APIGroupDiscoveryList{
		TypeMeta: metav1.TypeMeta{Kind: "APIGroupDiscoveryList", APIVersion: apidiscovery.SchemeGroupVersion.String()},
	}
	for _, g := range groups {
		item := apidiscovery.APIGroupDiscovery{ObjectMeta: metav1.ObjectMeta{Name: g.Name}}
		for _, v := range g.Versions {
			item.Versions = append(item.Versions, s.versionDiscovery(schema.GroupVersion{Group: g.Name, Version: v.Version}))
		}
		list.Items = append(list.Items, item)
	}
	document, err := json.Marshal(list)
	if err != nil {
		writeError(w, r.Request, err)
		return
	}
	w.Header().Set("Content-Type", aggregatedContentType)
	_, _ = w.Write(document)
}

// versionDiscovery describes a group version; one that is down is Stale, and its resources are not known.
func (s *Server) versionDiscovery(gv schema.GroupVersion) apidiscovery.APIVersionDiscovery {
	if s.isDown(gv) {
		return apidiscovery.APIVersionDiscovery{Version: gv.Version, Freshness: apidiscovery.DiscoveryFreshnessStale}
	}
	out := apidiscovery.APIVersionDiscovery{Version: gv.Version, Freshness: apidiscovery.DiscoveryFreshnessCurrent}
	for _, k := range s.kindsOf(gv) {
		out.Resources = append(out.Resources, k.discovery())
	}
	return out
}

func (k *kind) discovery() apidiscovery.APIResourceDiscovery {
	responseKind := metav1.GroupVersionKind(k.GroupVersionKind)
	out := apidiscovery.APIResourceDiscovery{
		Resource: k.Plural, SingularResource: k.singular(), ResponseKind: &responseKind, Scope: apidiscovery.ScopeCluster,
		Verbs: resourceVerbs, ShortNames: k.ShortNames, Categories: k.Categories,
	}
	if k.Namespaced {
		out.Scope = apidiscovery.ScopeNamespace
	}
	if k.Status {
		out.Subresources = []apidiscovery.APISubresourceDiscovery{{Subresource: "status", ResponseKind: &responseKind, Verbs: statusVerbs}}
	}
	return out
}
