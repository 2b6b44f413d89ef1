// Package tags finds what the comments above a type ask a generator for.
//
//	// +genclient                           a blank line further up: counts
//
//	// Website is what a shop shows.        right above: counts
//	// +resourceName=sites
//	type Website struct {                   ──▶ genclient, resourceName "sites"
package tags

import "strings"

// Tag is one line of a comment that asks for something.
type Tag struct {
	Name  string // without its plus: "genclient:method"
	Value string // behind the first "="; empty if there is none
}

// Block is a comment: lines with no other between them. It is in no other declaration, behind none, and right above none.
type Block struct {
	First, Last int      // lines of the file, from 1
	Text        []string // of each of its lines, without what makes it a comment
}

// Above returns the tags for what is declared in a line, as they stand in the file, one that is repeated each time. They are
// in two blocks: the one that ends right above the line, and the one that a blank line separates from that, or from the line
// itself if nothing is right above. Either may be missing.
//
// A line is a tag if, but for blanks, it begins with a plus and a name right behind it. With a tab in front it is an example.
func Above(blocks []Block, line int) []Tag {
	// BEGIN SOLUTION: Find the two blocks, and read their lines.
	// ending, below, finds a block.

	above := ending(blocks, line-1)
	first := line
	if above != nil {
		first = above.First
	}
	further := ending(blocks, first-2)
	var tags []Tag
	for _, block := range []*Block{further, above} {
		if block == nil {
			continue
		}
		for _, text := range block.Text {
			text, ok := strings.CutPrefix(strings.TrimLeft(text, " "), "+")
			if !ok || text == "" || strings.ContainsAny(text[:1], " \t=") {
				continue
			}
			name, value, _ := strings.Cut(text, "=")
			tags = append(tags, Tag{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		}
	}
	return tags
	// END SOLUTION
}

// ending returns the block whose last line this is, or nil.
func ending(blocks []Block, line int) *Block {
	for i := range blocks {
		if blocks[i].Last == line {
			return &blocks[i]
		}
	}
	return nil
}

// Of returns the tags of a type that a Go file declares.
func Of(source, typeName string) ([]Tag, error) {
	f, err := parse(source)
	if err != nil {
		return nil, err
	}
	line, err := f.declared(typeName)
	if err != nil {
		return nil, err
	}
	return Above(f.blocks(line), line), nil
}
