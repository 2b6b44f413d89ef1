package grade

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/stub"
)

// WriteStubs writes the stubs that are missing or stale, and returns their names; only those of the exercises that are
// named, if any are. It refuses to write over an answer: a file from which the TODO is gone.
func WriteStubs(root string, only ...string) (written []string, err error) {
	c, err := catalog.Load(root)
	if err != nil {
		return nil, err
	}
	if err := keep(c, only); err != nil {
		return nil, err
	}
	for _, e := range c.Exercises {
		solved, err := e.ReadSolution()
		if err != nil {
			return written, err
		}
		stubs, err := stub.Make(e.ID(), solved)
		if err != nil {
			return written, fmt.Errorf("%s: %w", e.Name(), err)
		}
		stale := staleStubs(e, stubs)
		if len(stale) > 0 && len(e.Sources) > 0 && !e.Untouched() {
			return written, fmt.Errorf("%s looks solved; go run . reset %s first (it keeps a backup)", e.Name(), e.ID())
		}
		for _, name := range stale {
			if err := os.WriteFile(filepath.Join(e.Dir, name), stubs[name], 0o644); err != nil {
				return written, err
			}
			written = append(written, e.Name()+"/"+name)
		}
	}
	return written, nil
}

func staleStubs(e *catalog.Exercise, stubs stub.Files) []string {
	var stale []string
	for _, name := range slices.Sorted(maps.Keys(stubs)) {
		have, err := os.ReadFile(filepath.Join(e.Dir, name))
		if err != nil || !bytes.Equal(have, stubs[name]) {
			stale = append(stale, name)
		}
	}
	return stale
}
