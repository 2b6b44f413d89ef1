package apitest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Request is a request as a test or a fault sees it.
type Request struct {
	*http.Request // its Body has been read into Payload
	Payload       []byte

	// Verb is as in RBAC: get, list, watch, create, update, patch, delete or deletecollection;
	// outside of resources it is the method in small letters.
	Verb        string
	Resource    schema.GroupVersionResource // zero outside of resources
	Namespace   string
	Name        string
	Subresource string

	kind *kind
}

// String is one line for a test's failure: "watch /api/v1/pods?watch=true".
func (r *Request) String() string { return r.Verb + " " + r.URL.RequestURI() }

// maxBody is the limit of a real server.
const maxBody = 3 << 20

// read takes in the body and finds out what the request is about.
func (s *Server) read(r *http.Request) (*Request, error) {
	payload, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if tooBig := (*http.MaxBytesError)(nil); errors.As(err, &tooBig) {
		return nil, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("limit is %d", tooBig.Limit))
	} else if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("read body: %v", err))
	}
	req := &Request{Request: r, Payload: payload, Verb: strings.ToLower(r.Method)}
	s.resolve(req)
	return req, nil
}

// resolve reads the path of a resource:
//
//	/api/v1 | /apis/{group}/{version}   then   [/namespaces/{namespace}]/{plural}[/{name}[/{subresource}]]
func (s *Server) resolve(req *Request) {
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	var gv schema.GroupVersion
	switch {
	case len(parts) > 2 && parts[0] == "api":
		gv, parts = schema.GroupVersion{Version: parts[1]}, parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		gv, parts = schema.GroupVersion{Group: parts[1], Version: parts[2]}, parts[3:]
	default:
		return
	}
	// "namespaces" is a prefix and a resource: /namespaces/a/pods, but /namespaces/a/status.
	if len(parts) > 2 && parts[0] == "namespaces" && parts[2] != "status" {
		req.Namespace, parts = parts[1], parts[2:]
	}
	if len(parts) > 3 {
		return
	}
	parts = append(parts, "", "")
	k := s.lookup(gv.WithResource(parts[0]))
	if k == nil || req.Namespace != "" && !k.Namespaced || req.Namespace == "" && k.Namespaced && parts[1] != "" {
		return
	}
	req.kind, req.Resource, req.Name, req.Subresource = k, k.GroupVersionResource(), parts[1], parts[2]
	req.Verb = resourceVerb(req)
}

func resourceVerb(req *Request) string {
	watching := req.URL.Query().Get("watch")
	switch {
	case req.Method == http.MethodGet && (watching == "true" || watching == "1"):
		return "watch"
	case req.Method == http.MethodGet && req.Name == "":
		return "list"
	case req.Method == http.MethodPost:
		return "create"
	case req.Method == http.MethodPut:
		return "update"
	case req.Method == http.MethodDelete && req.Name == "":
		return "deletecollection"
	}
	return strings.ToLower(req.Method)
}

func (s *Server) lookup(gvr schema.GroupVersionResource) *kind {
	for _, k := range s.kinds {
		if k.GroupVersionResource() == gvr {
			return k
		}
	}
	return nil
}

// allowed tells whether the path is one for the verb: many are about a named object, others about a whole namespace.
func (r *Request) allowed() bool {
	scoped := r.Namespace != "" || !r.kind.Namespaced
	switch r.Verb {
	case "create":
		return scoped && r.Name == ""
	case "deletecollection":
		return scoped
	case "update", "patch":
		return r.Name != ""
	}
	return true
}
