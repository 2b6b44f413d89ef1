package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/codegen/clientgen"
	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/cmd/internal/golden"
	"client-go-workbook/lib/codegen/listergen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGolden(t *testing.T) {
	golden.Generator{
		Command: func() command.Command { return new(generator).command() },
		Before:  clientsAndListers,
	}.Test(t)
}

// clientsAndListers generates what informers stand on.
func clientsAndListers(t *testing.T) {
	packages, plurals := []string{"./apis/..."}, []string{"Till:Tills", "Feed:FeedSet"}
	_, err := clientgen.Generate(t.Context(), clientgen.Options{
		Packages: packages, PluralExceptions: plurals, OutputDir: ".", OutputPackage: "example.test/shop", ClientsetName: "clientset",
	})
	require.NoError(t, err)
	_, err = listergen.Generate(t.Context(), listergen.Options{
		Packages: packages, PluralExceptions: plurals, OutputDir: "listers", OutputPackage: "example.test/shop/listers",
	})
	require.NoError(t, err)
}
