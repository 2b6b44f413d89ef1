package scratch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/demo"
)

// Generator is what works on a Folder.
type Generator struct {
	Name   string // "lister-gen"
	Output string // where it writes: "generated/listers"
	Run    func(context.Context, *Folder) (render.Result, error)
}

// Generate is a step: the generator runs for the first time, and the step tells its files.
func (f *Folder) Generate(ctx context.Context) (string, error) {
	result, err := f.generator.Run(ctx, f)
	if err != nil {
		return "", err
	}
	table, err := f.Table(f.generator.Output)
	return f.counted(result) + "\n" + table, err
}

// Compare is a step: the generator runs again, and the step tells what differs from what is committed.
func (f *Folder) Compare(ctx context.Context) (string, error) {
	result, err := f.generator.Run(ctx, f)
	if err != nil {
		return "", err
	}
	diff, err := f.Diff(f.generator.Output)
	if diff == "" {
		diff = demo.Come.Paint("no difference") + " to ch05-codegen/" + f.generator.Output
	}
	return f.counted(result) + "\n" + diff, err
}

// Tag returns a step: Website gets one more tag, the generator runs, and the step tells what differs then. What the generator
// refuses changes nothing.
//
// Each of the steps begins with website.go as it is in the workbook, whatever the steps before it did.
func (f *Folder) Tag(tag string) demo.Step {
	const first = "\n// +genclient\n"
	return f.change("tag", func(source string) string { return strings.Replace(source, first, first+"// "+tag+"\n", 1) })
}

// Type returns a step like Tag: website.go gets one more type.
func (f *Folder) Type(declaration string) demo.Step {
	return f.change("add", func(source string) string { return source + "\n" + declaration })
}

// File returns a step like Tag: somebody writes a file by hand, "generated/listers/website/v1alpha1/website_expansion.go".
func (f *Folder) File(path, text string) demo.Step {
	return demo.Step{Verb: "add", Do: func(ctx context.Context) (string, error) {
		if err := f.edit(func(source string) string { return source }); err != nil {
			return "", err
		}
		if err := os.WriteFile(f.Path(path), []byte(text), 0o644); err != nil {
			return "", err
		}
		return f.regenerate(ctx)
	}}
}

func (f *Folder) change(verb string, change func(string) string) demo.Step {
	return demo.Step{Verb: verb, Do: func(ctx context.Context) (string, error) {
		if err := f.edit(change); err != nil {
			return "", err
		}
		edited, err := f.Diff(apis)
		if err == nil && edited == "" {
			err = errors.New("nothing is changed: " + source + " has no line // +genclient")
		}
		if err != nil {
			return "", err
		}
		made, err := f.regenerate(ctx)
		return edited + "\n" + made, err
	}}
}

func (f *Folder) regenerate(ctx context.Context) (string, error) {
	before, err := f.Diff(f.generator.Output)
	if err != nil {
		return "", err
	}
	result, wrong := f.generator.Run(ctx, f)
	diff, err := f.Diff(f.generator.Output)
	switch {
	case err != nil:
		return "", err
	case wrong == nil:
		return f.counted(result) + "\n" + diff, nil
	case diff != before:
		return "", fmt.Errorf("%s failed, and wrote:\n%s", f.generator.Name, diff)
	}
	return f.generator.Name + ": " + demo.Gone.Paint(f.shorten(wrong)) + "\nwrote nothing", nil
}

func (f *Folder) counted(result render.Result) string {
	written := len(result.Written)
	told := fmt.Sprintf("%s: wrote %d of %d files", f.generator.Name, written, written+len(result.Unchanged))
	if len(result.Stale) > 0 {
		told += "; no longer belongs: " + strings.Join(result.Stale, " ")
	}
	return told
}
