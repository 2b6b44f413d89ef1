package demotest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/demo/demotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestScrubReplacesWhatNoTwoRunsShare(t *testing.T) {
	for _, test := range []struct{ run, scrubbed string }{
		{"namespace ch02-pipeline-x7k2p and all that is in it", "namespace NAMESPACE and all that is in it"},
		{"/pods?resourceVersion=417&timeout=9m35s&timeoutSeconds=575&watch=true", "/pods?resourceVersion=N&timeout=N&timeoutSeconds=N&watch=true"},
		{"stream  1    8.5 MB    12.2 MB", "stream  1 N MB N MB"},
		{"  /pods\n    ?limit=2\n    &watch=true\n  next", "  /pods?limit=2&watch=true\n  next"},
		{"/api?timeout=32s", "/api?timeout=32s"},
		{"1000 config maps of 8192 bytes each  (5 times)", "1000 config maps of 8192 bytes each  (5 times)"},
	} {
		require.Equal(t, test.scrubbed, demotest.Scrub(test.run))
	}
}
