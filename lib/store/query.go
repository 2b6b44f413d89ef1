package store

import (
	"fmt"
	"maps"
	"slices"
)

// Get waits for nobody.
func (s *threadSafeMap) Get(key string) (item any, exists bool) { return s.directory.Load().get(key) }

// List makes its room under the lock, though writers wait meanwhile: what is made to be copied into at once costs the
// runtime less than what is made ahead, most of all while it collects garbage.
func (s *threadSafeMap) List() []any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]any, len(s.table.objects))
	copy(list, s.table.objects)
	return list
}

func (s *threadSafeMap) ListKeys() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := make([]string, len(s.table.entries))
	for i, e := range s.table.entries {
		list[i] = e.key
	}
	return list
}

func (s *threadSafeMap) ByIndex(indexName, indexedValue string) ([]any, error) {
	return s.withAny(indexName, indexedValue)
}

// Index asks the index function before it takes the lock again: an index stays once it is there.
func (s *threadSafeMap) Index(indexName string, obj any) ([]any, error) {
	fn, err := s.indexFunc(indexName)
	if err != nil {
		return nil, err
	}
	values, err := fn.call(obj)
	if err != nil {
		return nil, fmt.Errorf("index %q: object to compare with: %w", indexName, err)
	}
	return s.withAny(indexName, values...)
}

// withAny returns the objects that have at least one of the values.
func (s *threadSafeMap) withAny(indexName string, values ...string) ([]any, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	x, err := s.table.find(indexName)
	if err != nil {
		return nil, err
	}
	return s.table.objectsAt(x.positions(values...)), nil
}

func (s *threadSafeMap) indexFunc(indexName string) (IndexFunc, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	x, err := s.table.find(indexName)
	if err != nil {
		return nil, err
	}
	return x.fn, nil
}

func (s *threadSafeMap) IndexKeys(indexName, indexedValue string) ([]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	x, err := s.table.find(indexName)
	if err != nil {
		return nil, err
	}
	keys := s.table.keysAt(x.positions(indexedValue))
	slices.Sort(keys)
	return keys, nil
}

func (s *threadSafeMap) ListIndexFuncValues(name string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	x, err := s.table.find(name)
	if err != nil {
		return []string{}
	}
	return slices.AppendSeq(make([]string, 0, len(x.buckets)), maps.Keys(x.buckets))
}

func (s *threadSafeMap) GetIndexers() Indexers {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.table.indexers()
}

func (s *threadSafeMap) LastStoreSyncResourceVersion() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rv
}
