package scan

import (
	"maps"
	"slices"
	"strings"
)

// packageTags are about a package. Those that turn a generator off or on are true here: see [model.Package.Wants].
var packageTags = map[string]bool{
	groupName: false, groupGoName: false,
	"k8s:client-gen": true, "k8s:lister-gen": true, "k8s:informer-gen": true, "k8s:register-gen": true,
}

// checkPackageTags reports wrong values, and tags that are about a package and stand elsewhere.
func (r *reader) checkPackageTags() {
	for name, isSwitch := range packageTags {
		tag, ok := r.only(name)
		if ok && isSwitch && tag.Value != "true" && tag.Value != "false" {
			r.at(tag.Pos, "+%s is neither true nor false", written(tag)).instead("+%s=false, or leave it out", name)
		}
		for _, stray := range r.strays {
			if stray.Name == name && (!ok || stray.Value != tag.Value) {
				r.at(stray.Pos, "+%s says nothing about the package here", written(stray)).instead("it directly above the package clause, in doc.go as a rule")
			}
		}
	}
}

// byLowerCase are the tags that mean something here.
var byLowerCase = func() map[string]string {
	all := map[string]string{}
	for _, name := range slices.Concat(clientTags, []string{resourceName}, slices.Collect(maps.Keys(packageTags))) {
		all[strings.ToLower(name)] = name
	}
	return all
}()

// checkCapitals reports tags such as +groupname and +Genclient, which would be passed over.
func (r *reader) checkCapitals() {
	for _, tag := range slices.Concat(r.pkg.Tags, r.strays) {
		known := byLowerCase[strings.ToLower(tag.Name)]
		if known != "" && known != tag.Name && !isClientTag(tag.Name) {
			r.at(tag.Pos, "unknown tag +%s", tag.Name).instead("+%s", known)
		}
	}
}
