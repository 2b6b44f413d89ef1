// Package apipath says where an API begins on the server.
package apipath

import (
	"path"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// DefaultVersionedAPIPath returns the path of groupVersion beneath apiPath, a root of the server: "/api/v1" for the core
// group's v1 in "/api", "/apis/apps/v1" for apps/v1 in "/apis".
func DefaultVersionedAPIPath(apiPath string, groupVersion schema.GroupVersion) string {
	// BEGIN SOLUTION: Return apiPath, the group and the version as one path.
	// One line is enough.
	return path.Join("/", apiPath, groupVersion.Group, groupVersion.Version)
	// END SOLUTION
}
