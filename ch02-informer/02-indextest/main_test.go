package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/demo/demotest"
)

func TestDemo(t *testing.T) { demotest.Golden(t, run) }

func TestFirstHalfNeedsNoCluster(t *testing.T) {
	t.Setenv("CLUSTER", "none, for this test")
	var out bytes.Buffer
	require.ErrorContains(t, run(t.Context(), &out), "none, for this test")
	require.Contains(t, out.String(), "oscar  two (bert,oscar)")
}
