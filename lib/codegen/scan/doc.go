// Package scan reads the API packages that the generators work on: Go source in, model out.
//
//	patterns ──go list──▶ folders ──go/parser──▶ files ──tags, structs──▶ []*model.Package
//	                                  ×cores                  └──▶ every error, with its line, or none
//
// Nothing is type-checked: names, fields and comments say all that clients, listers and informers need, and that is
// what makes it fast. Generated files are not even parsed, unless they ask for a client or declare what is found nowhere else.
//
// A comment counts for a type if it stands directly above it, or one blank line above that. One that asks for a client and
// stands elsewhere is an error, like everything that cannot be meant: there is no half result, and no silence.
//
// The tags, each on a line of its own behind "// ":
//
//	above package, or anywhere in doc.go
//	+groupName=shop.example.com                the group in the API; empty: the core group
//	+groupGoName=Shop                          the group in Go's names, where the first word of groupName won't do
//	+k8s:client-gen=false                      not for this generator; also lister-gen, informer-gen, register-gen
//
//	above a type
//	+genclient                                 it has a client; the others of genclient are errors without it
//	+genclient:nonNamespaced                   its objects are the cluster's
//	+genclient:noStatus                        no UpdateStatus, though there is a field Status
//	+genclient:noVerbs                         none of the usual methods
//	+genclient:readonly                        get, list and watch only
//	+genclient:onlyVerbs=get,list              these only
//	+genclient:skipVerbs=deleteCollection      all but these
//	+genclient:method=GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale
//	                                           a method more; create and update may have input= as well
//	+resourceName=people                       the name in URLs, where it is not the plural
//
// Upstream: gengo's parser, cmd/client-gen/generators/util/tags.go, pkg/apidefinitions in code-generator.
// Left out: generic types and internal versions (both an error), and tags of function style, name(arg)=value, which are kept as they stand.
package scan
