package main

import (
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"client-go-workbook/lib/demo/demotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// In a bubble, who waits is known to wait.
func TestDemo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { demotest.GoldenOffCluster(t, run) })
}
