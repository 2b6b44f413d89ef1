package clientcmd

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"client-go-workbook/lib/clientcmd/api/latest"
	v1 "client-go-workbook/lib/clientcmd/api/v1"
)

// explain says what is wrong in a kubeconfig that the codec refused with err. The decoders' own errors repeat values
// ("cannot unmarshal number 4711 into …"), and any value in this file may be a credential. So the file is walked
// once more, and the answer has only names and places.
func explain(data []byte, err error) error {
	doc, yamlErr := yaml.YAMLToJSON(data)
	if yamlErr != nil {
		return notYAML(yamlErr)
	}
	var value any
	if jsonErr := utiljson.Unmarshal(doc, &value); jsonErr != nil {
		return errors.New("it is nested too deeply")
	}
	if misfit := check("", value, reflect.TypeFor[v1.Config]()); misfit != nil {
		return misfit
	}
	if runtime.IsNotRegisteredError(err) {
		var got struct{ APIVersion, Kind string }
		if json.Unmarshal(doc, &got) == nil {
			return wrongKind(schema.FromAPIVersionAndKind(got.APIVersion, got.Kind))
		}
	}
	return err // from the conversion, which speaks of names only
}

func wrongKind(got schema.GroupVersionKind) error {
	apiVersion, kind := got.ToAPIVersionAndKind()
	return fmt.Errorf("it is not a kubeconfig: apiVersion %q, kind %q; want %q, %q", apiVersion, kind, latest.Version, "Config")
}

var yamlError = regexp.MustCompile(`^(?:yaml: )?(?:(line \d+): )?(.*)$`)

// notYAML keeps the line and the problem. A problem that would quote the file is reworded.
func notYAML(err error) error {
	parts := yamlError.FindStringSubmatch(err.Error())
	if parts == nil {
		return errors.New("it is not YAML")
	}
	line, problem := parts[1], parts[2]
	for quoting, instead := range map[string]string{
		"anchor":        "an alias (*name) has no anchor (&name), or contains itself",
		"map key":       "a key is not a string",
		"cannot decode": "a value is not what its tag says",
	} {
		if strings.Contains(problem, quoting) {
			problem = instead
		}
	}
	if line != "" {
		return fmt.Errorf("it is not YAML: %s: %s", line, problem)
	}
	return fmt.Errorf("it is not YAML: %s", problem)
}

var bytesType = reflect.TypeFor[[]byte]()

// check returns the first place where a decoded document doesn't fit t, the type that it should fill; nil if it fits.
func check(path string, value any, t reflect.Type) error {
	if value == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return check(path, value, t.Elem())
	case reflect.Struct:
		return checkStruct(path, value, t)
	case reflect.Map:
		return checkMap(path, value, t)
	case reflect.Slice:
		if t == bytesType {
			return checkBase64(path, value)
		}
		return checkList(path, value, t)
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return misfit(path, value, "true or false")
		}
	case reflect.String:
		if _, ok := value.(string); !ok {
			return misfit(path, value, "a string")
		}
	}
	return nil
}

func checkStruct(path string, value any, t reflect.Type) error {
	if t == reflect.TypeFor[runtime.RawExtension]() {
		return nil // anything goes
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return misfit(path, value, "fields with values")
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if err := check(strings.TrimPrefix(path+"."+name, "."), fields[name], t.Field(i).Type); err != nil {
			return err
		}
	}
	return nil
}

func checkMap(path string, value any, t reflect.Type) error {
	entries, ok := value.(map[string]any)
	if !ok {
		return misfit(path, value, "names with values")
	}
	for name, entry := range entries {
		if err := check(fmt.Sprintf("%s[%q]", path, name), entry, t.Elem()); err != nil {
			return err
		}
	}
	return nil
}

func checkList(path string, value any, t reflect.Type) error {
	entries, ok := value.([]any)
	if !ok {
		return misfit(path, value, "a list")
	}
	for i, entry := range entries {
		place := fmt.Sprintf("%s[%d]", path, i)
		if fields, ok := entry.(map[string]any); ok {
			if name, ok := fields["name"].(string); ok {
				place = fmt.Sprintf("%s[%q]", path, name)
			}
		}
		if err := check(place, entry, t.Elem()); err != nil {
			return err
		}
	}
	return nil
}

func checkBase64(path string, value any) error {
	text, ok := value.(string)
	if !ok {
		return misfit(path, value, "base64")
	}
	if _, err := base64.StdEncoding.DecodeString(text); err != nil {
		return fmt.Errorf("%s is not base64: %w", path, err)
	}
	return nil
}

func misfit(path string, value any, want string) error {
	is := "a number"
	switch value.(type) {
	case string:
		is = "a string"
	case bool:
		is = "true or false"
	case []any:
		is = "a list"
	case map[string]any:
		is = "a map"
	}
	if path == "" {
		return fmt.Errorf("it is not a kubeconfig: it holds %s, want %s", is, want)
	}
	return fmt.Errorf("%s is %s, want %s", path, is, want)
}
