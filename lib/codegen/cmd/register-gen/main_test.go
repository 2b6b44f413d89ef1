package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/codegen/cmd/internal/golden"
	"client-go-workbook/lib/codegen/deepcopygen"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGolden(t *testing.T) {
	golden.Generator{Command: registerGen, Before: func(t *testing.T) {
		_, err := deepcopygen.Generate(t.Context(), deepcopygen.Options{Packages: []string{"./..."}})
		require.NoError(t, err)
	}}.Test(t)
}
