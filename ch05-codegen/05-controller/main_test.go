package main

import (
	"testing"

	"go.uber.org/goleak"

	"client-go-workbook/lib/demo/demotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDemo(t *testing.T) { demotest.Golden(t, new(play).run) }
