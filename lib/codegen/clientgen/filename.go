package clientgen

import (
	"go/build"
	"io"
	"strings"
)

// everywhere is a file's name, or another one if Go would take the file for a test, or for one of some operating systems only:
// fake_test.go, fake_windows.go.
func everywhere(file string) string {
	nowhere := build.Context{GOOS: "nowhere", GOARCH: "nothing", OpenFile: func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader("package p")), nil
	}}
	matches, err := nowhere.MatchFile("", file)
	if !matches || err != nil || strings.HasSuffix(file, "_test.go") {
		return strings.TrimSuffix(file, ".go") + "_type.go"
	}
	return file
}
