package cluster_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/scripts/embedded/cluster"
)

func TestAProcessIsKnownByItsBirth(t *testing.T) {
	for name, bornOf := range map[string]func(int) (string, bool){"this system": cluster.BornOf, "ps": cluster.BornFromPS} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("ps"); err != nil && name == "ps" {
				t.Skip("there is no ps here")
			}
			cmd := exec.Command("sleep", "60")
			require.NoError(t, cmd.Start())
			born, ok := bornOf(cmd.Process.Pid)
			require.True(t, ok)
			require.NotEmpty(t, born)
			again, ok := bornOf(cmd.Process.Pid)
			require.True(t, ok)
			require.Equal(t, born, again)

			require.NoError(t, cmd.Process.Kill())
			require.Eventually(t, func() bool { _, ok := bornOf(cmd.Process.Pid); return !ok }, waitLong, waitShort,
				"a zombie does not run")
			require.Error(t, cmd.Wait())
			_, ok = bornOf(cmd.Process.Pid)
			require.False(t, ok)
		})
	}
}

func TestNoProcessIsNotAlive(t *testing.T) {
	for _, p := range []cluster.Process{{}, {PID: -1}, {PID: os.Getpid()}, {PID: os.Getpid(), Born: "another day"}} {
		require.False(t, p.Alive(), "%+v", p)
	}
}
