// Package arbitrary fills kubeconfigs with random content, for tests that state laws.
//
//	seed ──▶ rand ──▶ Fill(&config) ──▶ the same config, each time
//
// Upstream: none.
// Left out: types that no kubeconfig has.
package arbitrary

import (
	"fmt"
	"math/rand/v2"
	"reflect"

	"k8s.io/apimachinery/pkg/runtime"
)

// words are what YAML could mistake for something else.
var words = []string{
	"dev", "yes", "null", "~", "1e3", "0x1F", "2001-01-01", "007", "-1", ".inf", "true",
	" leading", "trailing ", "a: b", "- a", "# a", "{a}", "*a", "&a", "!a", "'a'", `"a"`, `C:\a`, "two\nlines\n", "tab\t", "ключ", "✓",
}

// extensions come back from YAML exactly as they are here.
var extensions = []string{`"text"`, `42`, `true`, `[1,"a"]`, `{"a":{"b":[]},"c":"yes"}`}

// Fill sets every exported field of *v, at any depth. A list, a map or a pointer is sometimes nil, but never empty, and
// there is no nil in a map.
func Fill(rng *rand.Rand, v any) { fill(rng, reflect.ValueOf(v).Elem()) }

func fill(rng *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(rng.IntN(2) == 0)
	case reflect.String:
		v.SetString(words[rng.IntN(len(words))])
	case reflect.Uint8:
		v.SetUint(rng.Uint64N(256))
	case reflect.Interface:
		v.Set(reflect.ValueOf(&runtime.Unknown{Raw: extension(rng), ContentType: runtime.ContentTypeJSON}))
	case reflect.Struct:
		fillStruct(rng, v)
	case reflect.Pointer:
		if rng.IntN(3) > 0 {
			v.Set(some(rng, v.Type()))
		}
	case reflect.Slice:
		for range rng.IntN(3) {
			v.Set(reflect.Append(v, some(rng, v.Type().Elem())))
		}
	case reflect.Map:
		for range rng.IntN(4) {
			if v.IsNil() {
				v.Set(reflect.MakeMap(v.Type()))
			}
			v.SetMapIndex(some(rng, v.Type().Key()), some(rng, v.Type().Elem()))
		}
	default:
		panic(fmt.Sprintf("arbitrary: no idea of a %s", v.Type()))
	}
}

func fillStruct(rng *rand.Rand, v reflect.Value) {
	if raw, ok := v.Addr().Interface().(*runtime.RawExtension); ok {
		raw.Raw = extension(rng)
		return
	}
	for i := range v.NumField() {
		fill(rng, v.Field(i))
	}
}

// some returns a filled value; a pointer isn't nil.
func some(rng *rand.Rand, t reflect.Type) reflect.Value {
	if t.Kind() == reflect.Pointer {
		p := reflect.New(t.Elem())
		fill(rng, p.Elem())
		return p
	}
	v := reflect.New(t).Elem()
	fill(rng, v)
	return v
}

func extension(rng *rand.Rand) []byte { return []byte(extensions[rng.IntN(len(extensions))]) }
