package workqueue

// shrinkingMap is a map that gives memory back: Go's keeps its room for good once it has grown. The zero value is empty.
//
// Always:
//   - peak is the largest size since m was made;
//   - peak is at most minPeak, or at most 4 times the size.
type shrinkingMap[K comparable, V any] struct {
	m    map[K]V
	peak int
}

// minPeak is how many entries a map may have room for without need.
const minPeak = 1024

func (s *shrinkingMap[K, V]) set(key K, value V) {
	if s.m == nil {
		s.m = map[K]V{}
	}
	s.m[key] = value
	s.peak = max(s.peak, len(s.m))
}

func (s *shrinkingMap[K, V]) delete(key K) {
	delete(s.m, key)
	if s.peak > max(minPeak, 4*len(s.m)) {
		s.move()
	}
}

// move goes to a map that is as large as it has to be. At least 3 of 4 entries have gone since the last time, so they
// have paid for it.
func (s *shrinkingMap[K, V]) move() {
	m := make(map[K]V, len(s.m))
	for key, value := range s.m {
		m[key] = value
	}
	s.m, s.peak = m, len(m)
}
