// Package scheme knows the Go type of every built-in kind, and how each is written on the wire.
//
//	k8s.io/api ──AddToScheme──▶ Scheme   apps/v1, Kind=Deployment ⇄ *appsv1.Deployment
//	                              ├─ Codecs           objects ⇄ JSON, YAML, protobuf
//	                              └─ ParameterCodec   ListOptions → ?labelSelector=…&limit=…
//
// A program with types of its own adds them with their AddToScheme, to Scheme or to a scheme of its
// own that AddToScheme here filled first. It does so before the first client is made: a runtime.Scheme
// has no lock.
//
// Upstream: kubernetes/scheme/register.go.
// Left out, as upstream: the kinds that no client reads or writes as objects (admission, apidiscovery).
package scheme
