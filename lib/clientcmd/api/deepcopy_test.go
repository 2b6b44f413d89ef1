package api_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/clientcmd/internal/arbitrary"
)

// A copy is equal, and shares no memory: neither a pointer nor a map nor a slice.
func TestDeepCopySharesNothing(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 0))
		var config api.Config
		arbitrary.Fill(rng, &config)

		dup := config.DeepCopyObject().(*api.Config)

		require.Equal(t, &config, dup, "seed %d", seed)
		seen := map[uintptr]string{}
		addresses(reflect.ValueOf(&config), "config", func(at uintptr, path string) { seen[at] = path })
		addresses(reflect.ValueOf(dup), "copy", func(at uintptr, path string) {
			require.Empty(t, seen[at], "seed %d: shared with %s", seed, path)
		})
	}
}

// addresses visits everything that v points to.
func addresses(v reflect.Value, path string, visit func(uintptr, string)) {
	switch v.Kind() {
	case reflect.Interface:
		addresses(v.Elem(), path, visit)
	case reflect.Struct:
		for i := range v.NumField() {
			addresses(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			visit(v.Pointer(), path)
			addresses(v.Elem(), path, visit)
		}
	case reflect.Slice:
		if v.Len() > 0 {
			visit(v.Pointer(), path)
		}
		for i := range v.Len() {
			addresses(v.Index(i), path+"[]", visit)
		}
	case reflect.Map:
		if !v.IsNil() {
			visit(v.Pointer(), path)
		}
		for entries := v.MapRange(); entries.Next(); {
			addresses(entries.Value(), path+"[]", visit)
		}
	}
}

func TestDeepCopyOfNothing(t *testing.T) {
	require.Nil(t, (*api.Config)(nil).DeepCopyObject())
	require.Nil(t, (*api.Cluster)(nil).DeepCopy())
	require.Nil(t, (*api.AuthInfo)(nil).DeepCopy())
	require.Nil(t, (*api.Context)(nil).DeepCopy())
	require.Nil(t, (*api.Preferences)(nil).DeepCopy())
	require.Nil(t, (*api.PluginPolicy)(nil).DeepCopy())

	config := &api.Config{
		Clusters:   map[string]*api.Cluster{"a": nil},
		Extensions: map[string]runtime.Object{"a": nil},
	}
	require.Equal(t, config, config.DeepCopy(), "a nil in a map is copied as nil")
	require.Equal(t, &api.Preferences{Colors: true}, (&api.Preferences{Colors: true}).DeepCopy())
	policy := &api.PluginPolicy{PolicyType: api.PluginPolicyAllowlist, Allowlist: []api.AllowlistEntry{{Command: "a"}}}
	require.Equal(t, policy, policy.DeepCopy())
}
