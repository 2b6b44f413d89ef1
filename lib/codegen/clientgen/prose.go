package clientgen

import (
	"strings"
	"unicode"
)

// words makes a Go name part of a sentence: "NetworkPolicies" → "network policies", "CSIDrivers" → "CSI drivers".
func words(name string) string {
	var all []string
	runes := []rune(name)
	start := 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) && !begins(runes, i) {
			continue
		}
		word := string(runes[start:i])
		if !isAcronym(runes[start:i]) {
			word = strings.ToLower(word)
		}
		all = append(all, word)
		start = i
	}
	return strings.Join(all, " ")
}

// begins says whether a word begins at i: at a capital after a small letter, and at the last of several capitals unless
// only the s of a plural follows.
func begins(runes []rune, i int) bool {
	if !unicode.IsUpper(runes[i]) {
		return false
	}
	if !unicode.IsUpper(runes[i-1]) {
		return true
	}
	rest := string(runes[i+1:])
	return rest != "" && rest != "s" && unicode.IsLower(runes[i+1])
}

func isAcronym(word []rune) bool { return len(word) > 1 && unicode.IsUpper(word[1]) }

// comment breaks text into the lines of a Go comment.
func comment(text string) string {
	const width = 117
	var out strings.Builder
	length := 0
	for _, word := range strings.Fields(text) {
		switch {
		case length == 0:
			out.WriteString("//")
			length = len("//")
		case length+1+len(word) > width:
			out.WriteString("\n//")
			length = len("//")
		}
		out.WriteString(" " + word)
		length += 1 + len(word)
	}
	return out.String()
}
