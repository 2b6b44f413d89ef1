package render

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

// Name imports a package, and returns what it is called in this file: the last part of its path, with as many parts
// before it as it takes to be unique: "v1", "corev1", "apicorev1". It is empty for the file's own package.
func (i *Imports) Name(path string) string { return "" }

// Ref is how the file names something of a package: "metav1.ListOptions", or "ListOptions" in the package itself.
func (i *Imports) Ref(path, name string) string { return "" }
