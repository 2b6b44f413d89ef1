package rest

import "testing"

// SetServiceAccountDir makes InClusterConfig look in dir until the test ends.
func SetServiceAccountDir(t testing.TB, dir string) {
	old := serviceAccountDir
	serviceAccountDir = dir
	t.Cleanup(func() { serviceAccountDir = old })
}
