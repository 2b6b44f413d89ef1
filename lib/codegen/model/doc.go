// Package model is what the generators know about an API: packages, the types in them, and what their tags ask for.
//
//	Package  k8s.io/api/apps/v1     group "apps", version "v1", Go name "Apps"
//	 └─ Type  Deployment            has ObjectMeta, has Status
//	     └─ Client                  from +genclient and its like; nil if there is none
//	         ├─ Verbs   create update updateStatus delete deleteCollection get list watch patch
//	         └─ Methods GetScale: get of subresource "scale", result k8s.io/api/autoscaling/v1.Scale
//
// Package scan fills it from Go source, the generators read it. It has no behaviour but names: what a type is called in the
// plural, in a URL, in a variable; and what a Go file declares.
//
// Upstream: cmd/client-gen/types, cmd/client-gen/generators/util/tags.go in code-generator, and gengo's types and namer.
// Left out: internal versions, which have no place outside Kubernetes itself.
package model
