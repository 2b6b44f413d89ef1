// Package reconcile makes of a Website its Deployment.
//
//	Website, as it is in the cache ──┐                       ┌─▶ create or update the Deployment, if it isn't as it should be
//	Deployment, likewise ────────────┴─▶ how it should be? ──┴─▶ update the Website's status, if it isn't
package reconcile

import (
	"context"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	websiteclient "client-go-workbook/ch05-codegen/generated/clientset/versioned/typed/website/v1alpha1"
	appsclient "client-go-workbook/lib/kubernetes/typed/apps/v1"
	appslisters "client-go-workbook/lib/listers/apps/v1"
)

// Controller makes Deployments of Websites. It has no state: what has to be done follows from how things are.
type Controller struct {
	Websites    websiteclient.WebsitesGetter
	Deployments appsclient.DeploymentsGetter
	Cache       appslisters.DeploymentLister // may lag behind
}

// Reconcile makes a Website as it should be, or returns an error: then it is to be called again, later. The site is that of a
// cache, too. It may be called at any time, any number of times.
//
//   - A Website that is being deleted is left alone: its Deployment will be collected.
//   - The Deployment has the Website's namespace and name, and the Website as its controller (metav1.NewControllerRef). What
//     shape says about it is so; the rest is others' business and stays.
//   - A Deployment of that name which the Website doesn't control, or which is being deleted, is left alone. That is no error.
//   - The status is what statusOf makes of the Website's own Deployment, also of one that is being deleted; or of nil, if
//     somebody else has its name. Its ObservedGeneration is that of the Website which all this was done for. It is written
//     last, by UpdateStatus.
//   - What is already as it should be costs no request. An error is that of the request, still known to apierrors, and no
//     further request follows.
func (c *Controller) Reconcile(ctx context.Context, site *v1alpha1.Website) error {
	// TODO: Look what is there, create or update what isn't as it should be, then do the same with the status.
	// What comes from a cache is everybody's: copy it before you change it.
	// You may need: fmt, k8s.io/apimachinery/pkg/api/equality, k8s.io/apimachinery/pkg/api/errors, k8s.io/apimachinery/pkg/apis/meta/v1
	panic("TODO ch05/ex07: fill in Controller.Reconcile")
}
