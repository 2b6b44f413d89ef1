package apitest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	apidiscovery "k8s.io/api/apidiscovery/v2"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	resourceVerbs = []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
	statusVerbs   = []string{"get", "patch", "update"}
)

// SetDown makes the discovery of a group version fail, or work again: 503 for its own document, "Stale" in the aggregated
// one. This is how an extension API server looks whose backend is away.
func (s *Server) SetDown(gv schema.GroupVersion, down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down == nil {
		s.down = map[schema.GroupVersion]bool{}
	}
	s.down[gv] = down
}

func (s *Server) isDown(gv schema.GroupVersion) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down[gv]
}

// serveDiscovery answers what a client asks before it knows any resource, in one of two forms: a document for
// each group and version under /apis, or everything at once for those who accept an APIGroupDiscoveryList.
func (s *Server) serveDiscovery(w http.ResponseWriter, r *Request) error {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	core := parts[0] == "api"
	switch {
	case r.Method != http.MethodGet:
	case len(parts) == 1 && (core || parts[0] == "apis"):
		return s.serveGroups(w, r, core)
	case len(parts) == 2 && core:
		return s.serveGroupVersion(w, r, schema.GroupVersion{Version: parts[1]})
	case len(parts) == 3 && parts[0] == "apis":
		return s.serveGroupVersion(w, r, schema.GroupVersion{Group: parts[1], Version: parts[2]})
	case r.URL.Path == "/version":
		w.Header().Set("Content-Type", "application/json")
		_, err := w.Write([]byte(`{"major":"1","minor":"37","gitVersion":"v1.37.2"}`))
		return err
	}
	http.NotFound(w, r.Request)
	return nil
}

// serveGroups answers at /api, which is about the core group, and at /apis, which is about all others.
func (s *Server) serveGroups(w http.ResponseWriter, r *Request, core bool) error {
	groups := slices.DeleteFunc(s.groups(), func(g metav1.APIGroup) bool { return (g.Name == "") != core })
	switch {
	case !s.config.LegacyDiscovery && strings.HasPrefix(r.Header.Get("Accept"), aggregated):
		return s.serveAggregated(w, groups)
	case core:
		versions := &metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions", APIVersion: "v1"}, Versions: []string{}}
		for _, g := range groups {
			for _, v := range g.Versions {
				versions.Versions = append(versions.Versions, v.Version)
			}
		}
		return r.reply(w, http.StatusOK, versions)
	}
	return r.reply(w, http.StatusOK, &metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}, Groups: groups})
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

func (s *Server) serveGroupVersion(w http.ResponseWriter, r *Request, gv schema.GroupVersion) error {
	kinds := s.kindsOf(gv)
	switch {
	case len(kinds) == 0:
		http.NotFound(w, r.Request)
		return nil
	case s.isDown(gv):
		return apierrors.NewServiceUnavailable("the backend of " + gv.String() + " is away")
	}
	list := &metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: gv.String()}
	for _, k := range kinds {
		list.APIResources = append(list.APIResources, metav1.APIResource{
			Name: k.Plural, SingularName: strings.ToLower(k.Kind), Namespaced: k.Namespaced, Kind: k.Kind,
			Verbs: resourceVerbs, ShortNames: k.ShortNames,
		})
		if k.Status {
			list.APIResources = append(list.APIResources, metav1.APIResource{
				Name: k.Plural + "/status", Namespaced: k.Namespaced, Kind: k.Kind, Verbs: statusVerbs,
			})
		}
	}
	return r.reply(w, http.StatusOK, list)
}

// aggregated is the media type of everything at once. Old clients do not know of it, new ones ask for it first.
const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

func (s *Server) serveAggregated(w http.ResponseWriter, groups []metav1.APIGroup) error {
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
	w.Header().Set("Content-Type", aggregated)
	return json.NewEncoder(w).Encode(list)
}

// versionDiscovery describes a group version; one that is down is Stale, and its resources are not known.
func (s *Server) versionDiscovery(gv schema.GroupVersion) apidiscovery.APIVersionDiscovery {
	if s.isDown(gv) {
		return apidiscovery.APIVersionDiscovery{Version: gv.Version, Freshness: apidiscovery.DiscoveryFreshnessStale}
	}
	out := apidiscovery.APIVersionDiscovery{Version: gv.Version, Freshness: apidiscovery.DiscoveryFreshnessCurrent}
	for _, k := range s.kindsOf(gv) {
		responseKind := metav1.GroupVersionKind(k.GroupVersionKind)
		resource := apidiscovery.APIResourceDiscovery{
			Resource: k.Plural, SingularResource: strings.ToLower(k.Kind), ResponseKind: &responseKind, Scope: apidiscovery.ScopeCluster,
			Verbs: resourceVerbs, ShortNames: k.ShortNames,
		}
		if k.Namespaced {
			resource.Scope = apidiscovery.ScopeNamespace
		}
		if k.Status {
			resource.Subresources = []apidiscovery.APISubresourceDiscovery{{Subresource: "status", ResponseKind: &responseKind, Verbs: statusVerbs}}
		}
		out.Resources = append(out.Resources, resource)
	}
	return out
}
