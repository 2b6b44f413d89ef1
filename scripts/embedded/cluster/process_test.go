package cluster_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/scripts/embedded/cluster"
)

func TestAProcessIsKnownByItsBirthOnSystemsWithoutProc(t *testing.T) {
	if _, err := exec.LookPath("ps"); err != nil {
		t.Skip("there is no ps here")
	}
	cmd := exec.Command("sleep", "60")
	require.NoError(t, cmd.Start())
	born, ok := cluster.BornFromPS(cmd.Process.Pid)
	require.True(t, ok)
	require.Regexp(t, `\d\d:\d\d:\d\d 20\d\d$`, born)
	again, ok := cluster.BornFromPS(cmd.Process.Pid)
	require.True(t, ok)
	require.Equal(t, born, again)

	require.NoError(t, cmd.Process.Kill())
	require.Eventually(t, func() bool { _, ok := cluster.BornFromPS(cmd.Process.Pid); return !ok }, waitLong, waitShort,
		"a zombie does not run")
	require.Error(t, cmd.Wait())
	_, ok = cluster.BornFromPS(cmd.Process.Pid)
	require.False(t, ok)
}

func TestNoProcessIsNotAlive(t *testing.T) {
	for _, p := range []cluster.Process{{}, {PID: -1}, {PID: os.Getpid()}, {PID: os.Getpid(), Born: "another day"}} {
		require.False(t, p.Alive(), "%+v", p)
	}
}
