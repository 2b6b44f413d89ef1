package listandwatch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	websiteclient "client-go-workbook/ch05-codegen/generated/clientset/versioned/typed/website/v1alpha1"
	listandwatch "client-go-workbook/exercises/ch05-codegen/ex06-list-and-watch"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	sameSelection = invariant.Invariant{
		Says: "list and watch are of the same namespace, and the tweak has changed the options of both",
		Read: "README.md, Invariant; lib/reflector/clients.go, NewListWatchForClientFunc",
	}
	passedOn = invariant.Invariant{
		Says: "what the informer asks for gets to the client, as far as the tweak leaves it",
		Read: "README.md, third paragraph; lib/reflector/clients.go, NewListWatchForClientFunc",
	}
	eachItsOwn = invariant.Invariant{
		Says: "each request has options of its own: nothing is left in them of another one",
		Read: "README.md, fourth paragraph; listwatch.go, ListWatch",
	}
	sameContext = invariant.Invariant{
		Says: "the context of a request is the one that the informer gave",
		Read: "README.md, What the tests verify; lib/reflector/listwatch.go, ListerWatcherWithContext",
	}
	answers = invariant.Invariant{
		Says: "what the client returns is returned, errors as well",
		Read: "README.md, What the tests verify; lib/reflector/listwatch.go, ListWatch",
	}
	saysSo = invariant.Invariant{
		Says: "an informer doesn't ask a client to stream a list who says that it can't",
		Read: "listwatch.go, ListWatch; lib/reflector/listwatch.go, ToListWatcherWithWatchListSemantics",
	}
)

// client notes what is asked of it.
type client struct {
	versioned.Interface
	websiteclient.WorkbookV1alpha1Interface
	websiteclient.WebsiteInterface
	namespace string

	*notes
}

type notes struct {
	mu       sync.Mutex
	requests []string
	contexts []context.Context
	list     *v1alpha1.WebsiteList
	watch    watch.Interface
	err      error
}

func newClient() *client {
	return &client{notes: &notes{list: &v1alpha1.WebsiteList{}, watch: watch.NewFake()}}
}

func (c *client) WorkbookV1alpha1() websiteclient.WorkbookV1alpha1Interface { return c }

func (c *client) Websites(namespace string) websiteclient.WebsiteInterface {
	return &client{namespace: namespace, notes: c.notes}
}

func (c *client) List(ctx context.Context, options metav1.ListOptions) (*v1alpha1.WebsiteList, error) {
	c.note(ctx, "list", options)
	return c.list, c.err
}

func (c *client) Watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	c.note(ctx, "watch", options)
	return c.watch, c.err
}

func (c *client) note(ctx context.Context, verb string, options metav1.ListOptions) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, fmt.Sprintf("%s in %q: %s", verb, c.namespace, story(options)))
	c.contexts = append(c.contexts, ctx)
}

// story is the options that are set, in a line.
func story(o metav1.ListOptions) string {
	text := fmt.Sprintf("labels %q, fields %q, from %q", o.LabelSelector, o.FieldSelector, o.ResourceVersion)
	if o.Limit != 0 || o.Continue != "" {
		text += fmt.Sprintf(", %d from %q on", o.Limit, o.Continue)
	}
	if o.AllowWatchBookmarks {
		text += ", with bookmarks"
	}
	if o.TimeoutSeconds != nil {
		text += fmt.Sprintf(", for %ds", *o.TimeoutSeconds)
	}
	return text
}

// both lists, then watches, with the same options, and returns what the client was asked.
func both(t *testing.T, namespace string, tweak func(*metav1.ListOptions), options metav1.ListOptions) (list, watch string) {
	t.Helper()
	c := newClient()
	lw := listandwatch.ListWatch(c, namespace, tweak)
	_, err := lw.ListWithContext(t.Context(), options)
	answers.NoError(t, err, "list")
	_, err = lw.WatchWithContext(t.Context(), options)
	answers.NoError(t, err, "watch")
	if len(c.requests) != 2 {
		sameSelection.Broken(t, invariant.Report{Doing: "list once and watch once", Expected: "two requests", Saw: strings.Join(c.requests, "\n")})
	}
	return c.requests[0], c.requests[1]
}

func TestNamespace(t *testing.T) {
	for _, namespace := range []string{"shop", "lab", ""} {
		list, watch := both(t, namespace, nil, metav1.ListOptions{})
		sameSelection.Equal(t, fmt.Sprintf(`list in %q: labels "", fields "", from ""`, namespace), list, "list in namespace %q, without a tweak", namespace)
		sameSelection.Equal(t, fmt.Sprintf(`watch in %q: labels "", fields "", from ""`, namespace), watch, "watch in namespace %q, without a tweak", namespace)
	}
}

func TestTweakIsForBoth(t *testing.T) {
	list, watch := both(t, "shop", func(o *metav1.ListOptions) { o.LabelSelector, o.FieldSelector = "tier=gold", "metadata.name=web" }, metav1.ListOptions{})
	sameSelection.Equal(t, `list in "shop": labels "tier=gold", fields "metadata.name=web", from ""`, list, "list with a tweak that sets two selectors")
	sameSelection.Equal(t, `watch in "shop": labels "tier=gold", fields "metadata.name=web", from ""`, watch, "watch with a tweak that sets two selectors")
}

var timeout = int64(300)

// asked is what a reflector might want.
var asked = metav1.ListOptions{ResourceVersion: "7", Limit: 500, Continue: "page", AllowWatchBookmarks: true, TimeoutSeconds: &timeout}

func TestOptionsOfTheInformer(t *testing.T) {
	const rest = `from "7", 500 from "page" on, with bookmarks, for 300s`
	list, watch := both(t, "shop", nil, asked)
	passedOn.Equal(t, `list in "shop": labels "", fields "", `+rest, list, "list without a tweak")
	passedOn.Equal(t, `watch in "shop": labels "", fields "", `+rest, watch, "watch without a tweak")
	list, watch = both(t, "shop", func(o *metav1.ListOptions) { o.LabelSelector = "tier=gold" }, asked)
	passedOn.Equal(t, `list in "shop": labels "tier=gold", fields "", `+rest, list, "list with a tweak that sets a selector")
	passedOn.Equal(t, `watch in "shop": labels "tier=gold", fields "", `+rest, watch, "watch with a tweak that sets a selector")
}

func TestTweakHasTheLastWord(t *testing.T) {
	less := func(o *metav1.ListOptions) {
		o.Limit, o.Continue, o.AllowWatchBookmarks, o.ResourceVersion = 0, "", false, "0"
	}
	list, watch := both(t, "shop", less, asked)
	passedOn.Equal(t, `list in "shop": labels "", fields "", from "0", for 300s`, list, "list with a tweak that takes most away")
	passedOn.Equal(t, `watch in "shop": labels "", fields "", from "0", for 300s`, watch, "watch with a tweak that takes most away")
}

func TestTweakSeesTheOptions(t *testing.T) {
	var saw []string
	_, _ = both(t, "shop", func(o *metav1.ListOptions) { saw = append(saw, story(*o)) }, asked)
	want := `labels "", fields "", from "7", 500 from "page" on, with bookmarks, for 300s`
	passedOn.Equal(t, []string{want, want}, saw, "list once and watch once: what options was the tweak called with")
}

func TestNothingIsLeftOfOtherRequests(t *testing.T) {
	c := newClient()
	lw := listandwatch.ListWatch(c, "shop", func(o *metav1.ListOptions) { o.LabelSelector += "x" })
	for _, from := range []string{"1", "", "2"} {
		options := metav1.ListOptions{ResourceVersion: from}
		_, _ = lw.ListWithContext(t.Context(), options)
		_, _ = lw.WatchWithContext(t.Context(), options)
		eachItsOwn.Equal(t, metav1.ListOptions{ResourceVersion: from}, options, "look at the options that a request was made with")
	}
	eachItsOwn.Equal(t, []string{
		`list in "shop": labels "x", fields "", from "1"`, `watch in "shop": labels "x", fields "", from "1"`,
		`list in "shop": labels "x", fields "", from ""`, `watch in "shop": labels "x", fields "", from ""`,
		`list in "shop": labels "x", fields "", from "2"`, `watch in "shop": labels "x", fields "", from "2"`,
	}, c.requests, "list and watch three times, with a tweak that adds an x to the selector")
}

// Two shops with one client: each has a ListWatch of its own.
func TestTwoInformers(t *testing.T) {
	c := newClient()
	gold := listandwatch.ListWatch(c, "shop", func(o *metav1.ListOptions) { o.LabelSelector = "tier=gold" })
	all := listandwatch.ListWatch(c, "lab", nil)
	_, _ = gold.ListWithContext(t.Context(), metav1.ListOptions{})
	_, _ = all.WatchWithContext(t.Context(), metav1.ListOptions{})
	_, _ = gold.WatchWithContext(t.Context(), metav1.ListOptions{})
	eachItsOwn.Equal(t, []string{
		`list in "shop": labels "tier=gold", fields "", from ""`, `watch in "lab": labels "", fields "", from ""`, `watch in "shop": labels "tier=gold", fields "", from ""`,
	}, c.requests, "list gold in shop, watch all in lab, watch gold in shop")
}

func TestRequestsAtTheSameTime(t *testing.T) {
	c := newClient()
	lw := listandwatch.ListWatch(c, "shop", func(o *metav1.ListOptions) { o.LabelSelector = "from=" + o.ResourceVersion })
	var requests sync.WaitGroup
	for n := range 100 {
		requests.Go(func() {
			options := metav1.ListOptions{ResourceVersion: fmt.Sprint(n)}
			_, _ = lw.ListWithContext(t.Context(), options)
			_, _ = lw.WatchWithContext(t.Context(), options)
		})
	}
	requests.Wait()
	for _, request := range c.requests {
		_, from, _ := strings.Cut(request, "from ")
		if !strings.Contains(request, fmt.Sprintf(`labels "from=%s"`, strings.Trim(from, `"`))) {
			eachItsOwn.Broken(t, invariant.Report{
				Doing:    `make 200 requests at the same time, with a tweak that selects the label from=<resourceVersion>`,
				Expected: "in each request, the label that belongs to its resourceVersion", Saw: request,
			})
		}
	}
}

type key struct{}

func TestContext(t *testing.T) {
	c := newClient()
	lw := listandwatch.ListWatch(c, "shop", nil)
	for _, value := range []string{"first", "second"} {
		_, _ = lw.ListWithContext(context.WithValue(t.Context(), key{}, value+" list"), metav1.ListOptions{})
		_, _ = lw.WatchWithContext(context.WithValue(t.Context(), key{}, value+" watch"), metav1.ListOptions{})
	}
	var saw []string
	for _, ctx := range c.contexts {
		saw = append(saw, fmt.Sprint(ctx.Value(key{})))
	}
	sameContext.Equal(t, []string{"first list", "first watch", "second list", "second watch"}, saw, "make four requests, and look at the contexts that the client got")
}

func TestAnswers(t *testing.T) {
	c := newClient()
	lw := listandwatch.ListWatch(c, "shop", nil)
	list, err := lw.ListWithContext(t.Context(), metav1.ListOptions{})
	answers.NoError(t, err, "list")
	answers.Equal(t, true, list == any(c.list), "is the list the one that the client has returned")
	watcher, err := lw.WatchWithContext(t.Context(), metav1.ListOptions{})
	answers.NoError(t, err, "watch")
	answers.Equal(t, true, watcher == c.watch, "is the watch the one that the client has returned")

	c.err = errors.New("connection refused")
	_, err = lw.ListWithContext(t.Context(), metav1.ListOptions{})
	answers.Equal(t, c.err, err, "list with a client that fails: what is the error")
	_, err = lw.WatchWithContext(t.Context(), metav1.ListOptions{})
	answers.Equal(t, c.err, err, "watch with a client that fails: what is the error")
}
