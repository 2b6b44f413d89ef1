// Package v1 has the typed clients for apps/v1: deployments and what they are made of.
//
//	AppsV1Client ──Deployments("shop")──▶ DeploymentInterface ──GetScale(ctx, "web")──▶ GET …/deployments/web/scale
//
// Each type has a file, TYPE.go. No type here has methods beyond those that the API's definition gives it.
//
// Upstream: kubernetes/typed/apps/v1.
// Left out: Apply methods.
package v1
