package tags_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"client-go-workbook/exercises/ch05-codegen/ex01-tags"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/codegen/scan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	twoBlocks = invariant.Invariant{
		Says: "two blocks count: the one right above, and the one that a blank line separates from it",
		Read: "README.md, Invariant; lib/codegen/scan/comments.go, claim",
	}
	noOther = invariant.Invariant{
		Says: "no block counts that is further away",
		Read: "README.md, Invariant; lib/codegen/scan/comments.go, claim",
	}
	isTag = invariant.Invariant{
		Says: "a tag is a line that begins with a plus and a name, but for blanks in front",
		Read: "README.md, third paragraph; lib/codegen/scan/tags.go, parseTag",
	}
	value = invariant.Invariant{
		Says: "the value is all that stands behind the first =, without the blanks around it",
		Read: "README.md, third paragraph; lib/codegen/scan/tags.go, parseTag",
	}
	inOrder = invariant.Invariant{
		Says: "tags come as they stand in the file, and each as often as it stands there",
		Read: "tags.go, Above; lib/codegen/scan/comments.go, claim",
	}
	asLib = invariant.Invariant{
		Says: "what the generators of lib/ see, and nothing else",
		Read: "lib/codegen/scan/tags.go, Tags",
	}
)

// story is tags in a line: "genclient, resourceName→sites".
func story(all []tags.Tag) string {
	var each []string
	for _, tag := range all {
		text := tag.Name
		if tag.Value != "" {
			text += "→" + tag.Value
		}
		each = append(each, text)
	}
	if len(each) == 0 {
		return "none"
	}
	return strings.Join(each, ", ")
}

const head = "package v1\n\n"

// check reads the tags of Website in lines that follow the package clause.
func check(t *testing.T, rule invariant.Invariant, want string, lines ...string) {
	t.Helper()
	source := strings.Join(lines, "\n")
	saw, err := tags.Of(head+source+"\n", "Website")
	if err != nil {
		t.Fatal(err)
	}
	rule.Equal(t, want, story(saw), "read the tags of Website in\n%s", source)
}

const website = "type Website struct{}"

func TestTagsRightAbove(t *testing.T) {
	check(t, twoBlocks, "genclient", "// +genclient", website)
	check(t, twoBlocks, "genclient, genclient:noStatus", "// Website is shown.", "// +genclient", "// Its status is not.", "// +genclient:noStatus", website)
	check(t, twoBlocks, "none", "// Website is shown.", website)
	check(t, twoBlocks, "none", website)
}

func TestTagsOneBlankLineFurtherUp(t *testing.T) {
	check(t, twoBlocks, "genclient", "// +genclient", "", "// Website is shown.", website)
	check(t, twoBlocks, "genclient", "// +genclient", "", "// Website is shown", "// to all", "// who pay.", website)
	check(t, twoBlocks, "genclient, resourceName→sites", "// +genclient", "", "// +resourceName=sites", website)
}

func TestNothingRightAbove(t *testing.T) {
	check(t, twoBlocks, "genclient", "// +genclient", "", website)
	check(t, twoBlocks, "genclient", "/*", "+genclient", "*/", "", website)
}

func TestTooFarAway(t *testing.T) {
	check(t, noOther, "none", "// +genclient", "", "", website)
	check(t, noOther, "none", "// +genclient", "", "", "// Website is shown.", website)
	check(t, noOther, "none", "// +genclient", "", "// By the way:", "", "// Website is shown.", website)
	check(t, noOther, "resourceName→sites", "// +genclient", "", "// +resourceName=sites", "", website)
}

func TestOthersTags(t *testing.T) {
	check(t, noOther, "none", website, "// +genclient", "type Page struct{}")
	check(t, noOther, "none", "// +genclient", "type Page struct{}", "", website)
	check(t, noOther, "none", "// +genclient", "type Page struct{}", website)
	check(t, noOther, "b", "// +a", "type Page struct{}", "// +b", website)
	check(t, noOther, "none", "type Page struct {", "\t// +optional", "\tTitle string", "\t// +page", "}", "", website)
	check(t, noOther, "b", "type (", "\t// +a", "\tPage struct{}", "", "\t// +b", "\tWebsite struct{}", ")")
}

func TestLinesThatAreNoTags(t *testing.T) {
	check(t, isTag, "none", "// Give it +genclient, or +genclient:noStatus.", website)
	check(t, isTag, "none", "// 1 and", "// + 1 are", "// +\t2", "// +", "// +=2", website)
	check(t, isTag, "genclient", "// For example:", "//", "//\t+genclient:noVerbs", "//", "// +genclient", website)
}

func TestBlanksInFrontOfTags(t *testing.T) {
	check(t, isTag, "genclient", "//+genclient", website)
	check(t, isTag, "genclient", "//    +genclient", website)
	check(t, isTag, "genclient, a, b", "/* +genclient", "+a", "   +b */", website)
}

func TestNamesAndValues(t *testing.T) {
	check(t, value, "genclient:onlyVerbs→get,list", "// +genclient:onlyVerbs=get,list", website)
	check(t, value, "genclient:method→GetScale,verb=get,subresource=scale", "// +genclient:method=GetScale,verb=get,subresource=scale", website)
	check(t, value, "resourceName→sites", "// +resourceName = sites  ", website)
	check(t, value, "genclient", "// +genclient   ", website)
	check(t, value, "resourceName", "// +resourceName=", website)
	check(t, value, `title→"a web site" // or so`, `// +title="a web site" // or so`, website)
	check(t, value, "k8s:deepcopy-gen:interfaces→k8s.io/apimachinery/pkg/runtime.Object", "// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object", website)
}

func TestOrderAndRepetitions(t *testing.T) {
	check(t, inOrder, "c, a, b", "// +c", "", "// +a", "// +b", website)
	check(t, inOrder, "genclient, genclient:method→GetScale, genclient:method→SetScale, genclient",
		"// +genclient", "// +genclient:method=GetScale", "", "// +genclient:method=SetScale", "// +genclient", website)
}

// Each random file is a type below some of these lines.
var alphabet = []string{"", "", "// Website is shown.", "// +genclient", "// +genclient:method=A,verb=get", "//+resourceName=sites", "//\t+a", "// + a", "/* +b */", "var _ = 1", "type Page struct{}"}

func TestRandomFiles(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 1))
	for range 500 {
		var lines []string
		for range random.IntN(8) {
			lines = append(lines, strings.ReplaceAll(alphabet[random.IntN(len(alphabet))], "Page", fmt.Sprint("Page", len(lines))))
		}
		lines = append(lines, website)
		check(t, asLib, story(libs(t, head+strings.Join(lines, "\n")+"\n")), lines...)
	}
}

// libs are the tags that lib/codegen reads.
func libs(t *testing.T, source string) []tags.Tag {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "types.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var all []tags.Tag
	for spec, found := range scan.Tags(fset, file).Types {
		for _, tag := range found {
			if spec.Name.Name == "Website" {
				all = append(all, tags.Tag{Name: tag.Name, Value: tag.Value})
			}
		}
	}
	return all
}
