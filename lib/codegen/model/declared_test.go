package model_test

import (
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/codegen/model"
)

func TestDeclared(t *testing.T) {
	const source = `package v1
import "fmt"
type A struct{ B int }
type (
	C[T any] struct{}
	D = A
)
var _, E = 1, fmt.Sprint
const F = iota
func G() { H := 1; _ = H }
func (a *A) I() {}
func (D) J() {}
func (c *C[T]) K() {}
func init() {}
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "a.go", source, 0)
	require.NoError(t, err)
	var names []string
	for name, pos := range model.Declared(f) {
		names = append(names, name)
		if name == "A.I" {
			require.Equal(t, "a.go:11:13", fset.Position(pos).String())
		}
	}
	require.Equal(t, []string{"A", "C", "D", "E", "F", "G", "A.I", "D.J", "C[T].K"}, names)
}
