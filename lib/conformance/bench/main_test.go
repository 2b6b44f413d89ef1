package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// TestMain lets this test's binary be the children's too, as the real one is.
func TestMain(m *testing.M) {
	if role, err := childFromEnv(); role != nil || err != nil {
		exit(runChild(role, err))
	}
	goleak.VerifyTestMain(m)
}

// The speeds of a machine that runs tests mean nothing. But each row has to be there, with what both sides did.
func TestEveryExperimentRuns(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, bench(t.Context(), &out, quick, ""))
	rows := 0
	for _, e := range experiments(quick) {
		for _, m := range e.metrics {
			require.Contains(t, out.String(), "\n"+m.name+" ")
			rows++
		}
	}
	require.Contains(t, out.String(), fmt.Sprintf("meet their target, of %d.", rows))
}

func TestOnlySomeRows(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, bench(t.Context(), &out, quick, "^indexer Get,"))
	require.Equal(t, 2, strings.Count(out.String(), "indexer "), out.String())
	require.ErrorContains(t, bench(t.Context(), &out, quick, "("), "-run")
}

func TestRatioAndVerdict(t *testing.T) {
	for name, tc := range map[string]struct {
		unit         unit
		target       float64
		theirs, ours []float64
		ratio        float64
		verdict      string
	}{
		"half the time is twice as fast":          {perOperation, noWorse, []float64{200}, []float64{100}, 2, "yes"},
		"twice as much a second is twice as fast": {perSecond, readsAreFun, []float64{100}, []float64{200}, 2, "yes"},
		"slower":                             {seconds, noWorse, []float64{1, 1, 1}, []float64{1.25, 1.25, 1.25}, 0.8, "NO"},
		"more memory":                        {megabytes, noWorse, []float64{100}, []float64{110}, 1.1, "NO"},
		"less memory":                        {megabytes, listPeak, []float64{100}, []float64{70}, 0.7, "yes"},
		"not less enough":                    {megabytes, listPeak, []float64{100}, []float64{80}, 0.8, "NO"},
		"a hair's breadth that no one sees":  {bytesEach, noWorse, []float64{100000}, []float64{100001}, 1.00001, "yes"},
		"rounds differ more than the target": {perOperation, noWorse, []float64{90, 98, 120}, []float64{100, 100, 100}, 0.98, "even"},
		"one lucky round in five":            {perOperation, noWorse, []float64{90, 90, 90, 90, 150}, []float64{100, 100, 100, 100, 100}, 0.9, "NO"},
	} {
		t.Run(name, func(t *testing.T) {
			r := result{metric: metric{unit: tc.unit, target: tc.target}}
			for i := range tc.theirs {
				r.add(tc.theirs[i], tc.ours[i])
			}
			require.InDelta(t, tc.ratio, median(r.ratios), 1e-9)
			require.Equal(t, tc.verdict, r.verdict())
		})
	}
}

// A child that can't do its work says so; the parent doesn't wait for it.
func TestChildThatFails(t *testing.T) {
	c := client{URL: "://nowhere", MediaType: "application/json", Pods: 1}
	_, err := c.inChild(t.Context())()
	require.ErrorContains(t, err, "child of the benchmark")
}

// Pods have to be what a real cluster's are like, for the sizes of the first sync to mean something.
func TestPodsAreRealistic(t *testing.T) {
	documents := newPlace(1, 0)["application/json"]
	require.Greater(t, len(documents.list), 5_000)
	require.Less(t, len(documents.list), 7_000)
}
