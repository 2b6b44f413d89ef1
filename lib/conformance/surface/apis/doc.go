// Package apis is input for both libraries' generators, for what does not come up in k8s.io/api: all verbs of methods, noVerbs,
// readonly, resourceName, groupGoName, two groups that begin alike, names with odd plurals.
//
// What upstream's generators can't do is left out, though ours can: they panic at a version without anything to watch, write code that
// does not compile for a type called Type, and write informers without listers for onlyVerbs=list,watch.
package apis
