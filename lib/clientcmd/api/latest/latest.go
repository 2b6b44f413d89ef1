// Package latest reads and writes kubeconfigs: bytes on one side, api.Config on the other.
//
//	YAML or JSON ──▶ v1.Config ──defaults──▶ api.Config      Codec.Decode
//	        YAML ◀── v1.Config ◀──────────── api.Config      Codec.Encode
//
// Upstream: tools/clientcmd/api/latest.
// Left out: nothing.
package latest

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/versioning"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"client-go-workbook/lib/clientcmd/api"
	v1 "client-go-workbook/lib/clientcmd/api/v1"
)

// There has been one version so far, which makes it the newest and the oldest.
const (
	Version       = "v1"
	OldestVersion = Version
)

var (
	// Versions lists what can be read, oldest first.
	Versions = []string{Version}
	// ExternalVersion is the version that is written.
	ExternalVersion = schema.GroupVersion{Version: Version}
	// Scheme knows both forms of a Config.
	Scheme = newScheme()
	// Codec decodes any of Versions to *api.Config and encodes *api.Config as ExternalVersion.
	// It ignores fields that it doesn't know.
	Codec = newCodec(Scheme)
)

func newScheme() *runtime.Scheme {
	s := runtime.NewScheme()
	utilruntime.Must(api.AddToScheme(s))
	utilruntime.Must(v1.AddToScheme(s))
	return s
}

func newCodec(s *runtime.Scheme) runtime.Codec {
	yaml := json.NewSerializerWithOptions(json.DefaultMetaFactory, s, s, json.SerializerOptions{Yaml: true})
	return versioning.NewDefaultingCodecForScheme(s, yaml, yaml, ExternalVersion, runtime.InternalGroupVersioner)
}
