package testing_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/rest"
	clienttesting "client-go-workbook/lib/testing"
)

var (
	pods    = corev1.SchemeGroupVersion.WithResource("pods")
	podKind = corev1.SchemeGroupVersion.WithKind("Pod")
)

func pod(namespace, name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

// says is a reaction that answers with a pod of this name.
func says(name string) clienttesting.ReactionFunc {
	return func(clienttesting.Action) (bool, runtime.Object, error) { return true, pod("", name), nil }
}

// asked is what a fake was asked for, a line each.
func asked(actions []clienttesting.Action) (lines []string) {
	for _, a := range actions {
		resource := a.GetResource().Resource
		if a.GetSubresource() != "" {
			resource += "/" + a.GetSubresource()
		}
		lines = append(lines, fmt.Sprintf("%s %s in %q", a.GetVerb(), resource, a.GetNamespace()))
	}
	return lines
}

// answers says who answers a get of the pod's subresource.
func answers(t *testing.T, fake *clienttesting.Fake, subresource string) string {
	t.Helper()
	got, err := fake.Invokes(clienttesting.NewGetSubresourceAction(pods, "shop", subresource, "web"), pod("", "nobody"))
	require.NoError(t, err)
	return got.(*corev1.Pod).Name
}

func TestTheFirstReactorThatHandlesAnActionAnswers(t *testing.T) {
	var fake clienttesting.Fake
	require.Equal(t, "nobody", answers(t, &fake, ""))

	fake.AddReactor("*", "*", says("everything"))
	fake.AddReactor("get", "pods", says("too late"))
	require.Equal(t, "everything", answers(t, &fake, ""))

	fake.PrependReactor("get", "pods", says("pods"))
	fake.PrependReactor("create", "pods", says("another verb"))
	fake.PrependReactor("get", "Pods", says("another resource"))
	require.Equal(t, "pods", answers(t, &fake, ""))

	fake.PrependReactor("get", "pods/status", says("status"))
	require.Equal(t, "pods", answers(t, &fake, ""))
	require.Equal(t, "status", answers(t, &fake, "status"))
	require.Equal(t, "pods", answers(t, &fake, "log"))

	fake.PrependReactor("get", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		return false, pod("", "does not count"), errors.New("nor does this")
	})
	require.Equal(t, "pods", answers(t, &fake, ""))
}

func TestErrorOfAReactorIsTheCallers(t *testing.T) {
	var fake clienttesting.Fake
	boom := errors.New("boom")
	fake.AddReactor("delete", "pods", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, boom })
	got, err := fake.Invokes(clienttesting.NewDeleteAction(pods, "shop", "web"), pod("", ""))
	require.ErrorIs(t, err, boom)
	require.Nil(t, got)
}

func TestActionsAreWrittenDownAsTheyWere(t *testing.T) {
	var fake clienttesting.Fake
	fake.AddReactor("create", "*", func(action clienttesting.Action) (bool, runtime.Object, error) {
		action.(clienttesting.CreateActionImpl).Object.(*corev1.Pod).Name = "renamed by the reactor"
		return true, nil, nil
	})
	mine := pod("shop", "web")
	_, err := fake.Invokes(clienttesting.NewCreateAction(pods, "shop", mine), nil)
	require.NoError(t, err)
	require.Equal(t, "web", mine.Name, "the reactor has a copy")
	mine.Name = "renamed by the caller"

	_, err = fake.InvokesWatch(clienttesting.NewWatchAction(pods, "shop", metav1.ListOptions{}))
	require.EqualError(t, err, `watch pods in "shop": no reactor handles it`)
	require.Nil(t, fake.InvokesProxy(clienttesting.NewProxyGetAction(pods, "shop", "http", "web", "80", "/", nil)))

	actions := fake.Actions()
	require.Equal(t, []string{`create pods in "shop"`, `watch pods in "shop"`, `get pods in "shop"`}, asked(actions))
	require.Equal(t, "web", actions[0].(clienttesting.CreateAction).GetObject().(*corev1.Pod).Name)

	actions[0] = nil
	require.NotNil(t, fake.Actions()[0], "the slice was the caller's")
	fake.ClearActions()
	require.Empty(t, fake.Actions())
	require.NotNil(t, fake.Actions())
}

// A reactor may use its Fake, but for asking it: what it adds is for the next action.
func TestReactorThatChangesItsFake(t *testing.T) {
	var fake clienttesting.Fake
	fake.AddReactor("get", "pods", func(clienttesting.Action) (bool, runtime.Object, error) {
		seen := fake.Actions()
		fake.ClearActions()
		fake.PrependReactor("get", "pods", says("the one that was added"))
		fake.AddReactor("get", "pods", says("nobody asks this one"))
		return true, pod("", fmt.Sprint(len(seen), " action")), nil
	})
	require.Equal(t, "1 action", answers(t, &fake, ""))
	require.Empty(t, fake.Actions())
	require.Equal(t, "the one that was added", answers(t, &fake, ""))
}

// The action goes on along the chain as it was. With three reactors there, a slice has room for a fourth.
func TestReactorThatIsPrependedByAnother(t *testing.T) {
	var fake clienttesting.Fake
	var calls string
	says := func(word string) clienttesting.ReactionFunc {
		return func(clienttesting.Action) (bool, runtime.Object, error) {
			calls += word
			return false, nil, nil
		}
	}
	fake.AddReactor("*", "*", func(clienttesting.Action) (bool, runtime.Object, error) {
		calls += "a"
		fake.PrependReactor("*", "*", says("new "))
		return false, nil, nil
	})
	fake.AddReactor("*", "*", says("b"))
	fake.AddReactor("*", "*", says("c"))
	_, err := fake.Invokes(clienttesting.NewGetAction(pods, "shop", "web"), nil)
	require.NoError(t, err)
	require.Equal(t, "abc", calls)
}

func TestReactorThatPanics(t *testing.T) {
	var fake clienttesting.Fake
	fake.AddReactor("get", "pods/status", func(clienttesting.Action) (bool, runtime.Object, error) { panic("no answer") })
	fake.AddReactor("get", "pods", says("the next"))
	require.PanicsWithValue(t, "no answer", func() { answers(t, &fake, "status") })
	require.Equal(t, "the next", answers(t, &fake, ""), "nothing stays locked")
}

// A reactor counts without a lock of its own: -race would see two of them.
func TestReactorsRunOneAtATimeInTheOrderOfActions(t *testing.T) {
	var fake clienttesting.Fake
	var order []string
	note := func(action clienttesting.Action) (bool, runtime.Object, error) {
		order = append(order, action.GetNamespace())
		return true, nil, nil
	}
	fake.AddReactor("*", "*", note)
	fake.AddWatchReactor("*", func(action clienttesting.Action) (bool, watch.Interface, error) {
		_, _, err := note(action)
		return true, watch.NewEmptyWatch(), err
	})

	var clients sync.WaitGroup
	for client := range 8 {
		clients.Go(func() {
			for i := range 50 {
				namespace := fmt.Sprintf("%d/%d", client, i)
				_, _ = fake.Invokes(clienttesting.NewGetAction(pods, namespace, "web"), nil)
				_, _ = fake.InvokesWatch(clienttesting.NewWatchAction(pods, namespace, nil))
				fake.AddReactor("get", "nothing", note)
				_ = fake.Actions()
			}
		})
	}
	clients.Wait()

	var written []string
	for _, action := range fake.Actions() {
		written = append(written, action.GetNamespace())
	}
	require.Len(t, written, 8*50*2)
	require.Equal(t, written, order)
}

func TestWatchReactors(t *testing.T) {
	var fake clienttesting.Fake
	any, services := watch.NewFake(), watch.NewFake()
	fake.AddWatchReactor("*", clienttesting.DefaultWatchReactor(any, nil))
	fake.PrependWatchReactor("services", clienttesting.DefaultWatchReactor(services, nil))
	fake.PrependWatchReactor("nodes", clienttesting.DefaultWatchReactor(nil, errors.New("no nodes")))

	watching := func(resource string) (watch.Interface, error) {
		return fake.InvokesWatch(clienttesting.NewWatchAction(corev1.SchemeGroupVersion.WithResource(resource), "", metav1.ListOptions{}))
	}
	got, err := watching("pods")
	require.NoError(t, err)
	require.Same(t, any, got)
	got, err = watching("services")
	require.NoError(t, err)
	require.Same(t, services, got)
	_, err = watching("nodes")
	require.EqualError(t, err, "no nodes")
}

type page string

func (p page) DoRaw(context.Context) ([]byte, error) { return []byte(p), nil }

func (p page) Stream(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(p))), nil
}

// A proxy has no error to return: a reactor with one leaves the request to the next.
func TestProxyReactors(t *testing.T) {
	var fake clienttesting.Fake
	says := func(handled bool, text string, err error) clienttesting.ProxyReactionFunc {
		return func(clienttesting.Action) (bool, clienttesting.ResponseWrapper, error) {
			return handled, page(text), err
		}
	}
	fake.AddProxyReactor("*", says(true, "hello", nil))
	fake.AddProxyReactor("*", says(true, "too late", nil))
	fake.PrependProxyReactor("pods", says(true, "failed", errors.New("refused")))
	fake.PrependProxyReactor("pods", says(false, "passed on", nil))
	fake.PrependProxyReactor("services", says(true, "another resource", nil))

	var got rest.ResponseWrapper = fake.InvokesProxy(clienttesting.NewProxyGetAction(pods, "shop", "http", "web", "80", "/", nil))
	text, err := got.DoRaw(t.Context())
	require.NoError(t, err)
	require.Equal(t, "hello", string(text))
}
