package apitest

import (
	"io"
	"net/http"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Request is a request as a test or a fault sees it.
type Request struct {
	*http.Request // its Body has been read into Payload
	Payload       []byte

	// Verb is as in RBAC: get, list, watch, create, update, patch, delete or deletecollection; "" if the path
	// does not take the method. Outside of resources it is the method in small letters.
	Verb        string
	Resource    schema.GroupVersionResource // zero outside of resources
	Namespace   string
	Name        string
	Subresource string

	kind       *kind                  // nil outside of resources
	format     runtime.SerializerInfo // of the answer
	acceptable bool                   // the client accepts format
}

// String is one line for a test's failure: "watch /api/v1/pods?watch=true".
func (r *Request) String() string { return r.Verb + " " + r.URL.RequestURI() }

func (r *Request) at() types.NamespacedName {
	return types.NamespacedName{Namespace: r.Namespace, Name: r.Name}
}

// read takes in the body and finds out what the request is about.
func (s *Server) read(r *http.Request) (*Request, error) {
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	req := &Request{Request: r, Payload: payload, Verb: strings.ToLower(r.Method)}
	s.resolve(req)
	req.format, req.acceptable = negotiate(r.Header.Get("Accept"), req.kind == nil || req.kind.protobuf)
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
	namespace := ""
	// "namespaces" is a prefix and a resource: /namespaces/a/pods, but /namespaces/a/status.
	if len(parts) > 2 && parts[0] == "namespaces" && parts[2] != "status" {
		namespace, parts = parts[1], parts[2:]
	}
	k := s.lookup(gv.WithResource(parts[0]))
	if k == nil || len(parts) > 3 || namespace != "" && !k.Namespaced || namespace == "" && k.Namespaced && len(parts) > 1 {
		return
	}
	parts = append(parts, "", "")
	req.kind, req.Resource, req.Namespace, req.Name, req.Subresource = k, k.GroupVersionResource(), namespace, parts[1], parts[2]
	req.Verb = req.verb()
}

// verbs are what each method wants of a whole collection, and of one object.
var verbs = map[string][2]string{
	http.MethodGet:    {"list", "get"},
	http.MethodPost:   {"create", ""},
	http.MethodPut:    {"", "update"},
	http.MethodPatch:  {"", "patch"},
	http.MethodDelete: {"deletecollection", "delete"},
}

func (r *Request) verb() string {
	if r.Name != "" {
		return verbs[r.Method][1]
	}
	verb, watch := verbs[r.Method][0], r.URL.Query().Get("watch")
	switch {
	case verb == "list" && (watch == "true" || watch == "1"):
		return "watch"
	case verb != "list" && r.kind.Namespaced && r.Namespace == "": // one can read all namespaces, but not write to them
		return ""
	}
	return verb
}
