package scan

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

// The tags that ask for a client, and say what it can do.
const (
	genclient     = "genclient"
	nonNamespaced = "genclient:nonNamespaced"
	noStatus      = "genclient:noStatus"
	noVerbs       = "genclient:noVerbs"
	readonly      = "genclient:readonly"
	onlyVerbs     = "genclient:onlyVerbs"
	skipVerbs     = "genclient:skipVerbs"
	method        = "genclient:method"
	resourceName  = "resourceName"
	oldNoStatus   = "genclientstatus" // =false
)

var (
	clientTags = []string{genclient, nonNamespaced, noStatus, noVerbs, readonly, onlyVerbs, skipVerbs, method}
	withValue  = map[string]string{onlyVerbs: "get,list,watch", skipVerbs: "delete,deleteCollection", method: "GetScale,verb=get,subresource=scale", resourceName: "widgets"}

	// Of the days before genclient had a colon, and what took their place.
	oldTags = map[string]string{"nonNamespaced": nonNamespaced, "readonly": readonly, "noMethods": noVerbs, oldNoStatus: noStatus}
)

// isClientTag says whether a tag means a client, well written or not.
func isClientTag(name string) bool { return strings.HasPrefix(name, genclient) }

// client reads the tags of one type.
type client struct {
	*reader
	of   *declared
	tags map[string]model.Tag // by name, the last of each
	*model.Client
}

// readClient makes the client that the tags of a type ask for, and checks that the type can have one.
func (r *reader) readClient(d *declared) {
	c := client{r, d, map[string]model.Tag{}, &model.Client{}}
	for _, tag := range d.Tags {
		if c.isKnown(tag) {
			c.tags[tag.Name] = tag
		}
	}
	if !c.isAskedFor() {
		return
	}
	d.Client = c.Client
	c.NonNamespaced, c.NoStatus = c.says(nonNamespaced), c.says(noStatus)
	c.Resource = c.readResource()
	c.Verbs = c.readVerbs()
	for _, tag := range d.Tags {
		if tag.Name == method {
			c.readMethod(tag)
		}
	}
	c.checkType()
}

func (c *client) says(tag string) bool {
	_, ok := c.tags[tag]
	return ok
}

// isKnown reports unknown and old tags, values where none belong, missing ones, and tags that stand twice.
func (c *client) isKnown(tag model.Tag) bool {
	name, more, _ := strings.Cut(tag.Name, " ")
	value := withValue[name]
	switch {
	case oldTags[name] != "":
		c.at(tag.Pos, "+%s is the old form", written(tag)).instead("%s", flag(oldTags[name], (tag.Value == "false") == (name == oldNoStatus)))
	case name == resourceName && tag.Value == "", isClientTag(name) && value != "" && tag.Value == "":
		c.at(tag.Pos, "+%s has no value", name).instead("+%s=%s, or the like", name, value)
	case value != "" && more != "":
		c.at(tag.Pos, "+%s has %q before its value", name, more).instead("the value right behind +%s=", name)
	case c.says(name) && (name == resourceName || isClientTag(name) && name != genclient && name != method):
		c.at(tag.Pos, "+%s stands here a second time", name).instead("it once")
	case !isClientTag(name):
		return true
	case !slices.Contains(clientTags, name):
		c.at(tag.Pos, "unknown tag +%s", name).instead("%s", oneOf(name, clientTags, "+"))
	case value == "" && written(tag) != name:
		c.at(tag.Pos, "+%s takes no value, and this one has %q", name, strings.TrimSpace(strings.TrimPrefix(written(tag), name))).
			instead("%s", flag(name, tag.Value != "false"))
	default:
		return true
	}
	return false
}

// flag is how to say yes or no with a tag that has no value.
func flag(name string, yes bool) string {
	if yes {
		return "+" + name
	}
	return "nothing: without the tag, it is as if it were false"
}

// written is a tag as its author wrote it, but for spaces and the plus.
func written(tag model.Tag) string {
	if tag.Value == "" {
		return tag.Name
	}
	return tag.Name + "=" + tag.Value
}

// isAskedFor reports tags without +genclient, and +genclient where no client can be. Without it, a type may be what it likes.
func (c *client) isAskedFor() bool {
	first := c.of.Tags[slices.IndexFunc(c.of.Tags, func(t model.Tag) bool { return isClientTag(t.Name) })]
	_, isStruct := c.of.spec.Type.(*ast.StructType)
	switch {
	case !c.says(genclient):
		wrong := slices.ContainsFunc(c.of.Tags, func(t model.Tag) bool { return t.Name == genclient }) // and reported
		if !wrong && c.says(first.Name) {
			c.at(first.Pos, "+%s without +genclient", first.Name).instead("// +genclient in the line above")
		}
		return false
	case c.of.spec.TypeParams != nil:
		c.at(first.Pos, "%s is generic, and an API cannot be", c.of.Name).instead("a type without type parameters, and +genclient above that")
	case c.of.spec.Assign.IsValid():
		c.at(first.Pos, "%s is an alias", c.of.Name).instead("+genclient above the struct that it stands for")
	case !isStruct:
		c.at(first.Pos, "%s is no struct", c.of.Name).instead("type %s struct, or leave the tag out", c.of.Name)
	case !ast.IsExported(c.of.Name):
		c.at(first.Pos, "%s is not exported", c.of.Name).instead("type %s struct", model.Exported(c.of.Name))
	default:
		return true
	}
	return false
}

var urlPart = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$`)

func (c *client) readResource() string {
	tag, ok := c.tags[resourceName]
	if ok && !urlPart.MatchString(tag.Value) {
		c.at(tag.Pos, "+resourceName=%s cannot stand in a URL", tag.Value).instead("lower-case letters and digits, such as +resourceName=widgets")
	}
	return tag.Value
}

// readVerbs returns what the tags leave of the verbs that can be generated for this type.
func (c *client) readVerbs() []model.Verb {
	c.checkContradictions()
	only, hasOnly := c.verbsOf(onlyVerbs)
	skip, _ := c.verbsOf(skipVerbs)
	if c.says(readonly) {
		only, hasOnly = append(only, model.Get, model.List, model.Watch), true
	}
	hasStatus := c.of.HasStatus()
	if slices.Contains(only, model.UpdateStatus) && !hasStatus {
		c.at(c.tags[onlyVerbs].Pos, "+%s wants updateStatus, but %s has no status", onlyVerbs, c.of.Name).
			instead("a field Status (and no +%s), or the tag without updateStatus", noStatus)
	}
	if c.says(noVerbs) {
		return nil
	}
	var verbs []model.Verb
	for _, v := range model.AllVerbs {
		switch {
		case v == model.Apply, v == model.ApplyStatus, v == model.UpdateStatus && !hasStatus:
		case hasOnly && !slices.Contains(only, v), slices.Contains(skip, v):
		default:
			verbs = append(verbs, v)
		}
	}
	return verbs
}

// checkContradictions reports tags of which one would silently win.
func (c *client) checkContradictions() {
	for _, pair := range [][2]string{{onlyVerbs, skipVerbs}, {readonly, skipVerbs}, {noVerbs, onlyVerbs}, {noVerbs, skipVerbs}, {noVerbs, readonly}} {
		if c.says(pair[0]) && c.says(pair[1]) {
			c.at(c.tags[pair[1]].Pos, "+%s contradicts +%s", pair[1], pair[0]).instead("one of them")
		}
	}
}

// verbsOf reads the list of verbs of a tag, and reports those that nobody knows.
func (c *client) verbsOf(name string) ([]model.Verb, bool) {
	tag, ok := c.tags[name]
	if !ok {
		return nil, false
	}
	var verbs []model.Verb
	for word := range strings.SplitSeq(tag.Value, ",") {
		verb := model.Verb(strings.TrimSpace(word))
		if verb == "" {
			c.at(tag.Pos, "+%s has an empty verb", name).instead("the verbs with one comma between two")
		} else if !slices.Contains(model.AllVerbs, verb) {
			c.at(tag.Pos, "+%s has the unknown verb %q", name, verb).instead("%s", oneOf(string(verb), model.AllVerbs, ""))
		}
		verbs = append(verbs, verb)
	}
	return verbs, true
}

// oneOf says what could have been meant: the word that is nearest, or else all of them.
func oneOf[S ~string](word string, known []S, prefix string) string {
	var all []string
	best, least := "", len(word)/3+2
	for _, k := range known {
		all = append(all, prefix+string(k))
		if d := distance(strings.ToLower(word), strings.ToLower(string(k))); d < least {
			best, least = prefix+string(k), d
		}
	}
	if best != "" {
		return best
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}

// distance is how many bytes must be put in, left out or replaced to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
