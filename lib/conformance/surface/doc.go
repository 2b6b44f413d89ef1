// Command surface compares what upstream's code generators write with what ours write, and client-go with lib, symbol by symbol:
//
//	k8s.io/api, apis ─┬─▶ code-generator's ──▶ temp dir ─┐
//	                  └─▶ ours             ──▶ temp dir ─┴─▶ go/types ──▶ surfaces ──▶ missing 0, extra 0
//	client-go's kubernetes, listers, informers ─┬──────────▶ go/types ──▶ surfaces ──▶ missing 0, extra 0
//	lib's kubernetes, listers, informers       ─┘
//
// The folder apis has the tags that k8s.io/api has no use for. The last comparison is of what is written by hand, too: the expansions.
//
// A surface is every exported constant, variable, function, type, field and method, and what it is: the value, the type,
// the signature. Names of packages that both libraries have, under different paths, are brought into one form (rename.go).
// What differs on purpose is in exceptions.go, with the reason. An exception that explains nothing, or more or less than it
// says, is an error too.
//
//	go run ./surface      in lib/conformance; exit code 1 if a symbol is missing, extra, or not explained right
//
// Upstream: none.
package main
