package rest

import (
	"fmt"
	"slices"
	"strings"
)

// NameMayNotBe lists the names that a URL path would read as a step to another place.
var NameMayNotBe = []string{".", ".."}

// NameMayNotContain lists what would end a path segment or escape from it.
var NameMayNotContain = []string{"/", "%"}

// IsValidPathSegmentName says what is wrong with name as one segment of a path; nothing is if the answer is empty.
func IsValidPathSegmentName(name string) []string {
	if slices.Contains(NameMayNotBe, name) {
		return []string{fmt.Sprintf(`may not be '%s'`, name)}
	}
	return IsValidPathSegmentPrefix(name)
}

// IsValidPathSegmentPrefix says what is wrong with name as the beginning of a segment, as in generateName.
// "." and ".." pass: what follows makes names of them.
func IsValidPathSegmentPrefix(name string) []string {
	var wrong []string
	for _, part := range NameMayNotContain {
		if strings.Contains(name, part) {
			wrong = append(wrong, fmt.Sprintf(`may not contain '%s'`, part))
		}
	}
	return wrong
}

// ValidatePathSegmentName is IsValidPathSegmentPrefix if prefix is true, else IsValidPathSegmentName.
func ValidatePathSegmentName(name string, prefix bool) []string {
	if prefix {
		return IsValidPathSegmentPrefix(name)
	}
	return IsValidPathSegmentName(name)
}
