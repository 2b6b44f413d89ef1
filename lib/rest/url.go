package rest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// target is what a request is about. Its fields, in this order, are the path:
//
//	/apis/apps/v1  /namespaces/shop  /deployments  /web   /scale       /more
//	prefix         namespace         resource      name   subresource  suffix
//
// All but prefix and suffix are single segments that passed IsValidPathSegmentName, but for subresource, which
// may be several.
type target struct {
	prefix      string
	namespaced  bool // a namespace was set, though perhaps to "": all of them
	namespace   string
	resource    string
	name        string
	subresource string
	suffix      string
}

func (t *target) path() string {
	if t.namespace == "" && t.resource == "" && t.name == "" && t.subresource == "" && t.suffix == "" {
		return t.prefix // as it is: Join would take a trailing slash away
	}
	namespaces := ""
	if t.namespace != "" {
		namespaces = "namespaces"
	}
	return path.Join(t.prefix, namespaces, t.namespace, strings.ToLower(t.resource), t.name, t.subresource, t.suffix)
}

// check refuses the requests that an empty namespace turns into a request for something else.
func (t *target) check(verb string) error {
	if !t.namespaced || t.namespace != "" {
		return nil
	}
	switch verb {
	case http.MethodPost:
		return errors.New("an empty namespace may not be set during creation")
	case http.MethodGet, http.MethodPut, http.MethodDelete:
		if t.name != "" {
			return errors.New("an empty namespace may not be set when a resource name is provided")
		}
	}
	return nil
}

// String names the target in errors: `pods/log "web" in "shop"`, or its path if no resource was named.
func (t *target) String() string {
	if t.resource == "" {
		return t.path()
	}
	s := path.Join(t.resource, t.subresource)
	if t.name != "" {
		s += fmt.Sprintf(" %q", t.name)
	}
	if t.namespace != "" {
		s += fmt.Sprintf(" in %q", t.namespace)
	}
	return s
}

// URL returns where the request goes as far as it is built. It means nothing while Error isn't nil.
// A timeout shows as the parameter "timeout", for the server to know it too.
func (r *Request) URL() *url.URL {
	u := *r.client.base
	u.Path = r.target.path()
	params := r.params
	if r.timeout != 0 {
		params = maps.Clone(params)
		if params == nil {
			params = url.Values{}
		}
		params.Set("timeout", r.timeout.String())
	}
	u.RawQuery = params.Encode()
	return &u
}
