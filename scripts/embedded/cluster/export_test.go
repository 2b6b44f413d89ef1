package cluster

// BornOf asks the system as Process does. BornFromPS is what it does on those
// without /proc; the tests run it on all.
var (
	BornOf     = bornOf
	BornFromPS = bornFromPS
)
