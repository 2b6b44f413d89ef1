package main

import (
	"testing"

	"go.uber.org/goleak"

	"client-go-workbook/lib/codegen/cmd/internal/golden"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGolden(t *testing.T) { golden.Generator{Command: deepcopyGen}.Test(t) }
