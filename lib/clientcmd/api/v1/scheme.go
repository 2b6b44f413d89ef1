package v1

import (
	"k8s.io/apimachinery/pkg/conversion"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/clientcmd/api"
)

// SchemeGroupVersion is what a kubeconfig file says: apiVersion v1, without a group.
var SchemeGroupVersion = schema.GroupVersion{Version: "v1"}

var (
	// SchemeBuilder collects what AddToScheme does.
	SchemeBuilder = runtime.NewSchemeBuilder(addTypes, RegisterDefaults, addConversions)
	// AddToScheme registers Config, its defaults, and its conversion from and to api.Config.
	AddToScheme = SchemeBuilder.AddToScheme
)

func addTypes(s *runtime.Scheme) error {
	s.AddKnownTypes(SchemeGroupVersion, &Config{})
	return nil
}

// RegisterDefaults registers what a Config gets when it is read.
func RegisterDefaults(s *runtime.Scheme) error {
	s.AddTypeDefaultingFunc(&Config{}, func(obj any) {
		for _, user := range obj.(*Config).AuthInfos {
			if user.AuthInfo.Exec != nil {
				SetDefaults_ExecConfig(user.AuthInfo.Exec)
			}
		}
	})
	return nil
}

// SetDefaults_ExecConfig fills in InteractiveMode for API versions that are older than the field.
// Newer ones must say it themselves.
func SetDefaults_ExecConfig(exec *ExecConfig) {
	if exec.InteractiveMode != "" {
		return
	}
	switch exec.APIVersion {
	case "client.authentication.k8s.io/v1alpha1", "client.authentication.k8s.io/v1beta1":
		exec.InteractiveMode = IfAvailableExecInteractiveMode
	}
}

func addConversions(s *runtime.Scheme) error {
	err := s.AddConversionFunc((*Config)(nil), (*api.Config)(nil), func(in, out any, _ conversion.Scope) error {
		return in.(*Config).into(out.(*api.Config))
	})
	if err != nil {
		return err
	}
	return s.AddConversionFunc((*api.Config)(nil), (*Config)(nil), func(in, out any, _ conversion.Scope) error {
		return out.(*Config).from(in.(*api.Config))
	})
}

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
