package deepcopygen_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/codegen/deepcopygen"
)

// Each row is the end of v1/types.go, which begins in line 10, and the errors with "v1/types.go:" and the module's path left out.
// The folder stays as it is, whatever else could have been generated.
func TestWrongInput(t *testing.T) {
	const byHand = "write // +k8s:deepcopy-gen=false above the type that has it, and DeepCopyInto by hand where it is needed"
	for name, row := range map[string]struct{ source, want string }{
		"channel":                    {"type A struct {\n\tB chan int\n}", "11: A.B is a channel, and that has no copy; " + byHand},
		"function":                   {"type A struct {\n\tB []func()\n}", "11: A.B is a function, and that has no copy; " + byHand},
		"unsafe pointer":             {"type A struct {\n\tB map[string]unsafe.Pointer\n}", "11: A.B is a pointer that only its owner understands, and that has no copy; " + byHand},
		"deep inside":                {"type A struct {\n\tB *struct {\n\t\tC [2]chan int\n\t}\n}", "12: A.C is a channel, and that has no copy; " + byHand},
		"in a map type":              {"type A map[string]chan int", "10: A is a channel, and that has no copy; " + byHand},
		"any":                        {"type A struct {\n\tB any\n}", "11: A.B is any, and what is in it is anybody's guess; write an interface with a name N and a method DeepCopyN() N, or runtime.RawExtension"},
		"map of any":                 {"type A struct {\n\tB map[string]interface{}\n}", "11: A.B is interface{}, and what is in it is anybody's guess; write an interface with a name N and a method DeepCopyN() N, or runtime.RawExtension"},
		"error":                      {"type A struct {\n\tB error\n}", "11: A.B is error, and what is in it is anybody's guess; write an interface with a name N and a method DeepCopyN() N, or runtime.RawExtension"},
		"interface without a method": {"type A struct {\n\tB []I\n}\ntype I interface{ DeepCopyI() int }", "11: A.B is I, which has no method that copies it; write DeepCopyI() I in the interface"},
		"time":                       {"type A struct {\n\tB *time.Time\n}", "11: A.B is time.Time, which refers to other memory and has no DeepCopyInto; write metav1.Time"},
		"key":                        {"type A struct {\n\tB map[*int]int\n}", "11: A.B has keys of type *int, which refer to other memory; write a map with strings or numbers as keys, or DeepCopyInto by hand"},
		"not exported":               {"type A struct {\n\tB b\n}\ntype b struct{ C *int }", "11: A.B is b, which refers to other memory and has no DeepCopyInto; write it with an upper-case first letter, or DeepCopyInto for it by hand: none is generated for types that are not exported"},
		"refused":                    {"type A struct {\n\tB B\n}\n\n// +k8s:deepcopy-gen=false\ntype B struct{ C *int }", "11: A.B is B, which refers to other memory and has no DeepCopyInto; write // +k8s:deepcopy-gen=true above B, or DeepCopyInto for it by hand"},
		"another package's":          {"type A struct {\n\tB map[string]other.Deep\n}", "11: A.B is other.Deep, which refers to other memory and has no DeepCopyInto; write // +k8s:deepcopy-gen=true above Deep and generate for its package too, or wrap it in a type with DeepCopyInto by hand"},
		"another package's fields":   {"type A other.Hidden", "other/other.go:5: A.c is a field of another package that cannot be seen from here; write DeepCopyInto for the type that has it"},
		"another package's name":     {"type A struct {\n\tB *other.Pointer\n}", "11: A.B needs the type other.hidden, which cannot be named here; write an exported type"},
		"a variable's name":          {"type A struct {\n\tB map[string]*key\n}\ntype key string", "11: A.B needs the type key, and a variable of the generated code is called so; write another name for the type"},
		"itself":                     {"type A struct {\n\tB p\n}\ntype p *p", "11: A.B is a type within itself, and has no methods to copy it; write a struct around it, or DeepCopyInto by hand"},
		"generic":                    {"type A[T any] struct {\n\tB T\n}", "10: A is generic, and how to copy a type parameter nobody knows; write // +k8s:deepcopy-gen=false above it, and DeepCopyInto by hand where it is needed"},
		"generic field":              {"type A struct {\n\tB b[int]\n}\ntype b[T any] struct{ C *T }", "11: A.B is b[int], which refers to other memory and has no DeepCopyInto; write DeepCopyInto for b by hand: none is generated for generic types"},
		"wrong DeepCopyInto":         {"type A struct{ B *int }\n\nfunc (a *A) DeepCopyInto(b A) {}", "12: a method with this name is to copy A, and cannot as it is declared; write func (in *A) DeepCopyInto(out *A), or another name"},
		"wrong DeepCopy":             {"type A struct{ B *int }\n\nfunc (a *A) DeepCopy() any { return nil }", "12: a method with this name is to copy A, and cannot as it is declared; write func (in *A) DeepCopy() *A, or another name"},

		"unknown value":              {"// +k8s:deepcopy-gen=yes\ntype A struct{}", `10: "+k8s:deepcopy-gen=yes" is nothing that a type can ask for; write +k8s:deepcopy-gen=true, or =false`},
		"no value":                   {"// +k8s:deepcopy-gen\ntype A struct{}", `10: "+k8s:deepcopy-gen" is nothing that a type can ask for; write +k8s:deepcopy-gen=true, or =false`},
		"both":                       {"// +k8s:deepcopy-gen=true\n// +k8s:deepcopy-gen=false\ntype A struct{}", "11: +k8s:deepcopy-gen=true and =false contradict each other; write one of them"},
		"unknown tag":                {"// +k8s:deepcopy-gen:interface=a\ntype A struct{}", "10: unknown tag +k8s:deepcopy-gen:interface; write +k8s:deepcopy-gen, +k8s:deepcopy-gen:interfaces or +k8s:deepcopy-gen:nonpointer-interfaces"},
		"tag above nothing":          {"type A struct {\n\t// +k8s:deepcopy-gen=false\n\tB int\n}", "11: +k8s:deepcopy-gen stands above no type; write it directly above a type, or for the whole package directly above the package clause, or in doc.go"},
		"tag above a function type":  {"// +k8s:deepcopy-gen=true\ntype A func()", "11: A is of a kind that has no deepcopy methods; write the tag above a struct, map, slice or array that is exported"},
		"tag above a number":         {"// +k8s:deepcopy-gen=true\ntype A int", "11: A is copied by an assignment, and needs no methods; write the tag above a struct, map, slice or array that is exported"},
		"tag above an alias":         {"// +k8s:deepcopy-gen=true\ntype A = map[string]int", "11: A is an alias; write the tag above a struct, map, slice or array that is exported"},
		"tag above a lower-case one": {"// +k8s:deepcopy-gen=true\ntype a struct{}", "11: a is not exported; write the tag above a struct, map, slice or array that is exported"},

		"no interface":              {"// +k8s:deepcopy-gen:interfaces=runtime.object\ntype A struct{}", `10: "runtime.object" is no interface; write an import path and a name, such as k8s.io/apimachinery/pkg/runtime.Object`},
		"no interfaces":             {"// +k8s:deepcopy-gen:interfaces=\ntype A struct{}", `10: "" is no interface; write an import path and a name, such as k8s.io/apimachinery/pkg/runtime.Object`},
		"unknown package":           {"// +k8s:deepcopy-gen:interfaces=MODULE/nowhere.I\ntype A struct{}", "10: nowhere.I: package nowhere is not in std"},
		"unknown interface":         {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Nothing\ntype A struct{}", "10: package other has no type Nothing; write another name"},
		"a struct":                  {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Deep\ntype A struct{}", "10: other.Deep is none; write an interface"},
		"above a map":               {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Shape\ntype A map[string]int", "10: A is none; write the tag above a struct"},
		"above a number":            {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Shape\ntype A int", "11: A is copied by an assignment, and needs no methods, and is to be copied as an interface; write the tag above a struct"},
		"missing method":            {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Shape\ntype A struct{}", "10: A is no other.Shape: it has no method Area; write that method, or leave Shape out of the tag"},
		"missing kind":              {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Object\ntype A struct{}", "10: A is no other.Object: it has no method GetObjectKind; write metav1.TypeMeta `json:\",inline\"` in it"},
		"missing copy":              {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Sized\ntype A struct{}\n\nfunc (A) Area() {}", "10: A is no other.Sized: it has no method DeepCopyShape; write a tag for that interface, too"},
		"only a pointer has it":     {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Shape\n// +k8s:deepcopy-gen:nonpointer-interfaces=true\ntype A struct{}\n\nfunc (*A) Area() {}", "10: A is no other.Shape: it has no method Area; write that method, or leave Shape out of the tag"},
		"two of a name":             {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Shape,MODULE/third.Shape\ntype A struct{}\n\nfunc (A) Area() {}", "10: two interfaces ask for a method DeepCopyShape; write one of them"},
		"neither true nor false":    {"// +k8s:deepcopy-gen:interfaces=MODULE/other.Shape\n// +k8s:deepcopy-gen:nonpointer-interfaces=yes\ntype A struct{}\n\nfunc (A) Area() {}", `11: "+k8s:deepcopy-gen:nonpointer-interfaces=yes" is neither true nor false; write +k8s:deepcopy-gen:nonpointer-interfaces=true, or leave it out`},
		"no pointer to nothing":     {"// +k8s:deepcopy-gen:nonpointer-interfaces=true\ntype A struct{}", "10: +k8s:deepcopy-gen:nonpointer-interfaces without +k8s:deepcopy-gen:interfaces; write +k8s:deepcopy-gen:interfaces= too, or neither"},
		"refused, and an interface": {"// +k8s:deepcopy-gen=false\n// +k8s:deepcopy-gen:interfaces=MODULE/other.Shape\ntype A struct{}", "10: +k8s:deepcopy-gen:interfaces, but A is not to be copied; write // +k8s:deepcopy-gen=true above it, too"},

		"no Go":                 {"type A struct {", "10: expected '}', found 'EOF'; write Go"},
		"declared twice":        {"type A struct{}\ntype A struct{}", "11: A redeclared in this block; write Go that compiles"},
		"unknown type":          {"type A struct {\n\tB Nothing\n}", "11: undefined: Nothing; write Go that compiles"},
		"unknown import's type": {"type A struct {\n\tB other.Nothing\n}", "11: undefined: other.Nothing; write Go that compiles"},
		"contains itself":       {"type A struct {\n\tB A\n}", "10: invalid recursive type A"},
		"everything at once":    {"type A struct {\n\tB chan int\n\tC any\n}", "11: A.B is a channel, and that has no copy; " + byHand + "\n12: A.C is any, and what is in it is anybody's guess; write an interface with a name N and a method DeepCopyN() N, or runtime.RawExtension"},
	} {
		t.Run(name, func(t *testing.T) {
			module(t, strings.ReplaceAll(`
-- v1/doc.go --
// +k8s:deepcopy-gen=package
package v1

type Fine struct{ Numbers []int }
-- v1/types.go --
package v1

import (
	"time"
	"unsafe"

	"MODULE/other"
)

`+row.source+`
-- other/other.go --
package other

type (
	Deep   struct{ B *int }
	Hidden struct{ c *int }
	hidden string
)

type Pointer = *hidden

type Shape interface {
	Area()
	DeepCopyShape() Shape
}

type Sized interface {
	Shape
	DeepCopySized() Sized
}

type Object interface{ GetObjectKind() int }
-- third/third.go --
package third

type Shape interface{ DeepCopyShape() Shape }
`, "MODULE", "example.test/shop"))
			before := paths(t)
			_, err := deepcopygen.Generate(t.Context(), deepcopygen.Options{Packages: []string{"./..."}})
			require.Error(t, err)
			message := strings.NewReplacer("v1/types.go:", "", "example.test/shop/", "").Replace(err.Error())
			if name == "unknown package" || name == "contains itself" || name == "no Go" {
				require.Contains(t, message, strings.SplitN(row.want, ":", 2)[1][1:7])
			} else {
				require.Equal(t, row.want, message)
			}
			require.Equal(t, before, paths(t))
		})
	}
}

func TestWrongPackageTags(t *testing.T) {
	for doc, want := range map[string]string{
		"// +k8s:deepcopy-gen=true":                                "doc.go:1: \"+k8s:deepcopy-gen=true\" is nothing that a package can ask for; write +k8s:deepcopy-gen=package, or =false",
		"// +k8s:deepcopy-gen=package,register":                    "doc.go:1: \"+k8s:deepcopy-gen=package,register\" is nothing that a package can ask for; write +k8s:deepcopy-gen=package, or =false",
		"// +k8s:deepcopy-gen:interfaces=a.B":                      "doc.go:1: +k8s:deepcopy-gen:interfaces is about a type, and stands above a package; write it above a type",
		"// +k8s:deepcopy-gen=package\n// +k8s:deepcopy-gen=false": "doc.go:2: +k8s:deepcopy-gen=package and =false contradict each other; write one of them",
		"// +k8s:deepcopy-gen=false":                               "types.go:3: +k8s:deepcopy-gen=true contradicts the package's =false; write one of them",
	} {
		t.Run(doc, func(t *testing.T) {
			module(t, "-- doc.go --\n"+doc+"\npackage shop\n-- types.go --\npackage shop\n\n// +k8s:deepcopy-gen=true\ntype A struct{}\n")
			_, err := deepcopygen.Generate(t.Context(), deepcopygen.Options{Packages: []string{"."}})
			require.EqualError(t, err, want)
		})
	}
}
