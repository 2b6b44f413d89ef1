package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
)

func TestStatus(t *testing.T) {
	// deployment is one of generation 2 that wants so many replicas.
	deployment := func(wanted int32, status appsv1.DeploymentStatus) *appsv1.Deployment {
		return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Generation: 2}, Spec: appsv1.DeploymentSpec{Replicas: &wanted}, Status: status}
	}
	counts := func(generation int64, all, updated, ready int32) appsv1.DeploymentStatus {
		return appsv1.DeploymentStatus{ObservedGeneration: generation, Replicas: all, UpdatedReplicas: updated, ReadyReplicas: ready}
	}
	for name, c := range map[string]struct {
		deployment *appsv1.Deployment
		refused    *refusal
		want       string
	}{
		"nothing is there":            {nil, nil, "False Progressing: the Deployment has yet to be made"},
		"just made":                   {deployment(2, counts(0, 0, 0, 0)), nil, "False Progressing: the Deployment has just changed"},
		"serving, but what was":       {deployment(2, counts(1, 2, 2, 2)), nil, "False Progressing: the Deployment has just changed"},
		"one is ready":                {deployment(2, counts(2, 2, 2, 1)), nil, "False Progressing: 1 of 2 replicas are ready"},
		"ready are the old ones":      {deployment(2, counts(2, 2, 1, 2)), nil, "False Progressing: 1 of 2 replicas are ready"},
		"an old one is not gone yet":  {deployment(2, counts(2, 3, 2, 3)), nil, "False Progressing: 1 replicas are too many"},
		"all are ready":               {deployment(2, counts(2, 2, 2, 2)), nil, "True Serving: 2 of 2 replicas are ready"},
		"one by default":              {&appsv1.Deployment{Status: counts(0, 1, 1, 1)}, nil, "True Serving: 1 of 1 replicas are ready"},
		"none are wanted":             {deployment(0, counts(2, 0, 0, 0)), nil, "False Stopped: no replicas are wanted"},
		"none are wanted, one is yet": {deployment(0, counts(2, 1, 1, 1)), nil, "False Progressing: 1 replicas are too many"},
		"refused, though all serve":   {deployment(2, counts(2, 2, 2, 2)), &refusal{"HostTaken", "it is Ann's"}, "False HostTaken: it is Ann's"},
	} {
		t.Run(name, func(t *testing.T) {
			site := site("shop")
			site.Generation = 7
			status := statusOf(site, parts{deployment: c.deployment, service: &corev1.Service{}}, c.refused)
			require.Empty(t, site.Status, "the site is the cache's")
			require.Len(t, status.Conditions, 1)
			ready := status.Conditions[0]
			require.Equal(t, c.want, string(ready.Status)+" "+ready.Reason+": "+ready.Message)
			require.Equal(t, v1alpha1.Ready, ready.Type)
			require.EqualValues(t, 7, ready.ObservedGeneration)
			require.EqualValues(t, 7, status.ObservedGeneration)
			require.Equal(t, "http://shop.street.svc", status.Address)
			if c.deployment != nil {
				require.Equal(t, c.deployment.Status.ReadyReplicas, status.ReadyReplicas)
				require.Equal(t, c.deployment.Status.Replicas, status.Replicas)
			}
		})
	}
}

// TestTheTimeOfACondition is that of its last change: a status that is the same must be equal, too.
func TestTheTimeOfACondition(t *testing.T) {
	site := site("shop")
	site.Status = statusOf(site, parts{}, nil)
	long := metav1.Time{Time: time.Unix(1, 0)}
	site.Status.Conditions[0].LastTransitionTime = long
	require.Equal(t, site.Status, statusOf(site, parts{}, nil))

	one := int32(1)
	serving := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Replicas: &one}, Status: appsv1.DeploymentStatus{Replicas: 1, UpdatedReplicas: 1, ReadyReplicas: 1}}
	require.NotEqual(t, long, statusOf(site, parts{deployment: serving}, nil).Conditions[0].LastTransitionTime)
}

func TestWhatIsNews(t *testing.T) {
	condition := func(reason, message string, generation int64) *metav1.Condition {
		return &metav1.Condition{Reason: reason, Message: message, ObservedGeneration: generation}
	}
	serving := condition(v1alpha1.ReasonServing, "1 of 1", 1)
	taken := condition(v1alpha1.ReasonHostTaken, "by a", 1)
	for name, c := range map[string]struct {
		was, ready *metav1.Condition
		refused    bool
		want       bool
	}{
		"the first":                       {nil, serving, false, true},
		"nothing":                         {serving, serving, false, false},
		"a replica came back":             {condition(v1alpha1.ReasonProgressing, "0 of 1", 1), serving, false, true},
		"another number, no new spec":     {serving, condition(v1alpha1.ReasonServing, "2 of 2", 1), false, false},
		"a new spec, served at once":      {serving, condition(v1alpha1.ReasonServing, "2 of 2", 2), false, true},
		"refused":                         {serving, taken, true, true},
		"refused as before":               {taken, condition(v1alpha1.ReasonHostTaken, "by a", 2), true, false},
		"refused because of another site": {taken, condition(v1alpha1.ReasonHostTaken, "by b", 1), true, true},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, isNews(c.was, c.ready, c.refused))
		})
	}
}

// TestWhatWasToldStaysSo until the Deployment has been looked at again: a change of an annotation is no change to visitors.
func TestWhatWasToldStaysSo(t *testing.T) {
	one := int32(1)
	for name, c := range map[string]struct {
		generation, observed int64 // of the Deployment
		told                 int64 // the generation of the Website
		reason, want         string
	}{
		"serving":                    {3, 2, 7, v1alpha1.ReasonServing, v1alpha1.ReasonServing},
		"stopped":                    {3, 2, 7, v1alpha1.ReasonStopped, v1alpha1.ReasonStopped},
		"the user wants another":     {3, 2, 6, v1alpha1.ReasonServing, v1alpha1.ReasonProgressing},
		"the Deployment is new":      {1, 0, 7, v1alpha1.ReasonServing, v1alpha1.ReasonProgressing},
		"it has been looked at":      {3, 3, 7, v1alpha1.ReasonServing, v1alpha1.ReasonProgressing},
		"the host is free by now":    {3, 2, 7, v1alpha1.ReasonHostTaken, v1alpha1.ReasonProgressing},
		"the server refuses no more": {3, 2, 7, v1alpha1.ReasonSyncFailed, v1alpha1.ReasonProgressing},
	} {
		t.Run(name, func(t *testing.T) {
			site := site("shop")
			site.Generation = 7
			site.Status.Conditions = []metav1.Condition{{Type: v1alpha1.Ready, Reason: c.reason, ObservedGeneration: c.told}}
			deployment := &appsv1.Deployment{
				ObjectMeta: metav1.ObjectMeta{Generation: c.generation}, Spec: appsv1.DeploymentSpec{Replicas: &one},
				Status: appsv1.DeploymentStatus{ObservedGeneration: c.observed},
			}
			require.Equal(t, c.want, statusOf(site, parts{deployment: deployment}, nil).Conditions[0].Reason)
		})
	}
	require.Empty(t, statusOf(site("shop"), parts{}, nil).Address, "without a Service there is none")
}
