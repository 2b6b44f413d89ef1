package main

import (
	"strings"

	"client-go-workbook/lib/conformance/surface/generators"
)

// home is where the package of a name is, in one form for both libraries: the path below the workbook's lib.
func home(path, name string) string {
	if below, is := strings.CutPrefix(path, generators.Workbook.Module+"/"); is {
		return below
	}
	below, is := strings.CutPrefix(path, generators.ClientGo.Module+"/")
	if !is {
		return path
	}
	if to, is := moved[below+"."+name]; is {
		return to
	}
	return below
}

// moved has those of client-go's names that generated code shows its users, and that are elsewhere in lib.
var moved = map[string]string{
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
