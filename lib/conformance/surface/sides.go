package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"client-go-workbook/lib/conformance/surface/generators"
)

// generated compares what both libraries' generators make of k8s.io/api in this moment, with nothing written by hand.
func generated(ctx context.Context) (comparison, error) {
	input, err := generators.KubernetesAPI(ctx)
	if err != nil {
		return comparison{}, err
	}
	return compareGenerated(ctx, "what both libraries' generators make of k8s.io/api", input, ofGenerators)
}

// tagged compares what they make of this program's own APIs, for the tags that k8s.io/api does not have.
func tagged(ctx context.Context) (comparison, error) {
	input, err := generators.APIs(ctx, "client-go-workbook/lib/conformance/surface/apis")
	if err != nil {
		return comparison{}, err
	}
	return compareGenerated(ctx, "what they make of surface/apis, for other tags", input, ofTags)
}

// compareGenerated runs all generators. That what ours make compiles is seen on the way.
func compareGenerated(ctx context.Context, what string, input generators.Input, exceptions []exception) (comparison, error) {
	dir, err := os.MkdirTemp("", "surface-")
	if err != nil {
		return comparison{}, err
	}
	defer os.RemoveAll(dir)
	var (
		theirs, ours *tree
		errs         [2]error
		both         sync.WaitGroup
	)
	both.Go(func() { theirs, errs[0] = generate(ctx, generators.ClientGo, input, filepath.Join(dir, "theirs")) })
	both.Go(func() { ours, errs[1] = generate(ctx, generators.Workbook, input, filepath.Join(dir, "ours")) })
	both.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return comparison{}, err
	}
	ours.bodies = true
	return compareTrees(ctx, what, theirs, ours, exceptions)
}

func generate(ctx context.Context, l generators.Library, input generators.Input, dir string) (*tree, error) {
	g, err := generators.Build(ctx, l, input)
	if err != nil {
		return nil, err
	}
	if err := g.RunAtOnce(ctx, dir); err != nil {
		return nil, err
	}
	return parse(l.Module, dir, generators.Folders...)
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
	c := compare(surfaceOf(theirs), surfaceOf(ours), exceptions)
	c.what = what
	return c, nil
}
