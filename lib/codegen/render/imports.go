package render

import (
	"go/token"
	"maps"
	"slices"
	"strings"
)

// Imports gives each import path of a file a name of its own.
type Imports struct {
	own    string            // import path of the file's package
	byPath map[string]string // import path → name
	byName map[string]string // name → import path
}

// NewImports is for a file of the package with this import path, which it never imports.
func NewImports(own string) *Imports {
	return &Imports{own: own, byPath: map[string]string{}, byName: map[string]string{}}
}

// Name imports a package, and returns what it is called in this file: the last part of its path, two parts if that is a version,
// and more if it takes more to be unique: "watch", "corev1", "apicorev1". It is empty for the file's own package.
// No package gets the name that the file's own has, or one that means something to Go, as "error" and "type" do.
func (i *Imports) Name(path string) string {
	if path == i.own {
		return ""
	}
	if name := i.byPath[path]; name != "" {
		return name
	}
	parts := strings.Split(path, "/")
	name := ""
	for n := len(parts) - 1; n >= 0; n-- {
		name = identifier(parts[n]) + name
		if i.isFree(name) && !isVersion(name) {
			break
		}
	}
	for !i.isFree(name) {
		name = "x" + name
	}
	i.byPath[path], i.byName[name] = name, path
	return name
}

func isVersion(name string) bool {
	return len(name) > 1 && name[0] == 'v' && name[1] >= '0' && name[1] <= '9'
}

// Reserve keeps names from being given to packages: those that the file or its package uses for something else.
func (i *Imports) Reserve(names ...string) {
	for _, name := range names {
		if i.byName[name] == "" {
			i.byName[name] = i.own
		}
	}
}

// As imports a package under a name that the caller chooses, or another one if that is taken: {{$.Imports.As "…/v1" "appsv1"}}.
func (i *Imports) As(path, name string) string {
	if path != i.own && i.byPath[path] == "" && i.isFree(name) {
		i.byPath[path], i.byName[name] = name, path
	}
	return i.Name(path)
}

// Ref is how the file names something of a package: "metav1.ListOptions", or "ListOptions" in the package itself.
func (i *Imports) Ref(path, name string) string {
	if local := i.Name(path); local != "" {
		return local + "." + name
	}
	return name
}

func (i *Imports) isFree(name string) bool {
	return token.IsIdentifier(name) && name != identifier(lastPart(i.own)) && !goNames[name] && i.byName[name] == ""
}

// identifier is what is left of a part of a path when all is gone that no name can have.
func identifier(part string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, part)
}

// goNames are those that generated code uses as Go means them, and two that Go lets no package be called by.
var goNames = map[string]bool{"init": true, "main": true, "any": true, "bool": true, "string": true, "error": true, "nil": true, "true": true, "false": true, "int": true, "int64": true, "new": true, "make": true, "len": true, "append": true}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// String is the import declaration, sorted by path and the standard library first; empty if nothing is imported.
func (i *Imports) String() string {
	var std, other strings.Builder
	for _, path := range slices.Sorted(maps.Keys(i.byPath)) {
		group := &other
		if i.isStandard(path) {
			group = &std
		}
		group.WriteByte('\t')
		if name := i.byPath[path]; name != lastPart(path) {
			group.WriteString(name + " ")
		}
		group.WriteString(`"` + path + "\"\n")
	}
	switch {
	case std.Len()+other.Len() == 0:
		return ""
	case std.Len() > 0 && other.Len() > 0:
		std.WriteByte('\n')
	}
	return "import (\n" + std.String() + other.String() + ")\n\n"
}

// isStandard takes what has neither dot nor dash in its first part for the standard library, but for the file's own module:
// nobody says what modules without a domain are called.
func (i *Imports) isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	own, _, _ := strings.Cut(i.own, "/")
	return first != own && !strings.ContainsAny(first, ".-")
}
