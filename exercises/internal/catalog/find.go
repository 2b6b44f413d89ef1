package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Find returns the exercise that a learner means by name: "ch01/ex01", "ex01", "clients/api-path", "api-path", "path".
// The best kind of match wins: whole names, then beginnings, then parts. The error for a name that fits several
// exercises or none says which ones come near.
func (c *Catalog) Find(name string) (*Exercise, error) {
	name = strings.ToLower(strings.Trim(strings.TrimPrefix(name, "./"), "/"))
	for _, fits := range []func(full, name string) bool{
		func(full, name string) bool { return full == name },
		strings.HasPrefix,
		strings.Contains,
	} {
		var found []*Exercise
		for _, e := range c.Exercises {
			if slices.ContainsFunc(e.names(), func(full string) bool { return fits(full, name) }) {
				found = append(found, e)
			}
		}
		switch {
		case name == "" || len(found) == 0:
			continue
		case len(found) == 1:
			return found[0], nil
		}
		return nil, fmt.Errorf("%q could be %s", name, list(found))
	}
	if len(c.Exercises) == 0 {
		return nil, fmt.Errorf("no exercise is called %q: there are none", name)
	}
	if near := c.nearest(name, 3); len(near) > 0 {
		return nil, fmt.Errorf("no exercise is called %q; did you mean %s?", name, list(near))
	}
	return nil, fmt.Errorf("no exercise is called %q; `go run .` lists them", name)
}

func (e *Exercise) names() []string {
	return []string{e.ID(), e.Folder[:4], e.Slug(), e.Key(), e.Folder, e.Name()}
}

// nearest returns at most n exercises, and none of which name would hardly be a misspelling.
func (c *Catalog) nearest(name string, n int) []*Exercise {
	distance := func(e *Exercise) int {
		least := len(name) + 100
		for _, full := range e.names() {
			least = min(least, edits(full, name))
		}
		return least
	}
	near := slices.DeleteFunc(slices.Clone(c.Exercises), func(e *Exercise) bool { return distance(e) > max(2, len(name)/2) })
	slices.SortStableFunc(near, func(a, b *Exercise) int { return distance(a) - distance(b) })
	return near[:min(n, len(near))]
}

func list(found []*Exercise) string {
	var names []string
	for _, e := range found {
		names = append(names, e.Name())
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " or " + names[last]
	}
	return names[0]
}

// edits returns how many letters must be put in, taken out or changed to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
