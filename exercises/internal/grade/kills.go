package grade

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// KillTable returns the table of the mutants and the tests that killed them, as markdown.
func (r *Report) KillTable() string {
	var b strings.Builder
	b.WriteString("# Who kills whom\n\n")
	b.WriteString("Plausible wrong answers to each exercise, and the first test that fails on them. ")
	b.WriteString("Written by `make check-exercises`.\n")
	exercise := ""
	for _, k := range r.Kills {
		if k.Exercise != exercise {
			exercise = k.Exercise
			fmt.Fprintf(&b, "\n## %s\n\n| mutant | killed by |\n| --- | --- |\n", exercise)
		}
		fmt.Fprintf(&b, "| %s | %s |\n", cell(k.Mutant), cell("`"+k.Test+"`"))
	}
	return b.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// WriteKills writes the table to solutions/KILLS.md, if it is complete.
func (r *Report) WriteKills(root string) error {
	if r.Partial || len(r.Findings)+len(r.Unchecked) > 0 {
		return nil
	}
	return os.WriteFile(filepath.Join(root, "solutions", "KILLS.md"), []byte(r.KillTable()), 0o644)
}
