package deepcopygen

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

const (
	enabled    = "k8s:deepcopy-gen"
	interfaces = "k8s:deepcopy-gen:interfaces"
	nonPointer = "k8s:deepcopy-gen:nonpointer-interfaces"
)

// isOurs says whether a tag means this generator, well written or not.
func isOurs(tag model.Tag) bool {
	return tag.Name == enabled || strings.HasPrefix(tag.Name, enabled+":")
}

// request is what the tags of a type ask for.
type request struct {
	on, off    bool // +k8s:deepcopy-gen=true, or false
	interfaces []reference
	nonPointer bool
	pos        token.Position // of the first tag
}

// reference names an interface: k8s.io/apimachinery/pkg/runtime.Object.
type reference struct {
	path, name string
	pos        token.Position
}

// wholePackage says whether all types of the package are to be copied, unless they say no.
// A package that says no has nothing generated, and none of its types can ask for it.
func (s *source) wholePackage() (all, none bool) {
	for _, tag := range s.tags {
		switch {
		case !isOurs(tag):
		case tag.Name != enabled:
			s.wrong(tag.Pos, "it above a type", "+%s is about a type, and stands above a package", tag.Name)
		case tag.Value == "package":
			all = true
		case tag.Value == "false":
			none = true
		default:
			s.wrong(tag.Pos, "+k8s:deepcopy-gen=package, or =false", "%q is nothing that a package can ask for", "+"+written(tag))
		}
		if isOurs(tag) && all && none {
			s.wrong(tag.Pos, "one of them", "+k8s:deepcopy-gen=package and =false contradict each other")
			none = false
		}
	}
	return all, none
}

// read reads the tags of a type.
func (s *source) request(tags []model.Tag) request {
	var r request
	for _, tag := range tags {
		if !isOurs(tag) {
			continue
		}
		if r.pos.Filename == "" {
			r.pos = tag.Pos
		}
		switch {
		case tag.Name == enabled && (tag.Value == "true" || tag.Value == "false"):
			r.on, r.off = r.on || tag.Value == "true", r.off || tag.Value == "false"
			if r.on && r.off {
				s.wrong(tag.Pos, "one of them", "+k8s:deepcopy-gen=true and =false contradict each other")
			}
		case tag.Name == enabled:
			s.wrong(tag.Pos, "+k8s:deepcopy-gen=true, or =false", "%q is nothing that a type can ask for", "+"+written(tag))
		case tag.Name == interfaces:
			r.interfaces = append(r.interfaces, s.references(tag)...)
		case tag.Name == nonPointer && (tag.Value == "true" || tag.Value == "false"):
			r.nonPointer = tag.Value == "true"
		case tag.Name == nonPointer:
			s.wrong(tag.Pos, "+"+nonPointer+"=true, or leave it out", "%q is neither true nor false", "+"+written(tag))
		default:
			s.wrong(tag.Pos, "+"+enabled+", +"+interfaces+" or +"+nonPointer, "unknown tag +%s", tag.Name)
		}
	}
	if r.nonPointer && r.interfaces == nil {
		s.wrong(r.pos, "+"+interfaces+"= too, or neither", "+%s without +%s", nonPointer, interfaces)
	}
	return r
}

// references reads a list of interfaces, each of which counts once.
func (s *source) references(tag model.Tag) []reference {
	var all []reference
	for word := range strings.SplitSeq(tag.Value, ",") {
		word = strings.TrimSpace(word)
		dot := strings.LastIndexByte(word, '.')
		r := reference{path: word[:max(dot, 0)], name: word[dot+1:], pos: tag.Pos}
		if !token.IsIdentifier(r.name) || !ast.IsExported(r.name) || r.path == "" {
			s.wrong(tag.Pos, "an import path and a name, such as k8s.io/apimachinery/pkg/runtime.Object", "%q is no interface", word)
			continue
		}
		all = append(all, r)
	}
	return all
}

// compact leaves each interface once, sorted as their methods will be.
func compact(all []reference) []reference {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b reference) int { return strings.Compare(a.String(), b.String()) })
	return slices.CompactFunc(all, func(a, b reference) bool { return a.String() == b.String() })
}

func (r reference) String() string { return r.path + "." + r.name }

// written is a tag as its author wrote it, but for spaces.
func written(tag model.Tag) string {
	if tag.Value == "" {
		return tag.Name
	}
	return tag.Name + "=" + tag.Value
}
