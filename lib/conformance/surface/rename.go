package main

import "strings"

// rename brings the import paths of both libraries into one form: where a package is beneath the workbook's lib.
type rename struct {
	module string            // the library's path, which is left out: "k8s.io/client-go"
	moved  map[string]string // "path" or "path.Name" below it → where that is in lib
}

// home is where the package of a name is.
func (r rename) home(path, name string) string {
	below, is := strings.CutPrefix(path, r.module+"/")
	if !is {
		return path
	}
	for _, from := range []string{below + "." + name, below} {
		if to, is := r.moved[from]; is {
			return to
		}
	}
	return below
}

// lib has those of client-go's names that generated code shows its users, and that are elsewhere in lib.
var lib = map[string]string{
	"listers.ResourceIndexer": "lister",

	"tools/cache.DeletedObject":                          "store",
	"tools/cache.GenericLister":                          "lister",
	"tools/cache.HandlerOptions":                         "informer",
	"tools/cache.Indexer":                                "store",
	"tools/cache.Indexers":                               "store",
	"tools/cache.ResourceEventHandlerRegistration":       "informer",
	"tools/cache.SharedIndexInformer":                    "informer",
	"tools/cache.SyncResult":                             "informer",
	"tools/cache.TransformFunc":                          "store",
	"tools/cache.TypedFilteringResourceEventHandler":     "informer",
	"tools/cache.TypedIndexer":                           "store",
	"tools/cache.TypedIndexers":                          "store",
	"tools/cache.TypedResourceEventHandler":              "informer",
	"tools/cache.TypedResourceEventHandlerDetailedFuncs": "informer",
	"tools/cache.TypedResourceEventHandlerFuncs":         "informer",
}
