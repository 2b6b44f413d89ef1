package main

import (
	"context"
	"os"
	"time"

	"client-go-workbook/lib/conformance/surface/generators"
)

// codegenExperiments have both libraries' three generators write clients, listers and informers for k8s.io/api: one process after the
// other, with the same input and flags, into a new folder each time.
func codegenExperiments(s scale) []experiment {
	return []experiment{{
		metrics: []metric{
			{"generate clients, listers, informers", seconds, tenfold},
			{"generate clients, listers, informers, CPU", seconds, tenfold},
		},
		rounds: min(s.processRounds, 3), // they hardly differ, and upstream's take a while
		prepare: func(ctx context.Context, _ *servers) (pair, error) {
			input, err := generators.KubernetesAPI(ctx)
			if err != nil {
				return pair{}, err
			}
			if s.versions > 0 {
				input = input.First(s.versions)
			}
			theirs, err := generators.Build(ctx, generators.ClientGo, input)
			if err != nil {
				return pair{}, err
			}
			ours, err := generators.Build(ctx, generators.Workbook, input)
			return pair{theirs: generating(ctx, theirs), ours: generating(ctx, ours)}, err
		},
	}}
}

// generating measures the time from the start of the first generator to the end of the third, and the CPU time of all of them and
// of the go list that each starts.
func generating(ctx context.Context, g *generators.Generators) contender {
	return func() ([]float64, error) {
		dir, err := os.MkdirTemp("", "bench-codegen-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		start := time.Now()
		cpu, err := g.Run(ctx, dir)
		return []float64{time.Since(start).Seconds(), cpu.Seconds()}, err
	}
}
