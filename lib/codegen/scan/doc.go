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
// Upstream: gengo's parser, cmd/client-gen/generators/util/tags.go, pkg/apidefinitions in code-generator.
// Left out: generic types and internal versions (both an error), and tags of function style, name(arg)=value, which are kept as they stand.
package scan
