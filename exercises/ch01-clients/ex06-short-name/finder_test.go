package shortname_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	shortname "client-go-workbook/exercises/ch01-clients/ex06-short-name"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	meant = invariant.Invariant{
		Says: "a name means the first resource that has it as a full name, and only then the first that has it as a short one",
		Read: "lib/restmapper/shortcut.go, shortcutExpander.expand",
	}
	inItsGroup = invariant.Invariant{
		Says: "a group that is named counts for full names and short ones alike",
		Read: "lib/restmapper/shortcut.go, shortcutExpander.expand",
	}
	toldOf = invariant.Invariant{
		Says: "a short name of several resources means the first; the others are told, not an error",
		Read: "lib/restmapper/shortcut.go, NewShortcutExpander",
	}
	survived = invariant.Invariant{
		Says: "what a server fails to tell doesn't hide what it tells",
		Read: "lib/restmapper/mapper.go, GetAPIGroupResourcesWithContext",
	}
	once = invariant.Invariant{
		Says: "a name that isn't found in an old cache is looked up once more, after Invalidate; in a fresh one it is unknown",
		Read: "lib/restmapper/deferred.go, lookUp",
	}
)

func TestNamesOfAResource(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"pods", "/v1 pods"},
		{"pod", "/v1 pods"},
		{"Pod", "/v1 pods"},
		{"po", "/v1 pods"},
		{"PO", "/v1 pods"},
		{"deploy", "apps/v1 deployments"},
		{"Deployment", "apps/v1 deployments"},
		{"relic", "apps/v1beta1 relics"}, // only the old version has it
		{"hpa", "autoscaling/v2 horizontalpodautoscalers"},
		{"box", "old.example.com/v1 boxes"}, // a server that doesn't say the singular
		{"events", "/v1 events"},            // two groups have them
		{"ev", "/v1 events"},
	} {
		meant.Equal(t, test.want, found(find(t, fresh(shop()), test.typed)), "find %q", test.typed)
	}
}

// The resource "svc" is in a group behind that of services, whose short name this is.
func TestFullNamesGoBeforeShortOnes(t *testing.T) {
	s := shop().add("third.example.com/v1", resource("svc", "", "Confusing"), resource("hoops", "hpa", "Hoop"))
	meant.Equal(t, "third.example.com/v1 svc", found(find(t, fresh(s), "svc")), "find svc, a plural and a short name")
	meant.Equal(t, "third.example.com/v1 hoops", found(find(t, fresh(s), "hpa")), "find hpa, a singular and a short name")
}

func TestGroupChoosesAmongNamesakes(t *testing.T) {
	s := shop().
		add("apps.example.com/v1", resource("deployments", "deployment", "Deployment", "deploy", "po")).
		add("third.example.com/v1", resource("posts", "post", "Post", "po", "events"))
	for _, test := range []struct{ typed, want string }{
		{"deployments.apps.example.com", "apps.example.com/v1 deployments"},
		{"deploy.apps.example.com", "apps.example.com/v1 deployments"},
		{"deploy.apps", "apps/v1 deployments"},
		{"Event.events.k8s.io", "events.k8s.io/v1 events"},
		{"po.third.example.com", "third.example.com/v1 posts"},
		{"events.third.example.com", "third.example.com/v1 posts"}, // elsewhere a full name, here a short one
		{"po.apps", "no match"},
		{"pods.apps", "no match"},
		{"deploy.nowhere", "no match"},
	} {
		inItsGroup.Equal(t, test.want, found(find(t, fresh(s), test.typed)), "find %q", test.typed)
	}
}

func TestFirstResourceWins(t *testing.T) {
	s := shop().
		add("other.example.com/v1", resource("policies", "policy", "Policy", "po", "pol")).
		add("other.example.com/v1beta1", resource("policies", "policy", "Policy", "po", "pol")).
		add("third.example.com/v1", resource("posts", "post", "Post", "po"))
	for _, test := range []struct {
		typed string
		want  []string // the resource, and those that are ignored
	}{
		{"po", []string{"/v1 pods", "policies.other.example.com", "posts.third.example.com"}},
		{"ev", []string{"/v1 events", "events.events.k8s.io"}},
		{"pol", []string{"other.example.com/v1 policies"}}, // in two versions, but that is one resource
		{"deploy", []string{"apps/v1 deployments"}},
		{"events", []string{"/v1 events"}}, // no short name
	} {
		var ignored []string
		f := shortname.Finder{Discovery: fresh(s), Ignored: func(gr schema.GroupResource) { ignored = append(ignored, gr.String()) }}
		gvr, err := f.Find(t.Context(), test.typed)
		toldOf.Equal(t, test.want, append([]string{found(gvr, err)}, ignored...), "find %q: the resource, and those that were ignored", test.typed)
	}
}

func TestUnknownNameIsNoMatch(t *testing.T) {
	_, err := find(t, fresh(shop()), "carts.apps")
	var none *meta.NoResourceMatchError
	require.ErrorAs(meant.T(t), err, &none)
	meant.Equal(t, schema.GroupVersionResource{Group: "apps", Resource: "carts"}, none.PartialResource, "what the error says there is no match for")
}

var errDown = errors.New("metrics.k8s.io is down")

func TestPartOfTheServerIsDown(t *testing.T) {
	s := shop()
	s.err = errDown // beside the lists
	survived.Equal(t, "/v1 pods", found(find(t, fresh(s), "po")), "find po while another group is down")
	survived.Equal(t, "apps/v1 deployments", found(find(t, fresh(s), "deploy.apps")), "find deploy.apps while another group is down")
	survived.Equal(t, "/v1 pods", found(find(t, &cache{server: s}, "po")), "find it without a cache")
}

func TestServerSaysNothing(t *testing.T) {
	for _, test := range []struct {
		name   string
		server *server
	}{
		{"nobody answers", &server{err: errDown}},
		{"there are only groups", &server{groups: shop().groups, err: errDown}},
	} {
		c := &cache{server: test.server}
		_, err := find(t, c, "po")
		require.ErrorIs(survived.T(t), err, errDown, "find po while %s: the name may well exist", test.name)
		survived.Equal(t, 0, c.invalidated, "how often the cache was invalidated while %s", test.name)
	}
}

// yesterday is a cache from a file: it has what the server had then.
func yesterday(now *server) *cache { return &cache{remembers: shop(), server: now} }

// carts were installed this morning.
func withCarts() *server {
	return shop().add("shop.example.com/v1", resource("carts", "cart", "Cart", "ct"))
}

func TestOldCacheIsInvalidatedOnce(t *testing.T) {
	for _, test := range []struct {
		name               string
		cache              *cache
		typed, want        string
		invalidated, asked int
	}{
		{"a known name in an old cache", yesterday(withCarts()), "po", "/v1 pods", 0, 0},
		{"a new short name", yesterday(withCarts()), "ct", "shop.example.com/v1 carts", 1, 1},
		{"a new name", yesterday(withCarts()), "Cart.shop.example.com", "shop.example.com/v1 carts", 1, 1},
		{"a name that isn't new either", yesterday(withCarts()), "cartoon", "no match", 1, 1},
		{"a new name in a fresh cache", fresh(shop()), "ct", "no match", 0, 0},
		{"an unknown name, and no cache yet", &cache{server: shop()}, "ct", "no match", 0, 1},
		{"a cache that is never fresh", &cache{server: shop(), neverFresh: true}, "ct", "no match", 1, 2},
		{"another, and a known name", &cache{server: shop(), neverFresh: true}, "po", "/v1 pods", 0, 1},
		{"a server that is down by now", yesterday(&server{err: errDown}), "ct", errDown.Error(), 1, 1},
		{"a server that is down in part", yesterday(withCarts().down()), "ct", "shop.example.com/v1 carts", 1, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			once.Equal(t, test.want, found(find(t, test.cache, test.typed)), "find %q: %s", test.typed, test.name)
			once.Equal(t, test.invalidated, test.cache.invalidated, "how often was the cache invalidated: %s", test.name)
			once.Equal(t, test.asked, test.cache.asked, "how often was the server asked: %s", test.name)
		})
	}
}

func find(t *testing.T, c *cache, typed string) (schema.GroupVersionResource, error) {
	t.Helper()
	return (&shortname.Finder{Discovery: c}).Find(t.Context(), typed)
}

// found is "apps/v1 deployments", "no match", or another error.
func found(gvr schema.GroupVersionResource, err error) string {
	switch {
	case meta.IsNoMatchError(err):
		return "no match"
	case err != nil:
		return err.Error()
	}
	return gvr.Group + "/" + gvr.Version + " " + gvr.Resource
}

// server is what a server tells: groups and lists in its order, and what went wrong beside them.
type server struct {
	groups []*metav1.APIGroup
	lists  []*metav1.APIResourceList
	err    error
}

// shop is a small server. The preferred version of apps is not its first.
func shop() *server {
	s := new(server).
		add("v1", resource("pods", "pod", "Pod", "po"), resource("pods/log", "pod", "Pod", "po"), resource("services", "service", "Service", "svc"),
			resource("events", "event", "Event", "ev")).
		add("events.k8s.io/v1", resource("events", "event", "Event", "ev")).
		add("apps/v1beta1", resource("deployments", "deployment", "Deployment", "deploy"), resource("relics", "relic", "Relic")).
		add("apps/v1", resource("deployments", "deployment", "Deployment", "deploy")).
		add("autoscaling/v2", resource("horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler", "hpa")).
		add("old.example.com/v1", resource("boxes", "", "Box"))
	for _, group := range s.groups {
		if group.Name == "apps" {
			group.PreferredVersion = group.Versions[1]
		}
	}
	return s
}

func resource(plural, singular, kind string, shortNames ...string) metav1.APIResource {
	return metav1.APIResource{Name: plural, SingularName: singular, Kind: kind, ShortNames: shortNames}
}

func (s *server) add(groupVersion string, resources ...metav1.APIResource) *server {
	gv, err := schema.ParseGroupVersion(groupVersion)
	if err != nil {
		panic(err) // a mistake in the test
	}
	s.lists = append(s.lists, &metav1.APIResourceList{GroupVersion: groupVersion, APIResources: resources})
	version := metav1.GroupVersionForDiscovery{GroupVersion: groupVersion, Version: gv.Version}
	if last := len(s.groups) - 1; last >= 0 && s.groups[last].Name == gv.Group {
		s.groups[last].Versions = append(s.groups[last].Versions, version)
		return s
	}
	s.groups = append(s.groups, &metav1.APIGroup{Name: gv.Group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version})
	return s
}

func (s *server) down() *server {
	s.err = errDown
	return s
}

// cache is a cached discovery client in the hands of a test. It is fresh when it remembers what it asked for itself.
type cache struct {
	remembers  *server // nil: nothing
	server     *server
	isFresh    bool
	neverFresh bool // it always says that asking again may help

	looks, asked, invalidated int
}

func fresh(s *server) *cache { return &cache{remembers: s, server: s, isFresh: true} }

func (c *cache) ServerGroupsAndResourcesWithContext(ctx context.Context) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	if c.looks++; c.looks > 10 {
		return nil, nil, errors.New("the cache was looked into more than ten times")
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if c.remembers == nil {
		c.remembers, c.isFresh = c.server, !c.neverFresh
		c.asked++
	}
	return c.remembers.groups, c.remembers.lists, c.remembers.err
}

func (c *cache) FreshWithContext(context.Context) bool { return c.isFresh }

func (c *cache) InvalidateWithContext(context.Context) {
	c.remembers, c.isFresh = nil, false
	c.invalidated++
}
