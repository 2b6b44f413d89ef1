package render

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Common is for generators that write beside their input: it returns the innermost folder that has all of them, and where they
// are beneath it, in their order and as [Options].Folders takes them. The folders are absolute paths.
func Common(folders []string) (root string, beneath []string) {
	for i, folder := range folders {
		if i == 0 {
			root = folder
		}
		for root != folder && !strings.HasPrefix(folder, strings.TrimSuffix(root, separator)+separator) {
			root = filepath.Dir(root)
		}
	}
	for _, folder := range folders {
		beneath = append(beneath, filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(folder, root), separator)))
	}
	return root, beneath
}

const separator = string(filepath.Separator)

// CheckFileName reports a name that no Go file of a package can have.
func CheckFileName(name string) error {
	if filepath.Base(name) != name || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.ContainsAny(name[:1], "._") {
		return fmt.Errorf("%q: write the name of a Go file, without a folder, such as zz_generated.go", name)
	}
	return nil
}
