package demo_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/demo"
)

func TestMeanwhileWaitsForTheEnd(t *testing.T) {
	running, ended := make(chan struct{}), false
	stop := demo.Meanwhile(t.Context(), func(ctx context.Context) {
		close(running)
		<-ctx.Done()
		ended = true // the race detector sees whether stop waits for this
	})
	<-running
	stop()
	require.True(t, ended)
	stop() // again is no harm
}
