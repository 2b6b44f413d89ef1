// Package requesturl says where on the server a request goes.
package requesturl

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/rest"
)

// Target is what a request is about. Its fields, in this order, are the path:
//
//	/apis/apps/v1  /namespaces/shop  /deployments  /web   /scale
//	GroupVersion   Namespace         Resource      Name   Subresources
type Target struct {
	GroupVersion schema.GroupVersion // comes from code
	Namespace    string              // "" for what is cluster-scoped, and for all namespaces at once
	Resource     string              // the plural; the path has it in lower case
	Name         string              // "" for the whole list
	Subresources []string            // "status"; or "proxy" and where to go behind it
}

// URL returns where a request for t goes, on a server whose API begins at base. That may have a path of its own, as
// behind a proxy, but no query; it is shared by many requests. A part of t that isn't one segment of a path is an error
// that quotes it.
func (t *Target) URL(base *url.URL) (*url.URL, error) {
	// BEGIN SOLUTION: Refuse what isn't one segment. Of the rest make the path, and of the path a URL.
	// The core group, whose name is empty, has the root "/api", all others "/apis".

	segments := append([]string{t.Namespace, strings.ToLower(t.Resource), t.Name}, t.Subresources...)
	for _, s := range segments {
		if wrong := rest.IsValidPathSegmentName(s); len(wrong) > 0 {
			return nil, fmt.Errorf("invalid path segment %q: %v", s, wrong)
		}
	}
	root := "/apis"
	if t.GroupVersion.Group == "" {
		root = "/api"
	}
	if t.Namespace != "" {
		segments = slices.Insert(segments, 0, "namespaces")
	}
	u := *base
	u.Path = path.Join(base.Path, rest.DefaultVersionedAPIPath(root, t.GroupVersion), path.Join(segments...))
	return &u, nil
	// END SOLUTION
}
