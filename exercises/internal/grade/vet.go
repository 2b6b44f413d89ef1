package grade

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// vet runs go vet over all stubs at once, with their tests. A stub that doesn't compile is found elsewhere.
func (s *shared) vet(ctx context.Context, exams []*exam) error {
	defer func() { <-s.cpu }()
	replace, args := map[string]string{}, []string{"vet", "-overlay", filepath.Join(s.scratch, "vet.json")}
	for _, x := range exams {
		if x.stubs == nil {
			continue
		}
		files, _, err := x.overlay(variant{name: "vet", files: x.stubs})
		if err != nil {
			return err
		}
		for original, instead := range files {
			replace[original] = instead
		}
		args = append(args, "./"+x.exercise.Name())
	}
	if len(args) == 3 {
		return nil
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	if err := os.WriteFile(args[2], text, 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = filepath.Join(s.Root, "exercises")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	attribute(string(out), exams)
	return ctx.Err()
}

// attribute gives each of vet's lines to the exercise whose folder it names.
func attribute(out string, exams []*exam) {
	for line := range strings.SplitSeq(out, "\n") {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "vet: ") { // "vet: " is the compiler's complaint
			continue
		}
		for _, x := range exams {
			at := strings.Index(line, x.exercise.Name()+"/")
			if at < 0 {
				continue
			}
			rest := line[at+len(x.exercise.Name())+1:]
			x.found("vet: %s", strings.TrimPrefix(rest, "vet/"))
		}
	}
}
