// Package gotest compiles the tests of one exercise and runs their offline and their cluster part.
//
//	Build ──go test -c -overlay──▶ Binary ──test2json──▶ Result
//	  │                              ├─ Offline: -skip ^TestCluster
//	  └─▶ CompileError               └─ Cluster: -run  ^TestCluster
//
// An overlay puts other files in the place of the learner's for one build: no file is copied or changed. The two parts
// are one binary, so that nothing is compiled twice, and every test belongs to exactly one of them.
package gotest
