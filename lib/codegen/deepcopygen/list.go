package deepcopygen

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// listed is what "go list" says about a package.
type listed struct {
	ImportPath, Dir, Name string
	GoFiles, CgoFiles     []string
	ImportMap             map[string]string // import as written → path, where they differ (vendoring)
	DepOnly               bool              // nobody named it, but it is imported
	Error                 *struct{ Pos, Err string }
}

// list asks the go command where the packages are, and all that they import.
func list(ctx context.Context, dir string, patterns []string) ([]*listed, error) {
	args := []string{"list", "-e", "-deps", "-json=ImportPath,Dir,Name,GoFiles,CgoFiles,ImportMap,DepOnly,Error", "--"}
	command := exec.CommandContext(ctx, "go", append(args, patterns...)...)
	command.Dir = dir
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("go list %s: %w: %s", strings.Join(patterns, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	var errs []error
	for line := range strings.Lines(stderr.String()) {
		if warning, ok := strings.CutPrefix(strings.TrimSpace(line), "go: warning: "); ok {
			errs = append(errs, fmt.Errorf("%s; write an import path or folder that has Go files", warning))
		}
	}
	var all []*listed
	for d := json.NewDecoder(&stdout); ; {
		l := &listed{}
		if err := d.Decode(l); errors.Is(err, io.EOF) {
			return all, errors.Join(errs...)
		} else if err != nil {
			return nil, fmt.Errorf("read what go list prints: %w", err)
		}
		if l.Error != nil && !l.DepOnly {
			errs = append(errs, l.err())
		}
		all = append(all, l)
	}
}

func (l *listed) err() error {
	if l.Error.Pos != "" {
		return fmt.Errorf("%s: %s", l.Error.Pos, strings.TrimSpace(l.Error.Err))
	}
	return fmt.Errorf("package %s: %s", l.ImportPath, strings.TrimSpace(l.Error.Err))
}
