package transport

// Cached says whether the cache has an entry for config, be it of a transport that is gone.
func Cached(config Config) bool {
	transports.mu.Lock()
	defer transports.mu.Unlock()
	_, ok := transports.entries[keyOf(&config)]
	return ok
}
