package clientcmd

import "reflect"

// overlay puts src over dst, field by field: a field of src that says something wins.
// Maps are merged, and an entry of src wins as a whole; structs are merged field by field; everything else,
// lists included, is replaced. Entries and lists are then shared between src and dst.
//
// Two laws follow: an empty src changes nothing, and overlaying a, b, c in this order is overlaying
// a with (b overlaid with c).
func overlay[T any](dst, src *T) {
	overlayValue(reflect.ValueOf(dst).Elem(), reflect.ValueOf(src).Elem())
}

func overlayValue(dst, src reflect.Value) {
	switch src.Kind() {
	case reflect.Struct:
		for i := range src.NumField() {
			overlayValue(dst.Field(i), src.Field(i))
		}
	case reflect.Map:
		if src.Len() > 0 && dst.IsNil() {
			dst.Set(reflect.MakeMapWithSize(dst.Type(), src.Len()))
		}
		for entries := src.MapRange(); entries.Next(); {
			dst.SetMapIndex(entries.Key(), entries.Value())
		}
	case reflect.Slice:
		if src.Len() > 0 {
			dst.Set(src)
		}
	default:
		if !src.IsZero() {
			dst.Set(src)
		}
	}
}
