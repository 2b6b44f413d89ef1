// Package verbs decides what the client of a type can do.
//
//	+genclient                                              create update updateStatus delete deleteCollection get list watch patch
//	+genclient:noStatus, or no field Status                 all but updateStatus
//	+genclient:onlyVerbs=get,list,watch                     get list watch
//	+genclient:skipVerbs=delete,deleteCollection            create update updateStatus get list watch patch
//	+genclient:noVerbs                                      a client that can do nothing but what its expansion adds
package verbs

import (
	"client-go-workbook/lib/codegen/model"
)

// Type is a type as its source has it.
type Type struct {
	Name      string
	HasStatus bool // it has a field Status
	Tags      []model.Tag
}

// Client is what a generator makes for a type.
type Client struct {
	NonNamespaced bool         // its objects live outside namespaces
	Verbs         []model.Verb // in the order of model.AllVerbs
}

// Of returns the client that the tags of a type ask for; nil if they ask for none. It can have each of model.AllVerbs but
// apply and applyStatus, which tags may name and nobody generates, and updateStatus only if there is a status.
//
// What can't be meant is an error for each such thing, made by wrong: a verb that nobody knows, also an empty one; two of
// onlyVerbs, skipVerbs and noVerbs, of which one would win in silence; updateStatus in onlyVerbs, of a type without status.
// It says which verb, as %q does, or which other tag. With an error there is no client.
func Of(t Type) (*Client, error) {
	tags, err := clientTags(t)
	if tags == nil {
		return nil, err
	}
	// TODO: Look for what can't be meant, then go through model.AllVerbs.
	// tags has each tag by its name, and words reads the verbs of one.
	// You may need: errors, slices
	panic("TODO ch05/ex03: fill in Of")
}
