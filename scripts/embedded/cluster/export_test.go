package cluster

// BornFromPS is what systems without /proc use; the tests run it on all.
var BornFromPS = bornFromPS
