package verbs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

const (
	genclient     = "genclient"
	nonNamespaced = "genclient:nonNamespaced"
	noStatus      = "genclient:noStatus"
	noVerbs       = "genclient:noVerbs"
	onlyVerbs     = "genclient:onlyVerbs"
	skipVerbs     = "genclient:skipVerbs"
	method        = "genclient:method" // the next exercise
)

var known = []string{genclient, nonNamespaced, noStatus, noVerbs, onlyVerbs, skipVerbs, method}

// clientTags returns those that are about the client, by name; nil if there is to be none. Tags that nobody knows are an
// error, and so are tags for a client that nobody has asked for.
func clientTags(t Type) (map[string]model.Tag, error) {
	tags := map[string]model.Tag{}
	var problems []error
	for _, tag := range t.Tags {
		switch {
		case tag.Name != genclient && !strings.HasPrefix(tag.Name, genclient+":"):
		case !slices.Contains(known, tag.Name):
			problems = append(problems, wrong(tag, "nobody knows this tag"))
		default:
			tags[tag.Name] = tag
		}
	}
	if _, ok := tags[genclient]; !ok {
		for _, tag := range t.Tags {
			if _, ok := tags[tag.Name]; ok {
				problems = append(problems, wrong(tag, "there is no +genclient"))
			}
		}
		tags = nil
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return tags, nil
}

// words returns what stands between the commas of a tag's value, without the blanks around it. Nothing between two commas
// is an empty word, and so is a value that is empty.
func words(tag model.Tag) []model.Verb {
	var all []model.Verb
	for word := range strings.SplitSeq(tag.Value, ",") {
		all = append(all, model.Verb(strings.TrimSpace(word)))
	}
	return all
}

// wrong is an error about a tag: "website.go:7: +genclient:onlyVerbs: …".
func wrong(tag model.Tag, format string, args ...any) error {
	return fmt.Errorf("%s:%d: +%s: %s", tag.Pos.Filename, tag.Pos.Line, tag.Name, fmt.Sprintf(format, args...))
}
