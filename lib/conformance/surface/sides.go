package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"client-go-workbook/lib/conformance/surface/generators"
)

// generated compares what both libraries' generators make of k8s.io/api in this moment, with nothing written by hand. That
// ours compiles is seen on the way.
func generated(ctx context.Context) (comparison, error) {
	dir, err := os.MkdirTemp("", "surface-")
	if err != nil {
		return comparison{}, err
	}
	defer os.RemoveAll(dir)
	theirs, ours := filepath.Join(dir, "theirs"), filepath.Join(dir, "ours")
	var errs [2]error
	var both sync.WaitGroup
	both.Go(func() { errs[0] = generate(ctx, generators.ClientGo, theirs) })
	both.Go(func() { errs[1] = generate(ctx, generators.Workbook, ours) })
	both.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return comparison{}, err
	}
	their, err1 := parse(generators.ClientGo.Module, theirs, generators.Folders...)
	our, err2 := parse(generators.Workbook.Module, ours, generators.Folders...)
	if err := errors.Join(err1, err2); err != nil {
		return comparison{}, err
	}
	our.bodies = true
	return compareTrees(ctx, "what both libraries' generators make of k8s.io/api", their, our, ofGenerators)
}

func generate(ctx context.Context, l generators.Library, dir string) error {
	input, err := generators.FindInput(ctx)
	if err != nil {
		return err
	}
	g, err := generators.Build(ctx, l, input)
	if err != nil {
		return err
	}
	return g.RunAtOnce(ctx, dir)
}

// committed compares client-go's packages and the workbook's, as users import them.
func committed(ctx context.Context) (comparison, error) {
	theirs, err1 := generators.ModuleDir(ctx, "k8s.io/client-go")
	workbook, err2 := generators.ModuleDir(ctx, "client-go-workbook")
	if err := errors.Join(err1, err2); err != nil {
		return comparison{}, err
	}
	// From the source, apply configurations cost a second. Somebody who has never compiled client-go's clients
	// would wait for a minute.
	their, err1 := parse(generators.ClientGo.Module, theirs, append([]string{"applyconfigurations"}, generators.Folders...)...)
	our, err2 := parse(generators.Workbook.Module, filepath.Join(workbook, "lib"), generators.Folders...)
	if err := errors.Join(err1, err2); err != nil {
		return comparison{}, err
	}
	return compareTrees(ctx, "client-go's kubernetes, listers and informers, and lib's", their, our, ofPackages)
}

// compareTrees compares what users see of both.
func compareTrees(ctx context.Context, what string, theirs, ours *tree, exceptions []exception) (comparison, error) {
	if err := check(ctx, theirs, ours); err != nil {
		return comparison{}, err
	}
	their := surfaceOf(theirs, rename{module: theirs.module, moved: lib})
	our := surfaceOf(ours, rename{module: ours.module})
	c := compare(their, our, exceptions)
	c.what = what
	return c, nil
}
