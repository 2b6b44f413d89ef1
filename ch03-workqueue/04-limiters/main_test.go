package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/demo/demotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// In a bubble no time passes while the limiters are asked: the bucket gets no token meanwhile.
func TestDemo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { demotest.GoldenOffCluster(t, new(drawing).run) })
}

// The picture is in the chapter's README.
func TestPicture(t *testing.T) { synctest.Test(t, picturesAreEqual) }

func picturesAreEqual(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a", "new", "folder", "limiters.svg")
	var out bytes.Buffer
	require.NoError(t, (&drawing{svg: file}).run(t.Context(), &out))
	require.Contains(t, out.String(), "\n  svg       "+file+"\n")
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	golden := filepath.Join("testdata", "limiters.svg")
	if flag.Lookup("update").Value.String() == "true" {
		require.NoError(t, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "go test -update writes it")
	require.Equal(t, string(want), string(got))

	decoder := xml.NewDecoder(bytes.NewReader(got))
	elements := map[string]int{}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if element, ok := token.(xml.StartElement); ok {
			elements[element.Name.Local]++
		}
	}
	require.Equal(t, 1+4+4*14, elements["rect"], "the paper, four names, and 14 failures in each panel")
	require.Equal(t, 2*14, elements["circle"], "what the maximum is of")
}

func TestPictureThatCannotBeWritten(t *testing.T) {
	err := (&drawing{svg: t.TempDir()}).run(t.Context(), io.Discard)
	require.ErrorContains(t, err, "svg: ")
	require.ErrorContains(t, err, "is a directory")
}
