package scan_test

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/codegen/scan"
)

// Every tag of a file is about one thing: its package, a type or nothing.
func TestTagsOfAFile(t *testing.T) {
	const source = `// +licence

// +package
package v1

// +further

// +above
type A struct {
	// +inside
	B int
} // +behind

// +function
func F() {}
`
	for name, want := range map[string]struct{ pkg, types, loose string }{
		"types.go":    {" +package=\"\"@3:1", " +further=\"\"@6:1 +above=\"\"@8:1", " +licence=\"\"@1:1 +inside=\"\"@10:2 +behind=\"\"@12:3 +function=\"\"@14:1"},
		"apis/doc.go": {" +licence=\"\"@1:1 +package=\"\"@3:1 +inside=\"\"@10:2 +behind=\"\"@12:3 +function=\"\"@14:1", " +further=\"\"@6:1 +above=\"\"@8:1", ""},
	} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, source, parser.ParseComments)
		require.NoError(t, err)
		found := scan.Tags(fset, f)
		require.Equal(t, want.pkg, tags(found.Package), name)
		require.Equal(t, want.loose, tags(found.Loose), name)
		require.Len(t, found.Types, 1)
		for spec, above := range found.Types {
			require.Equal(t, "A", spec.Name.Name)
			require.Equal(t, want.types, tags(above), name)
		}
	}
}
