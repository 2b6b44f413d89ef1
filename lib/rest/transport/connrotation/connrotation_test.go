package connrotation_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"client-go-workbook/lib/rest/transport/connrotation"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// conn counts how often it is closed.
type conn struct {
	net.Conn
	closed int
}

func (c *conn) Close() error {
	c.closed++
	return nil
}

func TestCloseAllClosesWhatIsOpen(t *testing.T) {
	var dialed []*conn
	dial := func(context.Context, string, string) (net.Conn, error) {
		dialed = append(dialed, new(conn))
		return dialed[len(dialed)-1], nil
	}
	tracker := connrotation.NewConnectionTracker()
	first, second := connrotation.NewDialerWithTracker(dial, tracker), connrotation.NewDialerWithTracker(dial, tracker)
	a, err := first.DialContext(t.Context(), "tcp", "a")
	require.NoError(t, err)
	_, err = second.DialContext(t.Context(), "tcp", "b")
	require.NoError(t, err)
	require.NoError(t, a.Close())

	tracker.CloseAll()
	require.Equal(t, 1, dialed[0].closed, "closed by its owner, and then forgotten")
	require.Equal(t, 1, dialed[1].closed)

	_, err = first.DialContext(t.Context(), "tcp", "c")
	require.NoError(t, err)
	require.Zero(t, dialed[2].closed, "opened afterwards")
	tracker.CloseAll()
	require.Equal(t, []int{1, 1, 1}, []int{dialed[0].closed, dialed[1].closed, dialed[2].closed})
}

func TestFailedDialIsPassedOn(t *testing.T) {
	refused := errors.New("refused")
	dialer := connrotation.NewDialerWithTracker(func(context.Context, string, string) (net.Conn, error) { return nil, refused },
		connrotation.NewConnectionTracker())
	_, err := dialer.DialContext(t.Context(), "tcp", "a")
	require.ErrorIs(t, err, refused)
	dialer.CloseAll()
}
