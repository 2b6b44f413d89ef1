// Package kubernetes is the clientset: a typed client for every built-in resource, over one connection.
//
//	rest.Config ──NewForConfig──▶ Clientset
//	                                ├─ Discovery()     what the server serves
//	                                ├─ CoreV1()        Pods(ns) ConfigMaps(ns) Nodes() …  /api/v1
//	                                ├─ AppsV1()        Deployments(ns) …                  /apis/apps/v1
//	                                ├─ EventsV1()      Events(ns)                         /apis/events.k8s.io/v1
//	                                └─ … 56 versions of 24 groups
//	                                     │
//	     one http.Client, one rate limiter, protobuf where config leaves the choice
//
//	k8s.io/api, its +genclient tags ──lib/codegen──▶ this package and all beneath it
//
// scripts/generate.sh writes it: a folder per group and version, in it a file per type, an interface per type for callers and
// their tests, and the logic in lib/typed. Written by hand are only files called …_expansion.go, for what one type alone can do: the log of a pod,
// an eviction, a node's status. Package fake has a Clientset for tests, package scheme knows the types.
//
// Upstream: kubernetes/.
// Left out: Apply methods, because there are no apply configurations (lib/dynamic applies); what is deprecated.
// More than upstream: imagepolicy.k8s.io/v1alpha1, whose type carries the tag like all others.
package kubernetes
