package scratch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"client-go-workbook/lib/demo"
)

// Diff tells how what is beneath a folder of the chapter, "generated/listers", differs from the original: the files, and
// beneath each its lines that are gone and that are new. Comments and braces are left out there, tags are not. It is empty if
// no byte differs.
func (f *Folder) Diff(beneath string) (string, error) {
	before, err := read(filepath.Join(f.original, beneath))
	if err != nil {
		return "", err
	}
	after, err := read(f.Path(beneath))
	if err != nil {
		return "", err
	}
	var told []string
	for _, path := range union(before, after) {
		switch {
		case before[path] == "":
			told = append(told, path+demo.Come.Paint("  new"))
		case after[path] == "":
			told = append(told, path+demo.Gone.Paint("  gone"))
		case before[path] != after[path]:
			told = append(told, path)
			told = append(told, compare(before[path], after[path])...)
		}
	}
	return strings.Join(told, "\n"), nil
}

// read returns the text of all files beneath a folder, by path. A folder that isn't there has none.
func read(folder string) (map[string]string, error) {
	texts := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(folder, path)
		texts[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return texts, err
}

// union is the paths of both, sorted.
func union(a, b map[string]string) []string {
	var paths []string
	for _, texts := range []map[string]string{a, b} {
		for path := range texts {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// compare returns the lines that only one of two texts has, in order: "- old" and "+ new".
func compare(before, after string) []string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	common := longest(a, b)
	var told []string
	tell := func(ink demo.Ink, sign, line string) {
		if counts(line) {
			told = append(told, "  "+ink.Paint(sign+" "+short(line)))
		}
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			tell(demo.Gone, "-", a[i])
			i++
		default:
			tell(demo.Come, "+", b[j])
			j++
		}
	}
	if told == nil {
		return []string{"  (comments)"}
	}
	return told
}

// counts says whether a line of Go says something that a compiler or a generator reads.
func counts(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "// +") || strings.Trim(line, "{}()") != "" && !strings.HasPrefix(line, "//")
}

// longest[i][j] is how many lines a[i:] and b[j:] have in common, in the same order.
func longest(a, b []string) [][]int {
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	return common
}

const most = 96 // characters of a line that are shown

// short is a line of Go as a screen has room for it.
func short(line string) string {
	line = strings.ReplaceAll(strings.TrimSpace(line), "\t", " ")
	if runes := []rune(line); len(runes) > most {
		return strings.TrimRight(string(runes[:most-1]), " ") + "…"
	}
	return line
}
