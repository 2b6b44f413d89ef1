// Package plural names the resource of a type.
//
//	type            client               variable             URL
//	Deployment      .Deployments(ns)     deployments          /deployments
//	NetworkPolicy   .NetworkPolicies(ns) networkPolicies      /networkpolicies
//	Endpoints       .Endpoints(ns)       endpoints            /endpoints
package plural

import "strings"

// Plural is a name for many objects of a type.
type Plural struct {
	Public   string // of a method: "NetworkPolicies"
	Private  string // of a variable: "networkPolicies"
	Resource string // in URLs: "networkpolicies"
}

// Names knows the types whose plural is not what the rules make of them. The zero Names knows none.
type Names struct {
	Exceptions map[string]string // type → plural: "Endpoints" → "Endpoints"
}

// Of returns the plural of a type. An exception counts as it is written, but for the case of letters: where it begins, Public
// has a capital and Private has none. All other types follow English, as far as their last two letters tell:
//
//	s x z ch sh           es       Ingress Ingresses, Box Boxes, Quiz Quizes, Branch Branches, Mesh Meshes
//	a consonant and y     ies      Policy Policies; but Gateway Gateways
//	f fe                  ves      Leaf Leaves, Knife Knives
//	anything else         s        Pod Pods, Path Paths, Lease Leases
//
// A type of one letter is its own plural. Consonants are small letters here: PolicY has PolicYs. A type has a name, in ASCII.
func (n Names) Of(typeName string) Plural {
	// BEGIN SOLUTION: Find the plural: it is an exception, or what the rules make of the last two letters.
	// Then write it in the three forms.

	many, isException := n.Exceptions[typeName]
	if !isException {
		many = typeName
		if len(typeName) > 1 {
			last, before := typeName[len(typeName)-1], typeName[len(typeName)-2]
			switch {
			case strings.IndexByte("sxz", last) >= 0, last == 'h' && (before == 'c' || before == 's'):
				many = typeName + "es"
			case last == 'y' && strings.IndexByte("bcdfghjklmnpqrstvwxyz", before) >= 0:
				many = typeName[:len(typeName)-1] + "ies"
			case last == 'f':
				many = typeName[:len(typeName)-1] + "ves"
			case last == 'e' && before == 'f':
				many = typeName[:len(typeName)-2] + "ves"
			default:
				many = typeName + "s"
			}
		}
	}
	return Plural{
		Public:   strings.ToUpper(many[:1]) + many[1:],
		Private:  strings.ToLower(many[:1]) + many[1:],
		Resource: strings.ToLower(many),
	}
	// END SOLUTION
}
