// Package progress remembers what a learner has solved, in .workbook/progress.json.
//
// The file is a convenience: it may be deleted, damaged or older than the exercises. What it says of an exercise that
// isn't there is kept, what it lacks is found again by a check.
package progress

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"client-go-workbook/exercises/internal/catalog"
)

// Progress is the content of the file.
type Progress struct {
	Exercises map[string]Entry `json:"exercises"` // by catalog.Exercise.Key

	file string
}

// Entry is what is known of one exercise. The zero value is an exercise that nobody has opened.
type Entry struct {
	Hints  int       `json:"hints,omitempty"`  // how many were shown
	Passed Part      `json:"passed,omitempty"` // by the files with the digest
	Digest string    `json:"digest,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Part is how much of an exercise passed.
type Part string

const (
	Nothing Part = ""
	Offline Part = "offline"
	All     Part = "all"
)

// Load reads the progress of the repository in root. A damaged file is put aside; its new name is returned with an
// empty progress.
func Load(root string) (p *Progress, damaged string, err error) {
	p = &Progress{file: filepath.Join(root, ".workbook", "progress.json")}
	text, err := os.ReadFile(p.file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, "", fmt.Errorf("read the progress: %w", err)
	case json.Unmarshal(text, p) != nil:
		damaged = p.file + ".damaged"
		p.Exercises = nil
		if err := os.Rename(p.file, damaged); err != nil {
			return nil, "", fmt.Errorf("put the damaged progress aside: %w", err)
		}
	}
	if p.Exercises == nil {
		p.Exercises = map[string]Entry{}
	}
	return p, damaged, nil
}

// Of returns the entry of e. Passed counts only as long as the files are those that passed.
func (p *Progress) Of(e *catalog.Exercise) (entry Entry, changed bool) {
	entry = p.Exercises[e.Key()]
	return entry, entry.Passed != Nothing && entry.Digest != Digest(e)
}

// Set changes the entry of e and writes the file. It reads the file again before: a watch in another terminal writes it
// as well.
func (p *Progress) Set(e *catalog.Exercise, change func(*Entry)) error {
	var now Progress
	if text, err := os.ReadFile(p.file); err == nil && json.Unmarshal(text, &now) == nil && now.Exercises != nil {
		p.Exercises = now.Exercises
	}
	before := p.Exercises[e.Key()]
	entry := before
	change(&entry)
	if entry == before {
		return nil
	}
	p.Exercises[e.Key()] = entry
	return p.save()
}

// save writes beside the file and renames, so that no crash leaves half of it.
func (p *Progress) save() error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(p.file), 0o755)
	}
	if err == nil {
		err = os.WriteFile(p.file+".new", append(text, '\n'), 0o644)
	}
	if err == nil {
		err = os.Rename(p.file+".new", p.file)
	}
	if err != nil {
		return fmt.Errorf("write the progress: %w", err)
	}
	return nil
}

// Digest stands for the learner's files of e as they are now.
func Digest(e *catalog.Exercise) string {
	sum := sha256.New()
	for _, f := range e.Sources {
		src, err := os.ReadFile(filepath.Join(e.Dir, f))
		fmt.Fprintf(sum, "%s %d %v\n", f, len(src), err)
		sum.Write(src)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
