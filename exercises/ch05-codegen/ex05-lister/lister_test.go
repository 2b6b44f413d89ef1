package lister_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	generated "client-go-workbook/ch05-codegen/generated/listers/website/v1alpha1"
	"client-go-workbook/exercises/ch05-codegen/ex05-lister"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	matching = invariant.Invariant{
		Says: "List returns each Website that is in the namespace and that the selector matches, and no other",
		Read: "README.md, Invariant; lib/lister/list.go, ListAllByNamespace",
	}
	byName = invariant.Invariant{
		Says: "Get returns the Website of that name in that namespace, or a NotFound error that names it",
		Read: "README.md, Invariant; lib/lister/lister.go, Get",
	}
	noSearch = invariant.Invariant{
		Says: "what the indexer can find, nobody searches",
		Read: "README.md, third paragraph; lib/store/indexer.go, ByIndex",
	}
	own = invariant.Invariant{
		Says: "what is returned are the indexer's own objects, not copies",
		Read: "README.md, fourth paragraph; lib/lister/lister.go, package comment",
	}
	strangers = invariant.Invariant{
		Says: "what can't be answered is an error: no panic, and no half list",
		Read: "lister.go, find; lib/lister/lister.go, typed",
	}
	asGenerated = invariant.Invariant{
		Says: "the lister that lister-gen makes answers the same",
		Read: "ch05-codegen/generated/listers/website/v1alpha1/website.go",
	}
)

func website(key, tier string) *v1alpha1.Website {
	namespace, name, ok := strings.Cut(key, "/")
	if !ok {
		namespace, name = "", key
	}
	return &v1alpha1.Website{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"tier": tier}}}
}

var byNamespace = store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc}

// holding returns an indexer with these objects.
func holding(t *testing.T, indexers store.Indexers, objects ...any) store.Indexer {
	t.Helper()
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, indexers)
	for _, obj := range objects {
		if err := s.Add(obj); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func town(t *testing.T) store.Indexer {
	t.Helper()
	return holding(t, byNamespace,
		website("shop/web", "gold"), website("shop/blog", "tin"), website("lab/web", "tin"), website("lab/wiki", "gold"), website("moon", "gold"))
}

var (
	everything = labels.Everything()
	gold       = labels.SelectorFromSet(labels.Set{"tier": "gold"})
)

// keys are those of a list, sorted, in a line.
func keys(list []*v1alpha1.Website) string {
	var all []string
	for _, site := range list {
		if site == nil {
			return "a nil Website"
		}
		all = append(all, store.MetaObjectToName(site).String())
	}
	if len(all) == 0 {
		return "none"
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestListOfANamespace(t *testing.T) {
	l := lister.NewWebsiteLister(town(t))
	for _, c := range []struct {
		namespace string
		selector  labels.Selector
		want      string
	}{
		{"shop", everything, "shop/blog shop/web"},
		{"lab", everything, "lab/web lab/wiki"},
		{"shop", gold, "shop/web"},
		{"lab", labels.SelectorFromSet(labels.Set{"tier": "iron"}), "none"},
		{"lab", labels.Nothing(), "none"},
		{"bank", everything, "none"},
		{"sho", everything, "none"},
	} {
		list, err := l.Websites(c.namespace).List(c.selector)
		matching.NoError(t, err, "Websites(%q).List(%s)", c.namespace, c.selector)
		matching.Equal(t, c.want, keys(list), "Websites(%q).List(%q)", c.namespace, c.selector)
	}
}

func TestListOfAllNamespaces(t *testing.T) {
	l := lister.NewWebsiteLister(town(t))
	for _, c := range []struct {
		selector labels.Selector
		want     string
	}{
		{everything, "lab/web lab/wiki moon shop/blog shop/web"},
		{gold, "lab/wiki moon shop/web"},
		{labels.Nothing(), "none"},
	} {
		list, err := l.List(c.selector)
		matching.NoError(t, err, "List(%s)", c.selector)
		matching.Equal(t, c.want, keys(list), "List(%q)", c.selector)
		list, err = l.Websites("").List(c.selector)
		matching.NoError(t, err, "Websites(\"\").List(%s)", c.selector)
		matching.Equal(t, c.want, keys(list), "Websites(\"\").List(%q)", c.selector)
	}
}

func TestWebsitesWithoutLabels(t *testing.T) {
	plain := website("shop/plain", "")
	plain.Labels = nil
	l := lister.NewWebsiteLister(holding(t, byNamespace, website("shop/web", "gold"), plain))
	for text, want := range map[string]string{"!tier": "shop/plain", "tier!=gold": "shop/plain", "tier": "shop/web"} {
		selector, err := labels.Parse(text)
		matching.NoError(t, err, "parse %s", text)
		list, err := l.Websites("shop").List(selector)
		matching.NoError(t, err, "Websites(\"shop\").List(%q), where plain has no labels", text)
		matching.Equal(t, want, keys(list), "Websites(\"shop\").List(%q), where plain has no labels", text)
	}
}

func TestGet(t *testing.T) {
	l := lister.NewWebsiteLister(town(t))
	for _, c := range []struct{ namespace, name, want string }{
		{"shop", "web", "shop/web"}, {"lab", "web", "lab/web"}, {"lab", "wiki", "lab/wiki"}, {"", "moon", "moon"},
	} {
		site, err := l.Websites(c.namespace).Get(c.name)
		byName.NoError(t, err, "Websites(%q).Get(%q)", c.namespace, c.name)
		byName.Equal(t, c.want, keys([]*v1alpha1.Website{site}), "Websites(%q).Get(%q)", c.namespace, c.name)
	}
}

func TestGetOfWhatIsNotThere(t *testing.T) {
	l := lister.NewWebsiteLister(town(t))
	for _, c := range []struct{ namespace, name string }{{"shop", "wiki"}, {"bank", "web"}, {"", "web"}, {"shop", ""}, {"shop", "moon"}} {
		site, err := l.Websites(c.namespace).Get(c.name)
		if !apierrors.IsNotFound(err) || site != nil {
			byName.Broken(t, invariant.Report{
				Doing:    fmt.Sprintf("Websites(%q).Get(%q)", c.namespace, c.name),
				Expected: "an error that apierrors.IsNotFound knows, and nil", Saw: fmt.Sprintf("%v, error: %v", site, err),
			})
		}
		want := fmt.Sprintf(`website.workbook.example.com "%s" not found`, c.name)
		byName.Equal(t, want, err.Error(), "Websites(%q).Get(%q): what does the error say", c.namespace, c.name)
	}
}

// spy is an indexer that notes what it is asked for.
type spy struct {
	store.Indexer
	asked []string
}

func (s *spy) List() []any {
	s.asked = append(s.asked, "List()")
	return s.Indexer.List()
}

func (s *spy) ListKeys() []string {
	s.asked = append(s.asked, "ListKeys()")
	return s.Indexer.ListKeys()
}

func (s *spy) ByIndex(name, value string) ([]any, error) {
	s.asked = append(s.asked, fmt.Sprintf("index %s = %q", name, value))
	return s.Indexer.ByIndex(name, value)
}

func (s *spy) Index(name string, obj any) ([]any, error) {
	site, _ := obj.(metav1.Object)
	if site == nil {
		return nil, errors.New("index of something that is no object")
	}
	s.asked = append(s.asked, fmt.Sprintf("index %s = %q", name, site.GetNamespace()))
	return s.Indexer.Index(name, obj)
}

func TestNobodySearches(t *testing.T) {
	for _, c := range []struct {
		doing string
		do    func(l lister.WebsiteLister) error
		want  []string
	}{
		{"Websites(\"shop\").List(everything)", func(l lister.WebsiteLister) error { _, err := l.Websites("shop").List(everything); return err },
			[]string{`index namespace = "shop"`}},
		{"Websites(\"shop\").List(gold)", func(l lister.WebsiteLister) error { _, err := l.Websites("shop").List(gold); return err },
			[]string{`index namespace = "shop"`}},
		{"Websites(\"shop\").Get(\"web\")", func(l lister.WebsiteLister) error { _, err := l.Websites("shop").Get("web"); return err }, nil},
		{"List(gold)", func(l lister.WebsiteLister) error { _, err := l.List(gold); return err }, []string{"List()"}},
	} {
		s := &spy{Indexer: town(t)}
		noSearch.NoError(t, c.do(lister.NewWebsiteLister(s)), "%s", c.doing)
		noSearch.Equal(t, c.want, s.asked, "%s: what is the indexer asked for, besides keys", c.doing)
	}
}

func TestObjectsAreTheIndexers(t *testing.T) {
	site := website("shop/web", "gold")
	l := lister.NewWebsiteLister(holding(t, byNamespace, site))
	got, err := l.Websites("shop").Get("web")
	own.NoError(t, err, "get a Website")
	all, err := l.List(everything)
	own.NoError(t, err, "list all Websites")
	inside, err := l.Websites("shop").List(gold)
	own.NoError(t, err, "list the Websites of a namespace")
	own.Equal(t, "shop/web, shop/web", keys(all)+", "+keys(inside), "list all Websites, and those of the only namespace")
	for _, c := range []struct {
		doing string
		saw   *v1alpha1.Website
	}{{"get a Website", got}, {"list all Websites", all[0]}, {"list the Websites of a namespace", inside[0]}} {
		if c.saw != site {
			own.Broken(t, invariant.Report{Doing: c.doing, Expected: fmt.Sprintf("the object at %p", site), Saw: fmt.Sprintf("the object at %p", c.saw)})
		}
	}
}

func TestStrangerInTheIndexer(t *testing.T) {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "pod"}}
	l := lister.NewWebsiteLister(holding(t, byNamespace, website("shop/web", "gold"), pod, website("lab/web", "gold")))
	_, err := l.Websites("shop").Get("pod")
	isError(t, "an indexer holds a Pod: get it", nil, err)
	list, err := l.List(everything)
	isError(t, "an indexer holds a Pod, too: list all", list, err)
	list, err = l.Websites("shop").List(everything)
	isError(t, "an indexer holds a Pod, too: list its namespace", list, err)
	list, err = l.Websites("lab").List(everything)
	strangers.NoError(t, err, "an indexer holds a Pod in shop: list another namespace")
	strangers.Equal(t, "lab/web", keys(list), "an indexer holds a Pod in shop: list another namespace")
}

func TestIndexerWithoutTheIndex(t *testing.T) {
	l := lister.NewWebsiteLister(holding(t, nil, website("shop/web", "gold")))
	list, err := l.Websites("shop").List(everything)
	isError(t, "an indexer has no index of namespaces: list one", list, err)
	list, err = l.List(gold)
	strangers.NoError(t, err, "an indexer has no index of namespaces: list all")
	strangers.Equal(t, "shop/web", keys(list), "an indexer has no index of namespaces: list all")
	site, err := l.Websites("shop").Get("web")
	strangers.NoError(t, err, "an indexer has no index of namespaces: get a Website")
	strangers.Equal(t, "web", site.Name, "an indexer has no index of namespaces: get a Website")
}

// isError wants an error that isn't about something that is missing.
func isError(t *testing.T, doing string, list []*v1alpha1.Website, err error) {
	t.Helper()
	if err == nil || apierrors.IsNotFound(err) || len(list) > 0 {
		strangers.Broken(t, invariant.Report{Doing: doing, Expected: "an error, not NotFound, and no list", Saw: fmt.Sprintf("%s, error: %v", keys(list), err)})
	}
}

func TestRandomTowns(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	for range 200 {
		indexer := holding(t, byNamespace)
		for range random.IntN(12) {
			if err := indexer.Add(website(pick("shop/", "lab/", "bank/", "")+pick("web", "blog", "wiki"), pick("gold", "tin"))); err != nil {
				t.Fatal(err)
			}
		}
		written, made := lister.NewWebsiteLister(indexer), generated.NewWebsiteLister(indexer)
		namespace, name := pick("shop", "lab", "bank", ""), pick("web", "blog", "wiki", "moon")
		for _, selector := range []labels.Selector{everything, gold} {
			want, _ := made.Websites(namespace).List(selector)
			saw, err := written.Websites(namespace).List(selector)
			asGenerated.NoError(t, err, "Websites(%q).List(%q)", namespace, selector)
			asGenerated.Equal(t, keys(want), keys(saw), "Websites(%q).List(%q)", namespace, selector)
		}
		want, wrong := made.Websites(namespace).Get(name)
		saw, err := written.Websites(namespace).Get(name)
		asGenerated.Equal(t, fmt.Sprint(wrong), fmt.Sprint(err), "Websites(%q).Get(%q): compare the errors", namespace, name)
		asGenerated.Equal(t, want, saw, "Websites(%q).Get(%q)", namespace, name)
	}
}
