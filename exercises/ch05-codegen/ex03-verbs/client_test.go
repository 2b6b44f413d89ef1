package verbs_test

import (
	"fmt"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	verbs "client-go-workbook/exercises/ch05-codegen/ex03-verbs"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	asked = invariant.Invariant{
		Says: "there is a client if, and only if, +genclient asks for one",
		Read: "client.go, Of; lib/codegen/scan/client.go, isAskedFor",
	}
	left = invariant.Invariant{
		Says: "a client can do what its tags leave of all verbs, in the order of model.AllVerbs",
		Read: "README.md, Invariant; lib/codegen/scan/client.go, readVerbs",
	}
	status = invariant.Invariant{
		Says: "updateStatus is there only if there is a status, and no tag denies it",
		Read: "README.md, second paragraph; lib/codegen/model/type.go, HasStatus",
	}
	neverApply = invariant.Invariant{
		Says: "apply and applyStatus may be named, and are never generated",
		Read: "client.go, Of; lib/codegen/model/type.go, Apply",
	}
	meant = invariant.Invariant{
		Says: "what can't be meant is an error with file, line, tag and verb, and there is no client",
		Read: "client.go, Of; lib/codegen/scan/client.go, checkContradictions, verbsOf",
	}
	asLib = invariant.Invariant{
		Says: "the clients of lib/ have the same verbs",
		Read: "lib/codegen/scan/client.go, readVerbs",
	}
)

// website is a type with a status. Its tags stand in lines 1, 2, 3 and so on of website.go.
func website(tags ...string) verbs.Type {
	t := verbs.Type{Name: "Website", HasStatus: true}
	for i, tag := range tags {
		name, value, _ := strings.Cut(tag, "=")
		t.Tags = append(t.Tags, model.Tag{Name: name, Value: value, Pos: token.Position{Filename: "website.go", Line: i + 1}})
	}
	return t
}

func withoutStatus(t verbs.Type) verbs.Type {
	t.HasStatus = false
	return t
}

// text is the type as its source has it.
func text(t verbs.Type) string {
	var b strings.Builder
	for _, tag := range t.Tags {
		fmt.Fprintf(&b, "// +%s\n", strings.TrimSuffix(tag.Name+"="+tag.Value, "="))
	}
	b.WriteString("type Website struct { … }")
	if t.HasStatus {
		return strings.Replace(b.String(), "…", "…; Status WebsiteStatus", 1)
	}
	return b.String()
}

// story is a client in a line.
func story(c *verbs.Client) string {
	if c == nil {
		return "no client"
	}
	var words []string
	for _, verb := range c.Verbs {
		words = append(words, string(verb))
	}
	if len(words) == 0 {
		words = []string{"nothing"}
	}
	if c.NonNamespaced {
		words = append(words, "outside namespaces")
	}
	return strings.Join(words, " ")
}

const all = "create update updateStatus delete deleteCollection get list watch patch"

func check(t *testing.T, rule invariant.Invariant, want string, typ verbs.Type) {
	t.Helper()
	client, err := verbs.Of(typ)
	rule.NoError(t, err, "make a client of\n%s", text(typ))
	rule.Equal(t, want, story(client), "make a client of\n%s", text(typ))
}

func TestClientIsAskedFor(t *testing.T) {
	check(t, asked, all, website("genclient"))
	check(t, asked, "no client", website())
	check(t, asked, "no client", website("optional", "resourceName=sites"))
	check(t, asked, all, website("resourceName=sites", "genclient", "genclient:method=GetScale,verb=get,subresource=scale"))
}

func TestScopeIsNoMatterOfVerbs(t *testing.T) {
	check(t, left, all+" outside namespaces", website("genclient", "genclient:nonNamespaced"))
	check(t, left, "nothing outside namespaces", website("genclient", "genclient:nonNamespaced", "genclient:noVerbs"))
}

func TestNoVerbs(t *testing.T) {
	check(t, left, "nothing", website("genclient", "genclient:noVerbs"))
	check(t, left, "nothing", website("genclient:noVerbs", "genclient", "genclient:noStatus"))
}

func TestOnlyVerbs(t *testing.T) {
	check(t, left, "get list watch", website("genclient", "genclient:onlyVerbs=get,list,watch"))
	check(t, left, "create", website("genclient", "genclient:onlyVerbs=create"))
	check(t, left, "updateStatus get", website("genclient", "genclient:onlyVerbs=get,updateStatus"))
}

func TestOrderIsNotTheTags(t *testing.T) {
	check(t, left, "create get list watch", website("genclient", "genclient:onlyVerbs=watch, get,create ,list,get"))
}

func TestSkipVerbs(t *testing.T) {
	check(t, left, "create update updateStatus get list watch patch", website("genclient", "genclient:skipVerbs=delete,deleteCollection"))
	check(t, left, "create update delete deleteCollection get list watch patch", website("genclient", "genclient:skipVerbs=updateStatus"))
	check(t, left, "nothing", website("genclient", "genclient:skipVerbs="+strings.ReplaceAll(all, " ", ",")))
}

func TestStatus(t *testing.T) {
	const without = "create update delete deleteCollection get list watch patch"
	check(t, status, without, withoutStatus(website("genclient")))
	check(t, status, without, website("genclient", "genclient:noStatus"))
	check(t, status, without, withoutStatus(website("genclient", "genclient:noStatus")))
	check(t, status, without, withoutStatus(website("genclient", "genclient:skipVerbs=updateStatus")))
	check(t, status, "update get", website("genclient", "genclient:noStatus", "genclient:onlyVerbs=get,update"))
	check(t, status, "update", withoutStatus(website("genclient", "genclient:onlyVerbs=update")))
}

func TestApplyIsNotGenerated(t *testing.T) {
	check(t, neverApply, "get", website("genclient", "genclient:onlyVerbs=apply,get,applyStatus"))
	check(t, neverApply, "nothing", website("genclient", "genclient:onlyVerbs=apply"))
	check(t, neverApply, all, website("genclient", "genclient:skipVerbs=apply,applyStatus"))
	check(t, neverApply, "get", withoutStatus(website("genclient", "genclient:onlyVerbs=get,applyStatus")))
}

// refused wants an error that has each of these texts.
func refused(t *testing.T, typ verbs.Type, has ...string) {
	t.Helper()
	client, err := verbs.Of(typ)
	if err == nil {
		meant.Broken(t, invariant.Report{Doing: "make a client of\n" + text(typ), Expected: "an error with " + strings.Join(has, " and "), Saw: "no error, and a client: " + story(client)})
	}
	for _, part := range has {
		if !strings.Contains(err.Error(), part) {
			meant.Broken(t, invariant.Report{Doing: "make a client of\n" + text(typ), Expected: "an error with " + part, Saw: err.Error()})
		}
	}
	meant.Equal(t, "no client", story(client), "make a client of\n%s\nwhich is an error", text(typ))
}

func TestUnknownVerbs(t *testing.T) {
	refused(t, website("genclient", "genclient:onlyVerbs=get,lists"), "website.go:2", "genclient:onlyVerbs", `"lists"`)
	refused(t, website("genclient", "genclient:skipVerbs=remove"), "website.go:2", "genclient:skipVerbs", `"remove"`)
	refused(t, website("genclient", "genclient:onlyVerbs=Get"), `"Get"`)
	refused(t, website("genclient", "genclient:skipVerbs=*"), `"*"`)
	refused(t, website("genclient", "genclient:skipVerbs=update-status"), `"update-status"`)
}

func TestEmptyVerbs(t *testing.T) {
	refused(t, website("genclient", "genclient:onlyVerbs"), "website.go:2", `""`)
	refused(t, website("genclient", "genclient:skipVerbs"), "website.go:2", `""`)
	refused(t, website("genclient", "genclient:onlyVerbs=get,,list"), `""`)
	refused(t, website("genclient", "genclient:skipVerbs=get,"), `""`)
}

func TestContradictions(t *testing.T) {
	refused(t, website("genclient", "genclient:onlyVerbs=get", "genclient:skipVerbs=list"), "website.go:", "onlyVerbs", "skipVerbs")
	refused(t, website("genclient", "genclient:noVerbs", "genclient:onlyVerbs=get"), "website.go:", "noVerbs", "onlyVerbs")
	refused(t, website("genclient", "genclient:skipVerbs=get", "genclient:noVerbs"), "website.go:", "noVerbs", "skipVerbs")
}

func TestStatusThatIsNotThere(t *testing.T) {
	refused(t, withoutStatus(website("genclient", "genclient:onlyVerbs=get,updateStatus")), "website.go:2", "updateStatus")
	refused(t, website("genclient", "genclient:noStatus", "genclient:onlyVerbs=updateStatus"), "website.go:3", "updateStatus")
}

func TestAllThatIsWrongIsSaid(t *testing.T) {
	refused(t, website("genclient", "genclient:onlyVerbs=lists,gets", "genclient:skipVerbs=deletes"),
		"website.go:2", "website.go:3", `"lists"`, `"gets"`, `"deletes"`)
	refused(t, website("genclient", "genclient:noVerbs", "genclient:onlyVerbs=get", "genclient:skipVerbs=deletes"), `"deletes"`, "noVerbs", "onlyVerbs")
	refused(t, withoutStatus(website("genclient", "genclient:onlyVerbs=lists,updateStatus")), `"lists"`, "updateStatus")
}

func TestTagsThatNobodyReads(t *testing.T) {
	refused(t, website("genclient", "genclient:onlyVerb=get"), "website.go:2", "genclient:onlyVerb")
	refused(t, website("genclient:noStatus"), "website.go:1", "genclient:noStatus")
}

// A file of types with random tags is read by lib/codegen as well.
func TestRandomTypes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 3))
	var types []verbs.Type
	var source strings.Builder
	source.WriteString("package v1\n\nimport metav1 \"k8s.io/apimachinery/pkg/apis/meta/v1\"\n")
	for n := range 200 {
		typ := website(someTags(random)...)
		typ.HasStatus = random.IntN(4) > 0
		if _, err := verbs.Of(typ); err != nil {
			continue // what is an error is not the same everywhere
		}
		typ.Name = fmt.Sprintf("Website%03d", n)
		types = append(types, typ)
		source.WriteString(declaration(typ))
	}
	packages, err := scan.Packages(t.Context(), []string{"."}, scan.Options{Dir: module(t, source.String())})
	asLib.NoError(t, err, "let lib/codegen read the types that Of made clients of\n%s", source.String())
	for _, typ := range types {
		for _, lib := range packages[0].Types {
			if lib.Name == typ.Name {
				check(t, asLib, story(&verbs.Client{NonNamespaced: lib.Client.NonNamespaced, Verbs: lib.Client.Verbs}), typ)
			}
		}
	}
}

func someTags(random *rand.Rand) []string {
	tags := []string{"genclient"}
	for _, tag := range []string{"genclient:noStatus", "genclient:nonNamespaced"} {
		if random.IntN(4) == 0 {
			tags = append(tags, tag)
		}
	}
	var some []string
	for _, verb := range model.AllVerbs {
		if random.IntN(3) == 0 {
			some = append(some, string(verb))
		}
	}
	random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	if list := strings.Join(some, ","); list != "" {
		tags = append(tags, []string{"genclient:onlyVerbs=" + list, "genclient:skipVerbs=" + list}[random.IntN(2)])
	}
	return tags
}

func declaration(t verbs.Type) string {
	var b strings.Builder
	b.WriteString("\n")
	for _, tag := range t.Tags {
		fmt.Fprintf(&b, "// +%s\n", strings.TrimSuffix(tag.Name+"="+tag.Value, "="))
	}
	fmt.Fprintf(&b, "type %s struct {\n\tmetav1.TypeMeta\n\tmetav1.ObjectMeta\n", t.Name)
	if t.HasStatus {
		b.WriteString("\tStatus string\n")
	}
	fmt.Fprintf(&b, "}\n\ntype %[1]sList struct {\n\tmetav1.TypeMeta\n\tmetav1.ListMeta\n\tItems []%[1]s\n}\n", t.Name)
	return b.String()
}

// module is a folder with a Go file.
func module(t *testing.T, source string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/web/v1\n\ngo 1.26\n", "types.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
