package transport

// Cached is how many transports the cache knows.
func Cached() int {
	transports.mu.Lock()
	defer transports.mu.Unlock()
	return len(transports.entries)
}
