// Package apipath says where an API begins on the server.
package apipath

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// DefaultVersionedAPIPath returns the path of groupVersion beneath apiPath, a root of the server: "/api/v1" for the core
// group's v1 in "/api", "/apis/apps/v1" for apps/v1 in "/apis".
func DefaultVersionedAPIPath(apiPath string, groupVersion schema.GroupVersion) string {
	// TODO: Return apiPath, the group and the version as one path.
	// One line is enough.
	// You may need: path
	panic("TODO ch01/ex01: fill in DefaultVersionedAPIPath")
}
