// Package mutant reads plausible wrong answers and applies them to a solution.
//
//	The group is left out          ◀── the name: the lines above the diff
//	--- path.go
//	+++ path.go
//	@@ @@
//	-	return path.Join("/", apiPath, gv.Group, gv.Version)
//	+	return path.Join("/", apiPath, gv.Version)
//
// A hunk's old lines must stand in the file exactly once. Where is not asked: line numbers would make a mutant stale
// with every line that is added above, and two places to apply it to would make it another mutant by chance.
package mutant

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Mutant is a named change of some files.
type Mutant struct {
	Name  string // one line: what is wrong
	hunks []hunk
}

type hunk struct {
	file     string // without folders
	line     int    // of its @@ in the diff, for errors
	old, new []byte
}

// Parse reads a unified diff with a name above it.
func Parse(diff []byte) (*Mutant, error) {
	m := &Mutant{}
	file, number := "", 0
	for raw := range bytes.Lines(diff) {
		number++
		line := string(raw)
		h := m.last()
		switch {
		case strings.HasPrefix(line, "diff ") || strings.HasPrefix(line, "index "): // git's own
		case h == nil && file == "" && !strings.HasPrefix(line, "--- "):
			m.Name = strings.TrimSpace(m.Name + " " + strings.TrimSpace(strings.TrimPrefix(line, "#")))
		case strings.HasPrefix(line, "--- "):
			file = fileName(line)
		case strings.HasPrefix(line, "+++ "):
			if fileName(line) != file {
				return nil, fmt.Errorf("line %d: from %s to %s, expected one file", number, file, fileName(line))
			}
		case strings.HasPrefix(line, "@@"):
			m.hunks = append(m.hunks, hunk{file: file, line: number})
		case h == nil || !strings.ContainsAny(line[:1], " +-\n\\"):
			return nil, fmt.Errorf("line %d: %q is no line of a diff", number, strings.TrimSpace(line))
		default:
			h.add(line)
		}
	}
	return m, m.check()
}

func (m *Mutant) last() *hunk {
	if len(m.hunks) == 0 {
		return nil
	}
	return &m.hunks[len(m.hunks)-1]
}

func (h *hunk) add(line string) {
	if line == "\n" {
		line = " \n" // an editor took the blank away
	}
	if line[0] == ' ' || line[0] == '-' {
		h.old = append(h.old, line[1:]...)
	}
	if line[0] == ' ' || line[0] == '+' {
		h.new = append(h.new, line[1:]...)
	}
}

func (m *Mutant) check() error {
	if m.Name == "" {
		return fmt.Errorf("no name above the diff")
	}
	if len(m.hunks) == 0 {
		return fmt.Errorf("%q changes nothing: no @@", m.Name)
	}
	for _, h := range m.hunks {
		switch {
		case len(h.old) == 0:
			return fmt.Errorf("line %d: a hunk needs a line that is there already", h.line)
		case bytes.Equal(h.old, h.new):
			return fmt.Errorf("line %d: a hunk that changes nothing", h.line)
		}
	}
	return nil
}

// fileName reads "--- a/dir/path.go\t2026-01-01".
func fileName(line string) string {
	name, _, _ := strings.Cut(line[4:], "\t")
	return path.Base(strings.TrimSpace(name))
}

// Apply returns the files that m changes, changed. The given ones stay as they are.
func (m *Mutant) Apply(files map[string][]byte) (map[string][]byte, error) {
	changed := map[string][]byte{}
	for _, h := range m.hunks {
		src, ok := changed[h.file]
		if !ok {
			src, ok = files[h.file]
		}
		if !ok {
			return nil, fmt.Errorf("line %d: no file %s in the solution, only %s",
				h.line, h.file, strings.Join(slices.Sorted(maps.Keys(files)), ", "))
		}
		at, n := occurrences(src, h.old)
		if n != 1 {
			return nil, fmt.Errorf("line %d: its old lines stand in %s %d times, expected once", h.line, h.file, n)
		}
		changed[h.file] = slices.Concat(src[:at], h.new, src[at+len(h.old):])
	}
	return changed, nil
}

// occurrences counts where whole lines of src are block, and returns the first place.
func occurrences(src, block []byte) (first, n int) {
	for at := 0; at < len(src); {
		if bytes.HasPrefix(src[at:], block) {
			if n++; n == 1 {
				first = at
			}
		}
		next := bytes.IndexByte(src[at:], '\n')
		if next < 0 {
			break
		}
		at += next + 1
	}
	return first, n
}
