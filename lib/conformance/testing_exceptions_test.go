package conformance_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	theirdiscovery "k8s.io/client-go/discovery/fake"
	theirs "k8s.io/client-go/testing"

	ourdiscovery "client-go-workbook/lib/discovery/fake"
	ours "client-go-workbook/lib/testing"
)

// A hundred events that nobody reads: client-go's tracker panics at the next write, with its lock held. Ours keeps them.
func TestException_FakeWatchThatNobodyReads(t *testing.T) {
	write := func(s *fakeSide, n int) {
		w, err := s.tracker.Watch(podsResource, "shop")
		require.NoError(t, err)
		t.Cleanup(w.Stop)
		s.watches = append(s.watches, w)
		for i := range n {
			pod := podOf("")
			pod.Name = fmt.Sprint(i)
			require.NoError(t, s.tracker.Create(podsResource, pod, "shop"))
		}
	}
	require.NotPanics(t, func() { write(theirFake(), 100) })
	require.PanicsWithError(t, "channel full", func() { write(theirFake(), 101) })

	side := ourFake()
	write(side, 1000)
	for i := range 1000 {
		require.Equal(t, fmt.Sprint(i), (<-side.watches[0].ResultChan()).Object.(*corev1.Pod).Name)
	}
}

// What a watch begins with: client-go sends the object that it has stored, ours a copy.
func TestException_FakeWatchBeginsWithCopies(t *testing.T) {
	for side, untouched := range map[*fakeSide]bool{theirFake(): false, ourFake(): true} {
		require.NoError(t, side.tracker.Add(podOf("ann")))
		w, err := side.tracker.Watch(podsResource, "shop", metav1.ListOptions{})
		require.NoError(t, err)
		(<-w.ResultChan()).Object.(*corev1.Pod).Annotations["users"] = "bob"
		w.Stop()

		stored, err := side.tracker.Get(podsResource, "shop", "a")
		require.NoError(t, err)
		require.Equal(t, untouched, stored.(*corev1.Pod).Annotations["users"] == "ann")
	}
}

// A reactor that looks at what was asked so far: client-go holds the lock that it needs, so it waits for itself.
func TestException_ReactorThatReadsActions(t *testing.T) {
	theirFake, ourFake := &theirs.Fake{}, &ours.Fake{}
	theirFake.AddReactor("*", "*", func(theirs.Action) (bool, runtime.Object, error) {
		require.False(t, theirFake.TryRLock())
		return true, nil, nil
	})
	ourFake.AddReactor("*", "*", func(ours.Action) (bool, runtime.Object, error) {
		require.Len(t, ourFake.Actions(), 1)
		return true, nil, nil
	})
	_, err := theirFake.Invokes(theirs.NewGetAction(podsResource, "shop", "a"), nil)
	require.NoError(t, err)
	_, err = ourFake.Invokes(ours.NewGetAction(podsResource, "shop", "a"), nil)
	require.NoError(t, err)
}

// Of the options of a list outside namespaces client-go keeps the selectors, within one all.
func TestException_OptionsOfARootList(t *testing.T) {
	opts := metav1.ListOptions{Limit: 3, LabelSelector: "app=x"}
	require.Equal(t, opts, theirs.NewListActionWithOptions(podsResource, podKind, "", opts).ListOptions)
	require.Equal(t, metav1.ListOptions{LabelSelector: "app=x"}, theirs.NewRootListActionWithOptions(podsResource, podKind, opts).ListOptions)
	require.Equal(t, opts, ours.NewRootListActionWithOptions(podsResource, podKind, opts).ListOptions)
}

// What a server refuses, and what is nil: client-go's typed fakes panic. Ours return an error.
func TestException_FakesOfBadInput(t *testing.T) {
	ctx, bad := context.Background(), metav1.ListOptions{LabelSelector: "a=b=c"}
	calls := map[string]func(podsClient) error{
		"list":              func(c podsClient) error { _, err := c.List(ctx, bad); return err },
		"watch":             func(c podsClient) error { _, err := c.Watch(ctx, bad); return err },
		"delete collection": func(c podsClient) error { return c.DeleteCollection(ctx, metav1.DeleteOptions{}, bad) },
		"field selector":    func(c podsClient) error { _, err := c.List(ctx, metav1.ListOptions{FieldSelector: "a"}); return err },
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			require.Panics(t, func() { _ = call(theirFake().pods("shop")) })
			require.True(t, apierrors.IsBadRequest(call(ourFake().pods("shop"))))
		})
	}

	require.Panics(t, func() { _ = theirFake().tracker.Create(podsResource, nil, "shop") })
	require.ErrorContains(t, ourFake().tracker.Create(podsResource, nil, "shop"), "nil")
}

// A reactor that answers with another type: client-go panics where the client asserts its own.
func TestException_ReactorOfAnotherType(t *testing.T) {
	ctx := context.Background()
	service := func(s *fakeSide) podsClient {
		s.react(true, "*", "*", func(anAction) (bool, runtime.Object, error) { return true, &corev1.Service{}, nil })
		return s.pods("shop")
	}
	require.Panics(t, func() { _, _ = service(theirFake()).Get(ctx, "a", metav1.GetOptions{}) })
	_, err := service(ourFake()).Get(ctx, "a", metav1.GetOptions{})
	require.EqualError(t, err, "get pods: a reactor returned a *v1.Service, want *v1.Pod")
}

// A token request has no name of its own. client-go looks for a service account without a name, and so never finds one; ours
// takes the name that the action has.
func TestException_SubresourceWithoutAName(t *testing.T) {
	accounts := corev1.SchemeGroupVersion.WithResource("serviceaccounts")
	robot := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "robot"}}
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{Audiences: []string{"me"}}}
	theirTracker, ourTracker := theirFake().tracker, ourFake().tracker
	require.NoError(t, theirTracker.Add(robot))
	require.NoError(t, ourTracker.Add(robot))

	_, _, err := theirs.ObjectReaction(theirTracker.(theirs.ObjectTracker))(theirs.NewCreateSubresourceAction(accounts, "robot", "token", "shop", request))
	require.True(t, apierrors.IsNotFound(err))
	_, got, err := ours.ObjectReaction(ourTracker.(ours.ObjectTracker))(ours.NewCreateSubresourceAction(accounts, "robot", "token", "shop", request))
	require.NoError(t, err)
	require.Equal(t, request, got)
}

// A scale is no deployment. client-go puts it in the deployment's place, and then panics where somebody asks for the deployment;
// ours answers with it and leaves the deployment as it is.
func TestException_SubresourceOfAnotherType(t *testing.T) {
	deployments := appsv1.SchemeGroupVersion.WithResource("deployments")
	web := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}}
	scale := &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web"}}
	theirTracker, ourTracker := theirFake().tracker, ourFake().tracker
	require.NoError(t, theirTracker.Add(web))
	require.NoError(t, ourTracker.Add(web))

	_, said, err := theirs.ObjectReaction(theirTracker.(theirs.ObjectTracker))(theirs.NewUpdateSubresourceAction(deployments, "scale", "shop", scale))
	require.NoError(t, err)
	require.Equal(t, scale, said)
	_, said, err = ours.ObjectReaction(ourTracker.(ours.ObjectTracker))(ours.NewUpdateSubresourceAction(deployments, "scale", "shop", scale))
	require.NoError(t, err)
	require.Equal(t, scale, said)

	stored, err := theirTracker.Get(deployments, "shop", "web")
	require.NoError(t, err)
	require.Equal(t, scale, stored)
	stored, err = ourTracker.Get(deployments, "shop", "web")
	require.NoError(t, err)
	require.Equal(t, web, stored)
}

// What client-go's fake discovery has not.
func TestException_FakeDiscovery(t *testing.T) {
	theirs, ours := &theirdiscovery.FakeDiscovery{Fake: &theirs.Fake{}}, &ourdiscovery.FakeDiscovery{Fake: &ours.Fake{}}
	require.Panics(t, func() { theirs.OpenAPIV3() })
	require.Panics(t, func() { theirs.WithLegacy() })

	paths, err := ours.OpenAPIV3().Paths()
	require.NoError(t, err)
	require.Empty(t, paths)
	require.Same(t, ours, ours.WithLegacy())
}
