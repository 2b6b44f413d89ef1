package render

import "bytes"

// File is a Go file in the making: what the templates have written, and the imports that they have asked for.
// One goroutine at a time works on it; different files are independent.
type File struct {
	path        string
	packageName string
	doc         string
	imports     *Imports
	body        bytes.Buffer
}

// Doc sets the package comment, in plain text: "Package v1 has the clients of apps/v1."
func (f *File) Doc(text string) { f.doc = text }

// Imports are the packages that the file imports so far.
func (f *File) Imports() *Imports { return f.imports }

// Write appends Go source, as it is.
func (f *File) Write(source []byte) (int, error) { return f.body.Write(source) }
