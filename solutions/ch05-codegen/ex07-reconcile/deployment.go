package reconcile

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
)

// siteLabel is on the pods, with the Website's name, and is how the Deployment finds them.
const siteLabel = "workbook.example.com/website"

// blank returns a Deployment that has a name, an owner, and nothing else.
func blank(site *v1alpha1.Website) *appsv1.Deployment {
	owner := metav1.NewControllerRef(site, v1alpha1.SchemeGroupVersion.WithKind("Website"))
	return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{
		Namespace: site.Namespace, Name: site.Name, OwnerReferences: []metav1.OwnerReference{*owner},
	}}
}

// shape sets what the Website says about its Deployment, field by field. Where the Website says nothing, and in all other
// fields, the defaults of the server stay, and what users and other controllers have set.
func shape(d *appsv1.Deployment, site *v1alpha1.Website) {
	if d.Spec.Selector == nil { // it can't be changed later
		d.Spec.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{siteLabel: site.Name}}
	}
	if site.Spec.Replicas != nil {
		d.Spec.Replicas = site.Spec.Replicas
	}
	metav1.SetMetaDataLabel(&d.Spec.Template.ObjectMeta, siteLabel, site.Name)
	containers := &d.Spec.Template.Spec.Containers
	i := slices.IndexFunc(*containers, func(c corev1.Container) bool { return c.Name == "site" })
	if i < 0 {
		*containers = slices.Insert(*containers, 0, corev1.Container{Name: "site"})
		i = 0
	}
	(*containers)[i].Image = site.Spec.Image
}

// statusOf returns the status of a Website with this Deployment, which is nil if somebody else has its name. The generation
// is still the old one.
func statusOf(site *v1alpha1.Website, d *appsv1.Deployment) v1alpha1.WebsiteStatus {
	status := *site.Status.DeepCopy()
	ready := metav1.Condition{Type: v1alpha1.Ready, Status: metav1.ConditionFalse, ObservedGeneration: site.Generation}
	if d == nil {
		status.Replicas, status.ReadyReplicas = 0, 0
		ready.Reason, ready.Message = v1alpha1.ReasonNotOwned, fmt.Sprintf("the deployment %s belongs to somebody else", site.Name)
		meta.SetStatusCondition(&status.Conditions, ready)
		return status
	}
	status.Replicas, status.ReadyReplicas = d.Status.Replicas, d.Status.ReadyReplicas
	ready.Reason, ready.Message = v1alpha1.ReasonProgressing, fmt.Sprintf("%d replicas are ready", d.Status.ReadyReplicas)
	if d.Spec.Replicas != nil && d.Status.ObservedGeneration >= d.Generation && d.Status.ReadyReplicas == *d.Spec.Replicas {
		ready.Status, ready.Reason = metav1.ConditionTrue, v1alpha1.ReasonServing
	}
	meta.SetStatusCondition(&status.Conditions, ready) // its time changes only if its Status does
	return status
}
