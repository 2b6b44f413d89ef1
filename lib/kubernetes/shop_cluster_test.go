package kubernetes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"client-go-workbook/lib/retry"
)

// A shop needs a bit of every group: each part is written by one client, and the server says what it made of it.
func (c live) opensAShop(t *testing.T) {
	t.Run("that stocks up in a job", c.stocksUp)
	t.Run("with an entrance", c.hasAnEntrance)
	t.Run("whose addresses are listed", c.listsItsAddresses)
	t.Run("that grows with its guests", c.growsWithItsGuests)
	t.Run("in which one cook must stay", c.keepsOneCook)
	t.Run("whose clerk may look at pods", c.letsTheClerkLook)
	t.Run("that one manager leads at a time", c.hasOneManager)
}

func labelled(name, part string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Labels: map[string]string{"part": part}}
}

func (c live) stocksUp(t *testing.T) {
	jobs := c.cs.BatchV1().Jobs(c.namespace)
	paused, pod := true, homeless("").Spec
	pod.RestartPolicy = corev1.RestartPolicyNever
	for _, name := range []string{"bread", "milk"} {
		job := &batchv1.Job{ObjectMeta: labelled(name, "stock"), Spec: batchv1.JobSpec{Suspend: &paused, Template: corev1.PodTemplateSpec{Spec: pod}}}
		created, err := jobs.Create(c.ctx, job, metav1.CreateOptions{})
		require.NoError(t, err)
		require.Equal(t, string(created.UID), created.Spec.Selector.MatchLabels[batchv1.ControllerUidLabel], "the server has chosen it")
	}
	bread, err := jobs.List(c.ctx, metav1.ListOptions{LabelSelector: "part=stock", FieldSelector: "metadata.name=bread"})
	require.NoError(t, err)
	require.Len(t, bread.Items, 1)

	background := metav1.DeletePropagationBackground
	everything := metav1.ListOptions{LabelSelector: "part=stock"}
	require.NoError(t, jobs.DeleteCollection(c.ctx, metav1.DeleteOptions{PropagationPolicy: &background}, everything))
	none, err := jobs.List(c.ctx, everything)
	require.NoError(t, err)
	require.Empty(t, none.Items)
}

func (c live) hasAnEntrance(t *testing.T) {
	ingresses := c.cs.NetworkingV1().Ingresses(c.namespace)
	door, err := ingresses.Create(c.ctx, &networkingv1.Ingress{ObjectMeta: named("door"), Spec: networkingv1.IngressSpec{
		DefaultBackend: &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "web", Port: networkingv1.ServiceBackendPort{Number: 80}}},
	}}, metav1.CreateOptions{})
	require.NoError(t, err)
	door.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: "192.0.2.1"}}
	door.Spec.DefaultBackend.Service.Name = "other"
	_, err = ingresses.UpdateStatus(c.ctx, door, metav1.UpdateOptions{})
	require.NoError(t, err)
	door, err = ingresses.Get(c.ctx, "door", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, "192.0.2.1", door.Status.LoadBalancer.Ingress[0].IP)
	require.Equal(t, "web", door.Spec.DefaultBackend.Service.Name, "UpdateStatus changed the spec")
}

func (c live) listsItsAddresses(t *testing.T) {
	slices := c.cs.DiscoveryV1().EndpointSlices(c.namespace)
	names := map[string]bool{}
	for _, address := range []string{"192.0.2.10", "192.0.2.11"} {
		slice, err := slices.Create(c.ctx, &discoveryv1.EndpointSlice{
			ObjectMeta:  metav1.ObjectMeta{GenerateName: "counter-", Labels: map[string]string{discoveryv1.LabelServiceName: "counter"}},
			AddressType: discoveryv1.AddressTypeIPv4,
			Endpoints:   []discoveryv1.Endpoint{{Addresses: []string{address}}},
		}, metav1.CreateOptions{})
		require.NoError(t, err)
		require.Contains(t, slice.Name, "counter-")
		names[slice.Name] = true
	}
	require.Len(t, names, 2, "the server makes up a name for each")
	all, err := slices.List(c.ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=counter"})
	require.NoError(t, err)
	require.Len(t, all.Items, 2)
}

func (c live) growsWithItsGuests(t *testing.T) {
	_, err := c.cs.AutoscalingV2().HorizontalPodAutoscalers(c.namespace).Create(c.ctx, &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: named("tables"),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "tables"},
			MaxReplicas:    3,
		},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	older, err := c.cs.AutoscalingV1().HorizontalPodAutoscalers(c.namespace).Get(c.ctx, "tables", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, int32(3), older.Spec.MaxReplicas)
	require.Equal(t, int32(80), *older.Spec.TargetCPUUtilizationPercentage, "the default of both versions")
}

func (c live) keepsOneCook(t *testing.T) {
	pods, budgets := c.cs.CoreV1().Pods(c.namespace), c.cs.PolicyV1().PodDisruptionBudgets(c.namespace)
	cook := homeless("cook")
	cook.Labels = map[string]string{"part": "kitchen"}
	cook, err := pods.Create(c.ctx, cook, metav1.CreateOptions{})
	require.NoError(t, err)
	cook.Status.Phase = corev1.PodRunning // no budget minds a pod that has not begun
	_, err = pods.UpdateStatus(c.ctx, cook, metav1.UpdateOptions{})
	require.NoError(t, err)

	one := intstr.FromInt32(1)
	_, err = budgets.Create(c.ctx, &policyv1.PodDisruptionBudget{ObjectMeta: named("kitchen"), Spec: policyv1.PodDisruptionBudgetSpec{
		MinAvailable: &one, Selector: &metav1.LabelSelector{MatchLabels: cook.Labels},
	}}, metav1.CreateOptions{})
	require.NoError(t, err)
	counted := []byte(`{"status":{"observedGeneration":1,"disruptionsAllowed":0,"currentHealthy":0,"desiredHealthy":1,"expectedPods":1}}`)
	_, err = budgets.Patch(c.ctx, "kitchen", types.MergePatchType, counted, metav1.PatchOptions{}, "status") // as the controller will
	require.NoError(t, err)

	eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace, Name: "cook"}}
	err = c.cs.PolicyV1().Evictions(c.namespace).Evict(c.ctx, eviction)
	require.True(t, apierrors.IsTooManyRequests(err), "%v", err)
	require.True(t, apierrors.HasStatusCause(err, policyv1.DisruptionBudgetCause), "%v", err)

	require.NoError(t, budgets.Delete(c.ctx, "kitchen", metav1.DeleteOptions{}))
	require.NoError(t, c.cs.PolicyV1().Evictions(c.namespace).Evict(c.ctx, eviction))
	_, err = pods.Get(c.ctx, "cook", metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err), "%v", err)
}

func (c live) letsTheClerkLook(t *testing.T) {
	_, err := c.cs.RbacV1().Roles(c.namespace).Create(c.ctx, &rbacv1.Role{
		ObjectMeta: named("look"),
		Rules:      []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	bindings := c.cs.RbacV1().RoleBindings(c.namespace)
	bound, err := bindings.Create(c.ctx, &rbacv1.RoleBinding{
		ObjectMeta: named("clerk"),
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "clerk"}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "look"},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	bound.RoleRef.Name = "more"
	_, err = bindings.Update(c.ctx, bound, metav1.UpdateOptions{})
	require.True(t, apierrors.IsInvalid(err), "a binding is made for one role: %v", err)

	// A review is answered and not stored.
	review, err := c.cs.AuthorizationV1().SelfSubjectAccessReviews().Create(c.ctx, &authorizationv1.SelfSubjectAccessReview{
		Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authorizationv1.ResourceAttributes{
			Namespace: c.namespace, Verb: "get", Resource: "pods",
		}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	require.True(t, review.Status.Allowed, review.Status.Reason)
}

func (c live) hasOneManager(t *testing.T) {
	leases := c.cs.CoordinationV1().Leases(c.namespace)
	ann, bob := "ann", "bob"
	first, err := leases.Create(c.ctx, &coordinationv1.Lease{ObjectMeta: named("manager"), Spec: coordinationv1.LeaseSpec{HolderIdentity: &ann}}, metav1.CreateOptions{})
	require.NoError(t, err)
	now := metav1.NowMicro()
	renewed := first.DeepCopy()
	renewed.Spec.RenewTime = &now
	_, err = leases.Update(c.ctx, renewed, metav1.UpdateOptions{})
	require.NoError(t, err)

	first.Spec.HolderIdentity = &bob
	_, err = leases.Update(c.ctx, first, metav1.UpdateOptions{})
	require.True(t, apierrors.IsConflict(err), "bob has not seen that ann has renewed: %v", err)

	tries := 0
	require.NoError(t, retry.RetryOnConflict(retry.DefaultRetry, func() error {
		lease := first
		if tries++; tries > 1 {
			if lease, err = leases.Get(c.ctx, "manager", metav1.GetOptions{}); err != nil {
				return err
			}
			lease.Spec.HolderIdentity = &bob
		}
		_, err := leases.Update(c.ctx, lease, metav1.UpdateOptions{})
		return err
	}))
	require.Equal(t, 2, tries)
	lease, err := leases.Get(c.ctx, "manager", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, bob, *lease.Spec.HolderIdentity)
	require.Equal(t, now.Time.UnixMicro(), lease.Spec.RenewTime.UnixMicro(), "what ann wrote is still there")
}
