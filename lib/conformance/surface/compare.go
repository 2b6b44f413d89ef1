package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// exception explains symbols that differ on purpose. It says how many they are, so that it can't hide one that is new.
type exception struct {
	names   string // a regular expression for whole names
	missing int    // that many that only client-go has
	extra   int    // that many that only we have
	reason  string
}

// comparison is what two surfaces do not have in common.
type comparison struct {
	what           string
	theirs, ours   int // symbols in each surface
	missing, extra []symbol
	explained      []explained
}

// explained is an exception with what it was found to be about.
type explained struct {
	exception
	foundMissing, foundExtra int
}

func (e explained) right() bool {
	return e.foundMissing == e.missing && e.foundExtra == e.extra && e.missing+e.extra > 0
}

// compare finds the symbols that one surface has alone. One that has another signature is missing and extra. Of two exceptions for
// a name, the first counts.
func compare(theirs, ours surface, exceptions []exception) comparison {
	c := comparison{theirs: len(theirs), ours: len(ours)}
	for _, e := range exceptions {
		c.explained = append(c.explained, explained{exception: e})
	}
	names := make([]*regexp.Regexp, len(exceptions))
	for i, e := range exceptions {
		names[i] = regexp.MustCompile(`^(?:` + e.names + `)$`)
	}
	explanation := func(s symbol) *explained {
		if i := slices.IndexFunc(names, func(n *regexp.Regexp) bool { return n.MatchString(s.name) }); i >= 0 {
			return &c.explained[i]
		}
		return nil
	}
	for _, s := range theirs.without(ours) {
		if e := explanation(s); e != nil {
			e.foundMissing++
		} else {
			c.missing = append(c.missing, s)
		}
	}
	for _, s := range ours.without(theirs) {
		if e := explanation(s); e != nil {
			e.foundExtra++
		} else {
			c.extra = append(c.extra, s)
		}
	}
	return c
}

// without are the symbols that the other surface does not have, in order.
func (s surface) without(other surface) []symbol {
	return slices.SortedFunc(func(yield func(symbol) bool) {
		for one := range maps.Keys(s) {
			if !other[one] && !yield(one) {
				return
			}
		}
	}, compareSymbols)
}

// equal says that nothing differs but what is explained, and that all explanations are right.
func (c comparison) equal() bool {
	return len(c.missing)+len(c.extra) == 0 && !slices.ContainsFunc(c.explained, func(e explained) bool { return !e.right() })
}

// String is the report: the symbols that nobody has explained, the exceptions, the numbers.
func (c comparison) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d symbols, and %d\n", c.what, c.theirs, c.ours)
	for _, s := range c.missing {
		fmt.Fprintf(&b, "  - %s\n", s)
	}
	for _, s := range c.extra {
		fmt.Fprintf(&b, "  + %s\n", s)
	}
	for _, e := range c.explained {
		fmt.Fprintf(&b, "  explained: %d missing, %d extra: %s\n", e.foundMissing, e.foundExtra, e.reason)
		if !e.right() {
			fmt.Fprintf(&b, "  WRONG: exceptions.go says %d missing, %d extra for %s\n", e.missing, e.extra, e.names)
		}
	}
	fmt.Fprintf(&b, "  missing: %d, extra: %d\n", len(c.missing), len(c.extra))
	return b.String()
}
