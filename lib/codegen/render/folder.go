package render

import (
	"fmt"
	"path"
	"path/filepath"
	"regexp"
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

// CheckImportPath reports a flag's value that no import path of a generated package can begin with. Instead says what to write.
func CheckImportPath(flag, value, instead string) error {
	if importPath.MatchString(value) && path.Clean(value) == value {
		return nil
	}
	return fmt.Errorf("--%s %q is no import path: write %s", flag, value, instead)
}

var importPath = regexp.MustCompile(`^[-A-Za-z0-9_~][-A-Za-z0-9._~+/]*$`)

// CheckFileName reports a name that no Go file of a package can have.
func CheckFileName(name string) error {
	if filepath.Base(name) != name || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.ContainsAny(name[:1], "._") {
		return fmt.Errorf("%q: write the name of a Go file, without a folder, such as zz_generated.go", name)
	}
	return nil
}
