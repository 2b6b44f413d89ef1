// Package clientgen writes clientsets: for each API type with +genclient a typed client, and a fake of it for tests.
//
//	k8s.io/api/apps/v1 ──scan──▶ model ──templates/*.tmpl──▶ files ──render──▶ disk
//
//	<output dir>/<clientset name>/
//	  clientset.go                Clientset: AppsV1() CoreV1() …           clientset.tmpl
//	  scheme/register.go          Scheme, Codecs, ParameterCodec           scheme.tmpl
//	  typed/apps/v1/
//	    apps_client.go            AppsV1Client: Deployments(namespace) …   group.tmpl
//	    deployment.go             DeploymentInterface, its methods         client.tmpl
//	    deployment_expansion.go   yours, if there is one: then DeploymentExpansion is declared there
//	    generated_expansion.go    an empty XExpansion for every other type expansion.tmpl
//	    fake/                     FakeAppsV1, fakeDeployments              fake_group.tmpl, fake_client.tmpl
//	  fake/                       Clientset over an object tracker         fake_clientset.tmpl
//
// What it writes contains no logic: that is in lib/typed and, for the fakes, in lib/testing. A hand-written doc.go takes the
// place of the generated one, and register_custom.go beside scheme/register.go adds types with its ExtraAddToScheme.
// +k8s:client-gen=false in doc.go leaves a whole package out.
//
// Upstream: cmd/client-gen in code-generator.
// Left out: Apply methods, because there are no apply configurations here (lib/dynamic applies), and internal versions.
// Where upstream writes code that does not compile, for a type called Type, Scheme, Err or Test, names differ here. +genclient:noVerbs
// takes no methods of the type's own out of its interface, as it does there, and a method that patches a subresource sends its patch
// to that: upstream's patches the object.
package clientgen
