package demo

import (
	"bytes"
	"flag"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDemosTakeOneFlag(t *testing.T) {
	for _, test := range []struct {
		name    string
		args    []string
		verbose bool
		wantErr string
		said    string
	}{
		{name: "nothing"},
		{name: "-v", args: []string{"-v"}, verbose: true},
		{name: "another flag", args: []string{"-x"}, wantErr: "-x", said: "usage: 02-dynamic [-v]\n"},
		{name: "a word", args: []string{"x"}, wantErr: `unexpected argument "x"`, said: `unexpected argument "x"`},
		{name: "help", args: []string{"-h"}, wantErr: flag.ErrHelp.Error(), said: "usage: 02-dynamic [-v]\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var said bytes.Buffer
			verbose, err := parse("02-dynamic", test.args, &said)
			require.Equal(t, test.verbose, verbose)
			require.Contains(t, said.String(), test.said)
			if test.wantErr == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.wantErr)
			}
		})
	}
}

func TestADemoMayHaveFlagsOfItsOwn(t *testing.T) {
	var file string
	var stay bool
	own := func(flags *flag.FlagSet) {
		flags.StringVar(&file, "svg", "", "also draw the chart into this `file`")
		flags.BoolVar(&stay, "stay", false, "stay")
	}
	verbose, err := parse("04-limiters", []string{"-v", "-svg", "x.svg", "-stay"}, nil, own)
	require.NoError(t, err)
	require.True(t, verbose)
	require.Equal(t, "x.svg", file)
	require.True(t, stay)

	var said bytes.Buffer
	_, err = parse("04-limiters", []string{"-h"}, &said, own)
	require.ErrorIs(t, err, flag.ErrHelp)
	require.Contains(t, said.String(), "usage: 04-limiters [-stay] [-svg file] [-v]\n")
	require.Contains(t, said.String(), "also draw the chart into this file")
}
