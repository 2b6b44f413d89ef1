package reflector

import "sync"

// progress is how far the store has followed the server. Whenever mu is free:
//   - version is that of a list which the store has, or of an event after it; "" before the first;
//   - refused says that the server has answered it can't list or stream from version, and nothing has been fetched since.
type progress struct {
	mu      sync.RWMutex
	version string
	refused bool
}

func (p *progress) reached(version string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.version = version
}

func (p *progress) last() string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.version
}

func (p *progress) setRefused(refused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = refused
}

// listFrom is the resourceVersion of the next list:
//
//	"0"   at first: whatever the server's cache has, cheaply
//	"41"  at least what the store has seen: never back in time
//	""    the newest, read from etcd: the server doesn't know 41 any more, or not yet
func (p *progress) listFrom() string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	switch {
	case p.refused:
		return ""
	case p.version == "":
		return "0"
	default:
		return p.version
	}
}

// streamFrom is the resourceVersion of the next streamed list: what the store has seen, or "" for the newest.
func (p *progress) streamFrom() string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.refused {
		return ""
	}
	return p.version
}
