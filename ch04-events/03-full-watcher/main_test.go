package main

import (
	"testing"

	"client-go-workbook/lib/demo/demotest"
)

func TestDemo(t *testing.T) { demotest.GoldenOffCluster(t, run) }
