package api

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// SchemeGroupVersion is what these types are registered under: the internal version, which no file has.
var SchemeGroupVersion = schema.GroupVersion{Version: runtime.APIVersionInternal}

var (
	// SchemeBuilder collects what AddToScheme does.
	SchemeBuilder = runtime.NewSchemeBuilder(func(s *runtime.Scheme) error {
		s.AddKnownTypes(SchemeGroupVersion, &Config{})
		return nil
	})
	// AddToScheme registers Config.
	AddToScheme = SchemeBuilder.AddToScheme
)

// GetObjectKind makes Config a runtime.Object.
func (c *Config) GetObjectKind() schema.ObjectKind { return c }

// GroupVersionKind reads APIVersion and Kind.
func (c *Config) GroupVersionKind() schema.GroupVersionKind {
	return schema.FromAPIVersionAndKind(c.APIVersion, c.Kind)
}

// SetGroupVersionKind writes APIVersion and Kind.
func (c *Config) SetGroupVersionKind(gvk schema.GroupVersionKind) {
	c.APIVersion, c.Kind = gvk.ToAPIVersionAndKind()
}
