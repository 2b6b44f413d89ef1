package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/demo/demotest"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDemo(t *testing.T) { demotest.Golden(t, run) }

// TestFlags has the answers to the README's question about -burst and -max.
func TestFlags(t *testing.T) {
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	client, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	d := &steps{core: client.CoreV1(), ns: cluster.NamespaceForTest(t, cfg)}
	defer func(before record.CorrelatorOptions) { limits = before }(limits)
	for _, tt := range []struct {
		max    int
		writes map[string]int
	}{
		{10, map[string]int{"create": 10, "patch": 990}},
		{1000, map[string]int{"create": 1000}},
	} {
		limits = record.CorrelatorOptions{BurstSize: 1000, MaxEvents: tt.max}
		l, err := d.record(t.Context(), func(i int) (pod, message string) { return "bert", fmt.Sprintf("Attempt %d failed", i) })
		require.NoError(t, err)
		writes := map[string]int{}
		for _, row := range l.written {
			writes[row[0]]++
		}
		require.Equal(t, tt.writes, writes, "of 1,000 similar events, with -burst 1000 -max %d", tt.max)
	}
}
