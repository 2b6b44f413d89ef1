package v1alpha1_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
)

// definition is what the tests read of a CustomResourceDefinition, whose Go type is in a module of its own.
type definition struct {
	Metadata metav1.ObjectMeta
	Spec     struct {
		Group    string
		Scope    string
		Names    struct{ Kind, ListKind, Plural string }
		Versions []struct {
			Name         string
			Subresources map[string]any
			Schema       struct{ OpenAPIV3Schema schema }
		}
	}
}

type schema struct {
	Type       string
	Format     string
	Required   []string
	Properties map[string]schema
	Items      *schema
}

func crd(t *testing.T) definition {
	var d definition
	require.NoError(t, yaml.Unmarshal(v1alpha1.CRD, &d))
	return d
}

func TestTheDefinitionHasTheNamesOfTheTypes(t *testing.T) {
	d := crd(t)
	require.Equal(t, v1alpha1.GroupName, d.Spec.Group)
	require.Equal(t, d.Spec.Names.Plural+"."+d.Spec.Group, d.Metadata.Name)
	require.Equal(t, "Namespaced", d.Spec.Scope, "as +genclient without :nonNamespaced")
	require.Equal(t, reflect.TypeFor[v1alpha1.Website]().Name(), d.Spec.Names.Kind)
	require.Equal(t, reflect.TypeFor[v1alpha1.WebsiteList]().Name(), d.Spec.Names.ListKind)
	require.Len(t, d.Spec.Versions, 1)
	require.Equal(t, v1alpha1.SchemeGroupVersion.Version, d.Spec.Versions[0].Name)
	require.Equal(t, []string{"scale", "status"}, slices.Sorted(maps.Keys(d.Spec.Versions[0].Subresources)), "what the client has methods for")
}

// TestTheSchemaHasTheFieldsOfTheTypes: a field that only Go has would be dropped by the server without a
// word, and one that only the schema has would be by us.
func TestTheSchemaHasTheFieldsOfTheTypes(t *testing.T) {
	root := crd(t).Spec.Versions[0].Schema.OpenAPIV3Schema
	require.Equal(t, []string{"spec"}, root.Required)
	requireFields(t, "spec", reflect.TypeFor[v1alpha1.WebsiteSpec](), root.Properties["spec"])
	requireFields(t, "status", reflect.TypeFor[v1alpha1.WebsiteStatus](), root.Properties["status"])
}

func requireFields(t *testing.T, path string, goType reflect.Type, s schema) {
	var names, required []string
	for i := range goType.NumField() {
		field := goType.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		names = append(names, name)
		if options != "omitempty" {
			required = append(required, name)
		}
		requireType(t, path+"."+name, field.Type, s.Properties[name])
	}
	require.ElementsMatch(t, names, slices.Collect(maps.Keys(s.Properties)), path)
	require.ElementsMatch(t, required, s.Required, path)
}

func requireType(t *testing.T, path string, goType reflect.Type, s schema) {
	switch goType.Kind() {
	case reflect.Pointer:
		requireType(t, path, goType.Elem(), s)
	case reflect.Int32, reflect.Int64:
		require.Equal(t, []string{"integer", goType.Kind().String()}, []string{s.Type, s.Format}, path)
	case reflect.String:
		require.Equal(t, "string", s.Type, path)
	case reflect.Slice:
		require.Equal(t, "array", s.Type, path)
		require.NotNil(t, s.Items, path)
		requireType(t, path+"[]", goType.Elem(), *s.Items)
	case reflect.Struct:
		require.Contains(t, []string{"object", "string"}, s.Type, path)
		if s.Type == "string" {
			require.Equal(t, "date-time", s.Format, path)
			return
		}
		requireFields(t, path, goType, s)
	default:
		t.Errorf("%s: what is a %s in a schema?", path, goType)
	}
}
