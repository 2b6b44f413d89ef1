package fifo_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

func TestKeys(t *testing.T) {
	f := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KeyFunction: keyOfThing})
	obj := &thing{name: "a"}
	for name, tc := range map[string]struct {
		obj  any
		want string
		err  error
	}{
		"an object":              {obj: obj, want: "a"},
		"a tombstone":            {obj: tombstone("b", obj), want: "b"},
		"Deltas":                 {obj: fifo.Deltas{{Object: &thing{name: "old"}}, {Object: obj}}, want: "a"},
		"Deltas of a tombstone":  {obj: fifo.Deltas{{Object: tombstone("b", obj)}}, want: "b"},
		"no deltas":              {obj: fifo.Deltas{}, err: fifo.ErrZeroLengthDeltasObject},
		"an object without name": {obj: &thing{}, err: errNameless},
		"no object":              {obj: nil, err: errNameless},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := f.KeyOf(tc.obj)
			require.Equal(t, tc.want, key)
			require.ErrorIs(t, err, tc.err)
			if tc.err != nil {
				keyError, ok := errors.AsType[store.KeyError](err)
				require.True(t, ok)
				require.Equal(t, tc.obj, keyError.Obj)
			}
		})
	}
}

func TestOldestAndNewest(t *testing.T) {
	require.Nil(t, fifo.Deltas{}.Oldest())
	require.Nil(t, fifo.Deltas{}.Newest())
	deltas := fifo.Deltas{{Type: fifo.Added}, {Type: fifo.Updated}, {Type: fifo.Deleted}}
	require.Same(t, &deltas[0], deltas.Oldest())
	require.Same(t, &deltas[2], deltas.Newest())
}

func TestErrRequeue(t *testing.T) {
	require.ErrorIs(t, fifo.ErrRequeue{Err: errProcess}, errProcess)
	require.Equal(t, errProcess.Error(), fifo.ErrRequeue{Err: errProcess}.Error())
	require.NotEmpty(t, fifo.ErrRequeue{}.Error())
	require.NoError(t, errors.Unwrap(fifo.ErrRequeue{}))
}

func TestDefaults(t *testing.T) {
	delta := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{})
	real := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true})
	require.Equal(t, "DeltaFIFO", delta.HasSyncedChecker().Name())
	require.Equal(t, "RealFIFO", real.HasSyncedChecker().Name())
	require.Nil(t, delta.Transformer())
	require.Nil(t, real.Transformer())

	named := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{Name: "pods", Transformer: mark})
	require.Equal(t, "pods", named.HasSyncedChecker().Name())
	require.NotNil(t, named.Transformer())
	require.False(t, named.IsClosed())
	named.Close()
	named.Close()
	require.True(t, named.IsClosed())
}

func TestContradictoryOptions(t *testing.T) {
	for want, opts := range map[string]fifo.RealFIFOOptions{
		"fifo: a RealFIFO needs either AtomicEvents or KnownObjects": {},
		"fifo: UnlockWhileProcessing needs AtomicEvents":             {KnownObjects: newShelf(), UnlockWhileProcessing: true},
		"fifo: EmitDeltaTypeBookmark needs AtomicEvents":             {KnownObjects: newShelf(), EmitDeltaTypeBookmark: true},
	} {
		require.PanicsWithValue(t, want, func() { fifo.NewRealFIFOWithOptions(opts) })
	}
	require.Panics(t, func() {
		fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, KnownObjects: newShelf()})
	})
}
