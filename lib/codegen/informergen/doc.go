// Package informergen writes informer factories: for each API type with +genclient a shared informer that keeps a store equal to
// what the API server has, with a lister over it.
//
//	k8s.io/api/apps/v1 ──scan──▶ model ──templates/*.tmpl──▶ files ──render──▶ disk
//
//	<output dir>/                      and externalversions/ beneath it, unless there is to be a single directory
//	  factory.go                       SharedInformerFactory: Apps() Core() … Start, wait, shut down   factory.tmpl
//	  generic.go                       ForResource: resource → informer and untyped lister             generic.tmpl
//	  internalinterfaces/…             what packages beneath need to know of the factory               internalinterfaces.tmpl
//	  apps/interface.go                Interface: V1() V1beta1() …                                     group.tmpl
//	  apps/v1/interface.go             Interface: Deployments() …                                      version.tmpl
//	  apps/v1/deployment.go            DeploymentInformer and its constructors, typed and untyped      informer.tmpl
//
// What it writes contains no logic: that is in lib/informer and lib/reflector. A type gets an informer if its client can list and
// watch; its lister has to be there, see listergen. +k8s:informer-gen=false in doc.go leaves a whole package out.
//
// Upstream: cmd/informer-gen in code-generator.
// Left out: internal versions, --lint-rules, and in what is generated: InformerName and WithInformerName (there are no metrics of informers
// here), Start and WaitForCacheSync, which have forms with a context, and NewFilteredSharedInformerFactory, which is deprecated.
package informergen
