// Package deepcopygen writes DeepCopy methods, by the types that it reads.
//
//	packages ──go list──▶ files ──go/parser──▶ trim ──go/types──▶ types ──▶ statements ──render──▶ disk
//	                                            └─ only types, constants and heads of methods are left
//
//	type Widget struct {         func (in *Widget) DeepCopyInto(out *Widget) {
//	    Name  string                 *out = *in                            copies all that is flat
//	    Spec  *Spec                  if in.Spec != nil { … new … }         a block for each part that refers to memory
//	    Since metav1.Time            in.Since.DeepCopyInto(&out.Since)     methods where there are some
//	}                            }
//
// A package asks for it with +k8s:deepcopy-gen=package above its package clause or in doc.go, a type with =true, and a type of
// such a package declines with =false. Exported structs, maps, slices and arrays get DeepCopyInto and DeepCopy.
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object adds DeepCopyObject, on T instead of *T with
// +k8s:deepcopy-gen:nonpointer-interfaces=true. A method that a hand has written is left alone, and called.
//
// A value of an interface type N is copied by its method DeepCopyN. What has no copy, such as a channel, a function or an any,
// is an error with its line. So is a struct of another package that has neither methods nor only flat fields.
//
// Upstream: cmd/deepcopy-gen in code-generator.
// Left out: --lint-rules (unknown tags of this generator are always an error), --bounding-dirs (upstream has dropped it too),
// and ",register" behind a tag's value.
// Where upstream copies only the surface, of arrays and structs without a name, or writes code that does not compile, for fields
// of unexported types and types that contain themselves, this either copies or says no.
package deepcopygen
