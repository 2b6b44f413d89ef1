package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/codegen/clientgen"
	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/cmd/internal/golden"
	"client-go-workbook/lib/codegen/deepcopygen"
	"client-go-workbook/lib/codegen/informergen"
	"client-go-workbook/lib/codegen/listergen"
	"client-go-workbook/lib/codegen/registergen"
	"client-go-workbook/lib/codegen/render"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGolden(t *testing.T) {
	golden.Generator{
		Command: func() command.Command { return new(generator).command() },
		Before:  clientsAndListers,
	}.Test(t)
}

// All five generators, in the order that they need each other.
func TestOddNames(t *testing.T) {
	golden.Unpack(t, "testdata/odd/names.txtar")
	packages, root := []string{"./apis/..."}, "example.test/odd"
	all := []func() (render.Result, error){
		func() (render.Result, error) {
			return deepcopygen.Generate(t.Context(), deepcopygen.Options{Packages: packages})
		},
		func() (render.Result, error) {
			return registergen.Generate(t.Context(), registergen.Options{Packages: packages})
		},
		func() (render.Result, error) {
			return clientgen.Generate(t.Context(), clientgen.Options{Packages: packages, OutputDir: ".", OutputPackage: root, ClientsetName: "clientset"})
		},
		func() (render.Result, error) {
			return listergen.Generate(t.Context(), listergen.Options{Packages: packages, OutputDir: "listers", OutputPackage: root + "/listers"})
		},
		func() (render.Result, error) {
			return informergen.Generate(t.Context(), informergen.Options{
				Packages: packages, OutputDir: "informers", OutputPackage: root + "/informers",
				ClientsetPackage: root + "/clientset", ListersPackage: root + "/listers",
			})
		},
	}
	for _, generate := range all {
		_, err := generate()
		require.NoError(t, err)
	}
	for _, generate := range all {
		result, err := generate()
		require.NoError(t, err)
		require.Empty(t, result.Written, "the second time nothing has changed")
		require.Empty(t, result.Stale)
	}
	golden.Compile(t)
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
