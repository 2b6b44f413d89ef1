package model

import "go/token"

// Type is a type that an API package declares.
type Type struct {
	Package *Package
	Name    string // "Deployment"
	Tags    []Tag
	Pos     token.Position
	Fields  []Field // of a struct; nil for other types
	Client  *Client // what +genclient asks for; nil without it
}

// Field is one field of a struct.
type Field struct {
	Name     string // that of the type if Embedded: "ObjectMeta"
	Type     string // as the source has it: "metav1.ObjectMeta", "[]Deployment"
	Embedded bool
	JSON     string // the json tag, whole: "metadata,omitempty"
}

// Has says whether the struct has a field of this name, embedded ones included.
func (t *Type) Has(field string) bool {
	for _, f := range t.Fields {
		if f.Name == field {
			return true
		}
	}
	return false
}

// HasStatus says whether a client can have UpdateStatus: if there is a Status field, and +genclient:noStatus does not deny it.
func (t *Type) HasStatus() bool { return t.Client != nil && t.Has("Status") && !t.Client.NoStatus }

// Client is what the tags of a type ask of its client.
type Client struct {
	NonNamespaced bool     // +genclient:nonNamespaced
	NoStatus      bool     // +genclient:noStatus
	Resource      string   // +resourceName=, the name in URLs; empty: the plural in lower case
	Verbs         []Verb   // what is left of AllVerbs after noVerbs, onlyVerbs, skipVerbs, readonly, in that order; UpdateStatus only with a status, Apply and ApplyStatus never
	Methods       []Method // +genclient:method=, in the order of the source
}

// Has says whether the client has a verb.
func (c *Client) Has(verb Verb) bool {
	for _, v := range c.Verbs {
		if v == verb {
			return true
		}
	}
	return false
}

// Verb is what a client can do with a resource.
type Verb string

// The verbs, as tags spell them.
const (
	Create           Verb = "create"
	Update           Verb = "update"
	UpdateStatus     Verb = "updateStatus"
	Delete           Verb = "delete"
	DeleteCollection Verb = "deleteCollection"
	Get              Verb = "get"
	List             Verb = "list"
	Watch            Verb = "watch"
	Patch            Verb = "patch"
	Apply            Verb = "apply"       // accepted in tags, never generated: there are no apply configurations
	ApplyStatus      Verb = "applyStatus" // likewise
)

// AllVerbs in the order of the methods in generated code.
var AllVerbs = []Verb{Create, Update, UpdateStatus, Delete, DeleteCollection, Get, List, Watch, Patch, Apply, ApplyStatus}

// Method is one that a client has besides its verbs: +genclient:method=GetScale,verb=get,subresource=scale,result=….
type Method struct {
	Name        string // "GetScale"
	Verb        Verb   // create, update, get, list or patch
	Subresource string // "scale"; empty: the resource itself
	Input       Ref    // what create and update send; zero: the type itself
	Result      Ref    // what comes back; zero: the type itself
	Pos         token.Position
}

// Ref names a type.
type Ref struct {
	Package string // import path; empty: the package of the tag
	Name    string
}
