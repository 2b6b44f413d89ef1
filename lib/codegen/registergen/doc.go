// Package registergen writes what makes the types of an API package known to a scheme.
//
//	example.com/shop/v1 ──scan──▶ model ──register.tmpl──▶ generated.register.go ──render──▶ disk
//	  +groupName=shop.example.com          GroupName, GroupVersion, SchemeGroupVersion, Resource
//	  type Widget struct { TypeMeta … }    SchemeBuilder, Install, AddToScheme: &Widget{}, &WidgetList{}
//
// A package asks for it with +groupName= or +k8s:register-gen=true in its doc.go, and declines with +k8s:register-gen=false.
// Every exported struct that embeds TypeMeta, if only by another struct of its package, is registered; it must be a runtime.Object,
// with a DeepCopyObject of deepcopy-gen or by hand. A package with a register.go that a hand has written keeps that, and gets nothing.
//
// Upstream: cmd/register-gen in code-generator.
// Left out: --lint-rules, and internal versions, which upstream passes over in silence.
package registergen
