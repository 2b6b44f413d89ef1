package informer

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

// nameOf says in logs which handler is meant. For functions it is the package or the type that they belong to, or all
// their names if they don't belong together; for another type its name, with the package's path.
func nameOf(handler ResourceEventHandler) string {
	switch h := handler.(type) {
	case ResourceEventHandlerFuncs:
		return nameOfFunctions(h)
	case *ResourceEventHandlerFuncs:
		if h != nil {
			return nameOfFunctions(*h)
		}
	}
	t := reflect.TypeOf(handler)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.PkgPath() == "" {
		return fmt.Sprintf("%T", handler)
	}
	return t.PkgPath() + "." + t.Name()
}

func nameOfFunctions(h ResourceEventHandlerFuncs) string {
	var names, owners []string
	for _, function := range []any{h.AddFunc, h.UpdateFunc, h.DeleteFunc} {
		f := runtime.FuncForPC(reflect.ValueOf(function).Pointer())
		if f == nil { // of a nil function
			continue
		}
		name := f.Name()
		names = append(names, name)
		if dot := strings.LastIndexByte(name, '.'); dot > 0 {
			name = name[:dot]
		}
		owners = append(owners, name)
	}
	switch {
	case len(names) == 0:
		return fmt.Sprintf("%T", h)
	case allEqual(owners):
		return owners[0]
	}
	return strings.Join(names, "+")
}

func allEqual(names []string) bool {
	for _, name := range names {
		if name != names[0] {
			return false
		}
	}
	return true
}
