package clientgen

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// client is a type with a client, and the data of the templates for it.
type client struct {
	*model.Type
	Group   *group
	Methods []*method

	Plural   string // "NetworkPolicies"
	Struct   string // "networkPolicies"
	Resource string // "networkpolicies"
	Words    string // "network policies"
}

func newClient(g *group, names model.Names, t *model.Type) *client {
	c := &client{
		Type: t, Group: g,
		Plural:   names.PublicPlural(t),
		Struct:   unlike(names.PrivatePlural(t), "Client"),
		Resource: names.Resource(t),
		Words:    words(names.Plural(t.Name)),
	}
	for _, m := range t.Client.Methods {
		if m.Verb != model.Apply && m.Verb != model.ApplyStatus {
			c.Methods = append(c.Methods, &method{m, c})
		}
	}
	return c
}

// Can says whether the client has a verb, as tags spell it.
func (c *client) Can(verb model.Verb) bool { return c.Type.Client.Has(verb) }

// HasVerbs says whether the client has any method, those of its expansion aside.
func (c *client) HasVerbs() bool { return len(c.Type.Client.Verbs)+len(c.Methods) > 0 }

// HasList says whether the client needs the list type.
func (c *client) HasList() bool { return c.Can(model.List) || c.Can(model.DeleteCollection) }

func (c *client) Namespaced() bool { return !c.Type.Client.NonNamespaced }

func (c *client) Interface() string { return c.Name + "Interface" }

// Param is the name of a parameter for an object.
func (c *client) Param() string { return param(c.Name) }

// NameParam is the name of a parameter for an object's name.
func (c *client) NameParam() string { return model.Unexported(c.Name) + "Name" }

// Word is what one object is called in a sentence: "network policy".
func (c *client) Word() string { return words(c.Name) }

// Does is what the interface is for, in a sentence.
func (c *client) Does() string {
	reads := c.Can(model.Get) || c.Can(model.List) || c.Can(model.Watch)
	creates := c.Can(model.Create)
	changes := c.Can(model.Update) || c.Can(model.UpdateStatus) || c.Can(model.Patch) || c.Can(model.Delete) || c.Can(model.DeleteCollection)
	switch {
	case reads && (creates || changes):
		return "reads and writes"
	case reads:
		return "reads"
	case creates && !changes:
		return "creates"
	}
	return "writes"
}

// AllNamespaces is what the client can do without a namespace, in a sentence; empty if that is nothing.
func (c *client) AllNamespaces() string {
	switch {
	case c.Can(model.List) && c.Can(model.Watch):
		return "lists and watches"
	case c.Can(model.List):
		return "lists"
	case c.Can(model.Watch):
		return "watches"
	}
	return ""
}

// picture is the client's line in the package comment: how to get it, its URL, what it has besides its verbs.
func (c *client) picture() [3]string {
	row := [3]string{c.Plural + "()", c.Resource}
	if c.Namespaced() {
		row = [3]string{c.Plural + "(namespace)", "namespaces/{namespace}/" + c.Resource}
	}
	var more []string
	for _, m := range c.Methods {
		more = append(more, m.Name)
	}
	row[2] = strings.Join(more, " ")
	return row
}

// check reports a DeleteCollection for which the list type is missing: scan asks for it only where there is a List.
func (c *client) check() error {
	if c.HasList() && !c.Group.declares(c.Name+"List") {
		return &scan.Error{
			Pos:     c.Pos,
			What:    fmt.Sprintf("%s has deleteCollection, but there is no type %sList", c.Name, c.Name),
			Instead: "that type, or leave deleteCollection out of its verbs",
		}
	}
	return nil
}

// locals are the receiver, the parameters and the variables of generated methods. Nothing that a method speaks of can be called so.
var locals = []string{"c", "ctx", "opts", "options", "name", "pt", "data", "subresources", "result", "timeout", "err", "action"}

// imported are the packages that generated methods speak of.
var imported = []string{"context", "http", "metav1", "types", "watch", "schema", "runtime", "rest", "scheme", "typed", "testing", "discovery", "flowcontrol"}

// unlike adds a suffix to a name that means something else in generated code.
func unlike(name, suffix string) string {
	if slices.Contains(locals, name) || slices.Contains(imported, name) || token.IsKeyword(name) {
		return name + suffix
	}
	return name
}

func param(typeName string) string { return unlike(model.Unexported(typeName), "Object") }

// names are those that the client and its fake declare, for no package to be called so.
func (c *client) names() []string {
	all := []string{c.Struct, c.Param()}
	for _, m := range c.Methods {
		all = append(all, m.Param(), m.NameParam())
	}
	return all
}
