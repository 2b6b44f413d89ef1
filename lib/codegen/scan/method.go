package scan

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

// What a method's verb may be, and which of them send or return a type that can be chosen.
var (
	methodVerbs = []model.Verb{model.Create, model.Update, model.Get, model.List, model.Patch, model.Apply}
	inputVerbs  = []model.Verb{model.Create, model.Update, model.Apply}
)

// readMethod reads GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale.
func (c *client) readMethod(tag model.Tag) {
	if tag.Value == "" {
		return // isKnown has said so
	}
	name, settings, _ := strings.Cut(tag.Value, ",")
	m := model.Method{Name: strings.TrimSpace(name), Pos: tag.Pos}
	if !c.checkMethodName(m) {
		return
	}
	values := c.readSettings(tag, m.Name, settings)
	m.Verb, m.Subresource = model.Verb(values["verb"]), values["subresource"]
	if !c.checkMethodVerb(m, values) {
		return
	}
	if m.Subresource != "" && !subresource.MatchString(m.Subresource) {
		c.at(m.Pos, "subresource %q of method %s cannot stand in a URL", m.Subresource, m.Name).instead("letters and digits, such as subresource=scale")
	}
	m.Input, m.Result = c.readRef(m, "input", values["input"]), c.readRef(m, "result", values["result"])
	if m.Verb != model.Apply { // there are no apply configurations that it could send
		c.Methods = append(c.Methods, m)
	}
	if m.Verb == model.List && m.Result.Package == "" {
		c.checkList(m.Pos, c.resultName(m), "no such method")
	}
}

var subresource = regexp.MustCompile(`^[a-zA-Z0-9]+([-./][a-zA-Z0-9]+)*$`)

func (c *client) resultName(m model.Method) string {
	if m.Result.Name != "" {
		return m.Result.Name
	}
	return c.of.Name
}

func (c *client) checkMethodName(m model.Method) bool {
	verb := model.Verb(model.Unexported(m.Name))
	switch {
	case m.Name == "" || strings.Contains(m.Name, "="):
		c.at(m.Pos, "+%s has no name for the method", method).instead("+%s=GetScale,verb=get, or the like", method)
	case !token.IsIdentifier(m.Name) || !ast.IsExported(m.Name):
		c.at(m.Pos, "%q is no name for a method that others call", m.Name).instead("a Go name that begins with a capital letter, such as GetScale")
	case c.Has(verb):
		c.at(m.Pos, "method %s is there already, from the verb %s", m.Name, verb).instead("another name, or +%s=%s", skipVerbs, verb)
	case slices.ContainsFunc(c.Methods, func(o model.Method) bool { return o.Name == m.Name }):
		c.at(m.Pos, "method %s stands here a second time", m.Name).instead("another name")
	default:
		return true
	}
	return false
}

var settingNames = []string{"verb", "subresource", "input", "result"}

// readSettings splits verb=get,subresource=scale.
func (c *client) readSettings(tag model.Tag, name, settings string) map[string]string {
	values := map[string]string{}
	if settings == "" {
		return values
	}
	for setting := range strings.SplitSeq(settings, ",") {
		key, value, _ := strings.Cut(setting, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !slices.Contains(settingNames, key):
			c.at(tag.Pos, "method %s has the unknown setting %q", name, key).instead("%s", oneOf(key, settingNames, ""))
		case value == "":
			c.at(tag.Pos, "setting %s of method %s has no value", key, name).instead("%s=…, or leave it out", key)
		case values[key] != "":
			c.at(tag.Pos, "method %s has %s twice", name, key).instead("it once")
		default:
			values[key] = value
		}
	}
	return values
}

// checkMethodVerb reports a verb that is missing, unknown or not for methods, and an input that it would not send.
func (c *client) checkMethodVerb(m model.Method, values map[string]string) bool {
	switch {
	case m.Verb == "":
		c.at(m.Pos, "method %s has no verb", m.Name).instead("+%s=%s,verb=get, or another of %s", method, m.Name, words(methodVerbs))
	case !slices.Contains(model.AllVerbs, m.Verb):
		c.at(m.Pos, "method %s has the unknown verb %q", m.Name, m.Verb).instead("verb=%s", oneOf(string(m.Verb), methodVerbs, ""))
	case !slices.Contains(methodVerbs, m.Verb):
		c.at(m.Pos, "no method can have the verb %s, as %s has", m.Verb, m.Name).instead("one of %s", words(methodVerbs))
	case values["input"] != "" && !slices.Contains(inputVerbs, m.Verb):
		c.at(m.Pos, "method %s has an input, and a %s sends none", m.Name, m.Verb).instead("it without input=%s, or verb=create or update", values["input"])
	default:
		return true
	}
	return false
}

func words(verbs []model.Verb) string {
	var all []string
	for _, v := range verbs {
		all = append(all, string(v))
	}
	return strings.Join(all, ", ")
}

// readRef reads a type: "Scale" of this package, or "k8s.io/api/autoscaling/v1.Scale".
func (c *client) readRef(m model.Method, setting, value string) model.Ref {
	dot := strings.LastIndexByte(value, '.')
	ref := model.Ref{Package: value[:max(dot, 0)], Name: value[dot+1:]}
	problem := c.at(m.Pos, "%s=%s of method %s is no exported type", setting, value, m.Name)
	switch {
	case value == "":
	case !token.IsIdentifier(ref.Name) || !ast.IsExported(ref.Name):
		problem.instead("%s=Scale or %s=k8s.io/api/autoscaling/v1.Scale, or the like", setting, setting)
	case dot < 0:
		if c.lookup(ref.Name) == nil {
			problem.what += " of this package"
			problem.instead("%s=<import path>.%s, or declare it here", setting, ref.Name)
		}
	case !importPath.MatchString(ref.Package):
		path := c.of.in.imported(ref.Package)
		if path == "" {
			path = "<import path>"
		}
		problem.what += ": " + ref.Package + " is no import path"
		problem.instead("%s=%s.%s", setting, path, ref.Name)
	}
	if ref.Package == c.pkg.Path {
		ref.Package = ""
	}
	return ref
}

// importPath matches what can only be the path of a package with types of an API: it has a dot or slash, unlike "v1".
var importPath = regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_~]*([./][-A-Za-z0-9_~]+)+$`)
