package latest_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/clientcmd/api/latest"
	v1 "client-go-workbook/lib/clientcmd/api/v1"
	"client-go-workbook/lib/clientcmd/internal/arbitrary"
)

// Whatever a file says is still there after it was read and written.
func TestConversionLosesNothing(t *testing.T) {
	for seed := range uint64(300) {
		var file v1.Config
		arbitrary.Fill(rand.New(rand.NewPCG(seed, 0)), &file)
		normalize(&file)

		var internal api.Config
		require.NoError(t, latest.Scheme.Convert(file.DeepCopy(), &internal, nil), "seed %d", seed)
		var back v1.Config
		require.NoError(t, latest.Scheme.Convert(internal.DeepCopy(), &back, nil), "seed %d", seed)

		require.Equal(t, file, back, "seed %d", seed)
	}
}

// normalize removes what the conversion doesn't carry over: kind, order and duplicates.
func normalize(c *v1.Config) {
	c.Kind, c.APIVersion = "", ""
	c.Clusters = sortedByName(c.Clusters, func(e *v1.NamedCluster) (*string, *[]v1.NamedExtension) { return &e.Name, &e.Cluster.Extensions })
	c.AuthInfos = sortedByName(c.AuthInfos, func(e *v1.NamedAuthInfo) (*string, *[]v1.NamedExtension) { return &e.Name, &e.AuthInfo.Extensions })
	c.Contexts = sortedByName(c.Contexts, func(e *v1.NamedContext) (*string, *[]v1.NamedExtension) { return &e.Name, &e.Context.Extensions })
	c.Extensions = sortedExtensions(c.Extensions)
	c.Preferences.Extensions = sortedExtensions(c.Preferences.Extensions)
}

func sortedByName[E any](list []E, parts func(*E) (*string, *[]v1.NamedExtension)) []E {
	for i := range list {
		name, extensions := parts(&list[i])
		*name = string(rune('a'+i)) + *name
		*extensions = sortedExtensions(*extensions)
	}
	return list
}

func sortedExtensions(list []v1.NamedExtension) []v1.NamedExtension {
	for i := range list {
		list[i].Name = string(rune('a'+i)) + list[i].Name
	}
	return list
}

const file = `
apiVersion: v1
kind: Config
current-context: dev
contexts:
- name: dev
  context: {cluster: a, user: admin, namespace: shop}
clusters:
- name: a
  cluster:
    server: https://10.0.0.1:6443
    certificate-authority-data: UEVN
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: "42"}
users:
- name: admin
  user:
    as: eve
    exec:
      command: get-token
      apiVersion: client.authentication.k8s.io/v1beta1
`

func TestDecodeAFile(t *testing.T) {
	got, gvk, err := latest.Codec.Decode([]byte(file), nil, nil)
	require.NoError(t, err)
	require.Equal(t, "/v1, Kind=Config", gvk.String())
	none := map[string]runtime.Object{}
	require.Equal(t, &api.Config{
		CurrentContext: "dev",
		Extensions:     none,
		Contexts:       map[string]*api.Context{"dev": {Cluster: "a", AuthInfo: "admin", Namespace: "shop", Extensions: none}},
		Clusters: map[string]*api.Cluster{"a": {
			Server:                   "https://10.0.0.1:6443",
			CertificateAuthorityData: []byte("PEM"),
			Extensions: map[string]runtime.Object{"client.authentication.k8s.io/exec": &runtime.Unknown{
				Raw: []byte(`{"audience":"42"}`), ContentType: runtime.ContentTypeJSON,
			}},
		}},
		AuthInfos: map[string]*api.AuthInfo{"admin": {
			Impersonate: "eve",
			Extensions:  none,
			Exec: &api.ExecConfig{
				Command:         "get-token",
				APIVersion:      "client.authentication.k8s.io/v1beta1",
				InteractiveMode: api.IfAvailableExecInteractiveMode,
			},
		}},
	}, got)
}

func TestEncodeSortsByName(t *testing.T) {
	data, err := runtime.Encode(latest.Codec, &api.Config{
		Clusters: map[string]*api.Cluster{"b": {Server: "https://b"}, "a": {Server: "https://a"}},
	})
	require.NoError(t, err)
	require.Equal(t, `apiVersion: v1
clusters:
- cluster:
    server: https://a
  name: a
- cluster:
    server: https://b
  name: b
contexts: null
current-context: ""
kind: Config
users: null
`, string(data))
}

func TestNamesAreUniqueInEachList(t *testing.T) {
	for want, config := range map[string]*v1.Config{
		`clusters: duplicate name "a"`:                            {Clusters: []v1.NamedCluster{{Name: "a"}, {Name: "b"}, {Name: "a"}}},
		`users: duplicate name ""`:                                {AuthInfos: []v1.NamedAuthInfo{{}, {}}},
		`contexts: duplicate name "a"`:                            {Contexts: []v1.NamedContext{{Name: "a"}, {Name: "a"}}},
		`extensions: duplicate name "x"`:                          {Extensions: []v1.NamedExtension{{Name: "x"}, {Name: "x"}}},
		`clusters: "a": extensions: duplicate name "x"`:           {Clusters: []v1.NamedCluster{{Name: "a", Cluster: v1.Cluster{Extensions: []v1.NamedExtension{{Name: "x"}, {Name: "x"}}}}}},
		`[clusters: duplicate name "", users: duplicate name ""]`: {Clusters: make([]v1.NamedCluster, 2), AuthInfos: make([]v1.NamedAuthInfo, 2)},
	} {
		require.EqualError(t, latest.Scheme.Convert(config, &api.Config{}, nil), want)
	}
}

func TestNilEntriesAreRefused(t *testing.T) {
	for want, config := range map[string]*api.Config{
		`clusters: "a": is nil`: {Clusters: map[string]*api.Cluster{"a": nil}},
		`users: "a": is nil`:    {AuthInfos: map[string]*api.AuthInfo{"a": nil}},
		`contexts: "a": is nil`: {Contexts: map[string]*api.Context{"a": nil}},
	} {
		require.EqualError(t, latest.Scheme.Convert(config, &v1.Config{}, nil), want)
	}
}
