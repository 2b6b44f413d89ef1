package clientgen

import (
	"fmt"
	"slices"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// method is one that +genclient:method asks for.
type method struct {
	model.Method
	Client *client
}

// parts are what the client and its fake are made of, and use: fields and methods of lib/typed.
var parts = []string{"Client", "ClientWithList", "FakeClient", "FakeClientWithList", "Fake", "GetClient", "GetNamespace", "Resource", "Kind", "Namespace"}

// check reports a name that would hide one of those.
func (m *method) check() error {
	if !slices.Contains(parts, m.Name) {
		return nil
	}
	return &scan.Error{Pos: m.Pos, What: fmt.Sprintf("method %s would hide a part of the client", m.Name), Instead: "another name"}
}

// Object is the type that is sent, and Answer the one that comes back; of a list, the type of its items.
func (m *method) Object() model.Ref { return m.whole(m.Input) }
func (m *method) Answer() model.Ref { return m.whole(m.Result) }

// Returned is Answer, or the type of the list.
func (m *method) Returned() model.Ref {
	ref := m.Answer()
	if m.Verb == model.List {
		ref.Name += "List"
	}
	return ref
}

// whole fills in what a tag may leave out.
func (m *method) whole(ref model.Ref) model.Ref {
	if ref.Name == "" {
		ref.Name = m.Client.Name
	}
	if ref.Package == "" {
		ref.Package = m.Client.Package.Path
	}
	return ref
}

// Param is the name of the parameter for the object that is sent.
func (m *method) Param() string {
	name := param(m.Object().Name)
	if name == m.NameParam() {
		return name + "Object"
	}
	return name
}

// Is says whether the method has a verb.
func (m *method) Is(verb model.Verb) bool { return m.Verb == verb }

// Named says whether the method takes the object's name as a parameter, before the object that it sends if it sends one.
func (m *method) Named() bool {
	return m.Subresource != "" || m.Verb == model.Get || m.Verb == model.Patch
}

// NameParam is the name of that parameter.
func (m *method) NameParam() string {
	if m.Subresource == "" || m.Verb == model.Patch {
		return "name"
	}
	return m.Client.NameParam()
}

// Root is what the constructors of actions have in their names for resources outside namespaces.
func (m *method) Root() string {
	if m.Client.Namespaced() {
		return ""
	}
	return "Root"
}

// Sub is what they have in their names for subresources.
func (m *method) Sub() string {
	if m.Subresource == "" {
		return ""
	}
	return "Subresource"
}

// Comment says what the method does.
func (m *method) Comment() string {
	does := map[model.Verb]string{
		model.Create: "creates", model.Update: "replaces", model.Get: "reads", model.List: "lists", model.Patch: "changes",
	}[m.Verb]
	switch {
	case m.Subresource != "" && m.Verb == model.Create:
		return fmt.Sprintf("%s posts to the %s subresource of the named %s.", m.Name, m.Subresource, m.Client.Word())
	case m.Subresource != "":
		return fmt.Sprintf("%s %s the %s subresource of the named %s.", m.Name, does, m.Subresource, m.Client.Word())
	case m.Verb == model.List:
		return fmt.Sprintf("%s lists %s.", m.Name, m.Client.Words)
	case m.Verb == model.Create:
		return fmt.Sprintf("%s creates what it is given.", m.Name)
	}
	return fmt.Sprintf("%s %s the named %s.", m.Name, does, m.Client.Word())
}
