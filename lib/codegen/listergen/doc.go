// Package listergen writes listers: for each API type with +genclient one that reads its objects from an indexer.
//
//	k8s.io/api/apps/v1 ──scan──▶ model ──templates/*.tmpl──▶ files ──render──▶ disk
//
//	<output dir>/apps/v1/
//	  deployment.go             DeploymentLister, DeploymentNamespaceLister, NewDeploymentLister   lister.tmpl
//	  deployment_expansion.go   yours, if there is one: then both …ListerExpansion are declared there
//	  expansion_generated.go    empty ones for every other type                                    expansion.tmpl
//
// What it writes contains no logic: that is in lib/lister. A type gets a lister if its client can get and list or watch, and also
// if +genclient:noVerbs leaves its client to you. +k8s:lister-gen=false in doc.go leaves a whole package out.
//
// Upstream: cmd/lister-gen in code-generator. As there, a NotFound error names the type in the singular: deployment.apps "web".
// Left out: internal versions and --lint-rules. A type that can be watched and not got has a lister here, since its informer needs one;
// upstream's informer does not compile.
package listergen
