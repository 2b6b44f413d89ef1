// Package demotest holds a demo's output against a file.
//
//	run(ctx, out) ──▶ scrub what differs from run to run ──▶ testdata/output.txt
//
// go test ./ch01-clients/02-dynamic -update writes the file anew.
package demotest

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

var update = flag.Bool("update", false, "write testdata/output.txt anew")

const output = "testdata/output.txt"

// stageName is what a stage's namespace looks like.
var stageName = regexp.MustCompile(`\bch\d\d-[a-z]+-[a-z0-9]{5,10}\b`)

// scrubbed is what no two runs have in common, and what stands for it.
var scrubbed = []struct {
	volatile *regexp.Regexp
	instead  string
}{
	{stageName, "NAMESPACE"},
	{regexp.MustCompile(`(resourceVersion=)\d+`), "${1}N"},
	{regexp.MustCompile(`(timeoutSeconds=)\d+`), "${1}N"}, // of a watch: random
	{regexp.MustCompile(`(timeout=)\d+m\d+s`), "${1}N"},   // the same
	{regexp.MustCompile(` *\b\d+(\.\d+)? (kB|MB|ms)\b`), " N $2"},
	{regexp.MustCompile(`(\b[a-z-]+(-\d)?\.)[0-9a-f]{16}\b`), "${1}TIME"},         // an event's name
	{regexp.MustCompile(`\b\d+s +(Normal|Warning)\b`), "Ns  $1"},                  // when it was last seen
	{regexp.MustCompile(`\b\d+(\.\d+)? ?s (ago|granted|left|after)\b`), "N s $2"}, // times that are told
	{regexp.MustCompile(`\n +([?&])`), "$1"},                                      // where a request is folded depends on all of these
}

// Golden runs the demo on the workbook's cluster and requires that
//   - its output is that of testdata/output.txt, but for names, versions and
//     tokens that no two runs share;
//   - with -v it prints the HTTP conversation, and no credential in it;
//   - nothing is left in the cluster.
func Golden(t *testing.T, run func(ctx context.Context, out io.Writer) error) {
	GoldenFile(t, output, run)
}

// GoldenFile is Golden for a demo whose output depends on the circumstances: here it is that of
// the file.
func GoldenFile(t *testing.T, file string, run func(ctx context.Context, out io.Writer) error) {
	golden(t, cluster.ForTest(t), file, run)
}

// GoldenAlone is Golden for a demo that disturbs the cluster.
func GoldenAlone(t *testing.T, run func(ctx context.Context, out io.Writer) error) {
	golden(t, cluster.ForDisruption(t), output, run)
}

func golden(t *testing.T, cfg *rest.Config, file string, run func(ctx context.Context, out io.Writer) error) {
	plain := Output(t, file, run)

	var verbose bytes.Buffer
	require.NoError(t, run(demo.WithVerbose(t.Context(), true), &verbose))
	require.Regexp(t, `(?m)^ +> [A-Z]+ /.*\n +> Accept: `, verbose.String(), "-v prints requests with their headers")
	require.Regexp(t, `(?m)^ +< 20\d`, verbose.String(), "-v prints responses")
	for _, secret := range []string{cfg.BearerToken, cfg.Password, string(cfg.TLSClientConfig.KeyData)} {
		if secret != "" {
			require.NotContains(t, verbose.String(), secret, "a credential in the conversation")
		}
	}

	requireNothingLeft(t, cfg, plain+verbose.String())
}

// GoldenOffCluster runs a demo that needs no cluster, and makes sure of it, and requires
// that its output is that of testdata/output.txt.
func GoldenOffCluster(t *testing.T, run func(ctx context.Context, out io.Writer) error) {
	t.Setenv("CLUSTER", "none, for this demo")
	Output(t, output, run)
}

// Output runs the demo once, requires that its output is that of the file, and returns it as it is,
// not scrubbed.
func Output(t *testing.T, file string, run func(ctx context.Context, out io.Writer) error) string {
	var plain bytes.Buffer
	require.NoError(t, run(t.Context(), &plain), "output so far:\n%s", &plain)
	got := Scrub(plain.String())
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "go test -update writes it")
	require.Equal(t, string(want), got)
	return plain.String()
}

// Scrub replaces what differs from run to run.
func Scrub(text string) string {
	for _, s := range scrubbed {
		text = s.volatile.ReplaceAllString(text, s.instead)
	}
	return text
}

// requireNothingLeft looks for what bears a name that the output told: namespaces,
// and definitions of custom resources.
func requireNothingLeft(t *testing.T, cfg *rest.Config, told string) {
	stages := stageName.FindAllString(told, -1)
	require.NotEmpty(t, stages, "the output names no namespace")

	client, err := dynamic.NewForConfig(cfg)
	require.NoError(t, err)
	for _, resource := range []schema.GroupVersionResource{
		{Version: "v1", Resource: "namespaces"},
		{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"},
	} {
		there, err := client.Resource(resource).List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		for _, object := range there.Items {
			for _, stage := range stages {
				require.NotContains(t, object.GetName(), stage, "the demo left one of the %s", resource.Resource)
			}
		}
	}
}
