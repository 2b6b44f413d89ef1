// Package testing is what stands behind a fake clientset: it writes down what a test's subject asks for, and answers
// from reactors and from a store of objects.
//
//	clientset.CoreV1().Pods("shop").Create(ctx, pod, …)          generated; lib/typed's FakeClient
//	  └─▶ Fake.Invokes(CreateActionImpl{create pods in "shop"})
//	        ├─ Actions()            every action, in order, for the test to look at
//	        └─ ReactionChain        the first reactor that handles it answers
//	             ├─ "create" "pods"   the test's own: an error, another object      PrependReactor
//	             └─ "*"      "*"      ObjectReaction ──▶ ObjectTracker
//	                                                       objects   gvr, "shop/web" → *Pod
//	                                                       watchers ──▶ Added Modified Deleted
//
// It is for tests of what a program asks for, and of how it takes an answer or an error that is hard to get. It is not an
// API server: nothing is defaulted or validated, no resourceVersion is compared, generateName makes no name, finalizers
// hold nothing up, a subresource is its whole object, field selectors select everything, and DeleteCollection is written
// down and deletes nothing unless a reactor does it. lib/apitest has a server that does most of these over HTTP.
//
// Upstream: testing/actions.go, testing/fake.go, testing/fixture.go, testing/interface.go.
// Left out: Apply, NewFieldManagedObjectTracker and managed fields, because there are no apply configurations here.
//
// Different from upstream:
//   - A watcher that reads slowly loses nothing; upstream panics when a hundred events wait. What a watch begins with is a
//     copy, too.
//   - A reactor may read Actions, clear them and add reactors while it reacts; upstream waits for itself for ever.
//   - The tracker finds a token request's service account by the action's name, and keeps no scale in a deployment's place.
//   - NewRootListActionWithOptions keeps all options, as NewListActionWithOptions does.
//   - ResponseWrapper is declared here, so that lib/rest stands above; its type fits.
package testing
