package main

import (
	"context"
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
)

// report writes the Website's status, if it has changed, and says in an event if the site serves
// now or must not.
func (c *controller) report(ctx context.Context, site *v1alpha1.Website, made parts, refused *refusal) error {
	if equality.Semantic.DeepEqual(site.Status, statusOf(site, made, refused)) {
		return nil // or each write would be an event, and each event a write
	}
	// Of two copies the one that has heard less must not take back what the other has told.
	if err := c.refresh(ctx, site, &made); err != nil {
		return err
	}
	status := statusOf(site, made, refused)
	if equality.Semantic.DeepEqual(site.Status, status) {
		return nil
	}
	was := meta.FindStatusCondition(site.Status.Conditions, v1alpha1.Ready)
	site = site.DeepCopy()
	site.Status = status
	// UpdateStatus writes nothing but the status, as Update writes all but that.
	if _, err := c.Client.WorkbookV1alpha1().Websites(site.Namespace).UpdateStatus(ctx, site, metav1.UpdateOptions{}); err != nil {
		return fmt.Errorf("update the status of website %s/%s: %w", site.Namespace, site.Name, err)
	}
	ready := meta.FindStatusCondition(status.Conditions, v1alpha1.Ready)
	if isNews(was, ready, refused != nil) {
		c.announce(site, ready)
	}
	return nil
}

// refresh asks the server how far the Deployment is.
func (c *controller) refresh(ctx context.Context, site *v1alpha1.Website, made *parts) error {
	if made.deployment == nil {
		return nil
	}
	now, err := c.deployment(site).now(ctx)
	if err == nil && !equality.Semantic.DeepEqual(now.Spec, made.deployment.Spec) {
		return errBehind // it isn't the one that was found right
	}
	made.deployment = now
	return err
}

// isNews says whether the user should hear of a condition: of what was not so before, and of a new spec that is
// served. The latter need not have been seen to progress: pods may be faster than we are.
func isNews(was, ready *metav1.Condition, refused bool) bool {
	switch {
	case was == nil || was.Reason != ready.Reason:
		return true
	case refused:
		return was.Message != ready.Message
	}
	return was.ObservedGeneration != ready.ObservedGeneration
}

// announce is called once for each change: what stays as it is needs no event.
func (c *controller) announce(site *v1alpha1.Website, ready *metav1.Condition) {
	switch ready.Reason {
	case v1alpha1.ReasonServing, v1alpha1.ReasonStopped:
		c.Recorder.Event(site, corev1.EventTypeNormal, ready.Reason, ready.Message)
	case v1alpha1.ReasonHostTaken, v1alpha1.ReasonNotOwned:
		c.Recorder.Event(site, corev1.EventTypeWarning, ready.Reason, ready.Message)
	}
}

// statusOf returns the status of a Website that has these parts, and this problem; nil is none.
func statusOf(site *v1alpha1.Website, made parts, refused *refusal) v1alpha1.WebsiteStatus {
	status := v1alpha1.WebsiteStatus{ObservedGeneration: site.Generation, Conditions: slices.Clone(site.Status.Conditions)}
	if made.service != nil {
		status.Address = fmt.Sprintf("http://%s.%s.svc", site.Name, site.Namespace)
	}
	if made.deployment != nil {
		status.Replicas, status.ReadyReplicas = made.deployment.Status.Replicas, made.deployment.Status.ReadyReplicas
	}
	ready := readiness(made.deployment)
	if was := meta.FindStatusCondition(status.Conditions, v1alpha1.Ready); was != nil && staysSo(was, site, made.deployment) {
		ready = *was
	}
	if refused != nil {
		ready = metav1.Condition{Status: metav1.ConditionFalse, Reason: refused.reason, Message: refused.message}
	}
	ready.Type = v1alpha1.Ready
	ready.ObservedGeneration = site.Generation
	meta.SetStatusCondition(&status.Conditions, ready) // its time is that of the last change to another Status
	return status
}

// staysSo says whether what was told of the pods holds until the Deployment has been looked at again: somebody may have changed
// an annotation, no more. If the user has asked for something else since, or the Deployment is new, it does not.
func staysSo(was *metav1.Condition, site *v1alpha1.Website, deployment *appsv1.Deployment) bool {
	return deployment != nil && 0 < deployment.Status.ObservedGeneration && deployment.Status.ObservedGeneration < deployment.Generation &&
		was.ObservedGeneration == site.Generation && (was.Reason == v1alpha1.ReasonServing || was.Reason == v1alpha1.ReasonStopped)
}

// readiness says whether the pods of a Deployment serve, and all of them what it asks for.
func readiness(deployment *appsv1.Deployment) metav1.Condition {
	if deployment == nil {
		return metav1.Condition{Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonProgressing, Message: "the Deployment has yet to be made"}
	}
	wanted, status := int32(1), deployment.Status
	if deployment.Spec.Replicas != nil {
		wanted = *deployment.Spec.Replicas
	}
	ready := metav1.Condition{
		Status: metav1.ConditionFalse, Reason: v1alpha1.ReasonProgressing,
		Message: fmt.Sprintf("%d of %d replicas are ready", min(status.ReadyReplicas, status.UpdatedReplicas), wanted),
	}
	switch {
	case status.ObservedGeneration < deployment.Generation: // the counts are about another spec
		ready.Message = "the Deployment has just changed"
	case status.Replicas > wanted:
		ready.Message = fmt.Sprintf("%d replicas are too many", status.Replicas-wanted)
	case wanted == 0:
		ready.Reason, ready.Message = v1alpha1.ReasonStopped, "no replicas are wanted"
	case status.ReadyReplicas == wanted && status.UpdatedReplicas == wanted:
		ready.Status, ready.Reason = metav1.ConditionTrue, v1alpha1.ReasonServing
	}
	return ready
}
