package main

import (
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"client-go-workbook/lib/demo/demotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The demo takes two seconds. In a bubble, none.
func TestDemo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { demotest.GoldenOffCluster(t, run) })
}
