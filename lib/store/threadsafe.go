package store

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
)

// ThreadSafeStore is an Indexer that is told the keys.
type ThreadSafeStore interface {
	Add(key string, obj any)
	Update(key string, obj any)
	// Delete is DeleteWithObject without an object: LastStoreSyncResourceVersion stays as it is.
	Delete(key string)
	DeleteWithObject(key string, obj any)
	Get(key string) (item any, exists bool)
	List() []any
	ListKeys() []string
	Replace(map[string]any, string)
	Index(indexName string, obj any) ([]any, error)
	IndexKeys(indexName, indexedValue string) ([]string, error)
	Bookmark(rv string)
	LastStoreSyncResourceVersion() string
	ListIndexFuncValues(name string) []string
	ByIndex(indexName, indexedValue string) ([]any, error)
	GetIndexers() Indexers

	AddIndexers(newIndexers Indexers) error
	Resync() error
}

// ThreadSafeStoreWithTransaction is a ThreadSafeStore that takes several writes at once. NewThreadSafeStore returns one.
type ThreadSafeStoreWithTransaction interface {
	ThreadSafeStore
	// Transaction makes all writes in their order; no query sees some of them without the others.
	Transaction(fns ...ThreadSafeStoreTransaction)
}

// NewThreadSafeStore returns an empty ThreadSafeStore with these indexes. Indices is there for the signature's sake.
func NewThreadSafeStore(indexers Indexers, _ Indices) ThreadSafeStore {
	return &threadSafeMap{items: map[string]any{}, indexers: maps.Clone(indexers)}
}

type index struct{}

type threadSafeMap struct {
	mu       sync.RWMutex
	items    map[string]any
	indexers Indexers
	rv       string
}

func (s *threadSafeMap) Add(key string, obj any) { s.Update(key, obj) }

func (s *threadSafeMap) Update(key string, obj any) {
	s.Transaction(ThreadSafeStoreTransaction{Transaction{obj, TransactionTypeUpdate}, key})
}

func (s *threadSafeMap) Delete(key string) { s.DeleteWithObject(key, nil) }

func (s *threadSafeMap) DeleteWithObject(key string, obj any) {
	s.Transaction(ThreadSafeStoreTransaction{Transaction{obj, TransactionTypeDelete}, key})
}

func (s *threadSafeMap) Transaction(txns ...ThreadSafeStoreTransaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, txn := range txns {
		if txn.Type == TransactionTypeDelete {
			delete(s.items, txn.Key)
		} else {
			s.items[txn.Key] = txn.Object
		}
		if object, err := meta.Accessor(txn.Object); err == nil {
			s.rv = object.GetResourceVersion()
		}
	}
}

func (s *threadSafeMap) Replace(items map[string]any, rv string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items, s.rv = items, rv
}

func (s *threadSafeMap) Get(key string) (item any, exists bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	item, exists = s.items[key]
	return item, exists
}

func (s *threadSafeMap) List() []any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Collect(maps.Values(s.items))
}

func (s *threadSafeMap) ListKeys() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Collect(maps.Keys(s.items))
}

func (s *threadSafeMap) Bookmark(rv string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rv = rv
}

func (s *threadSafeMap) LastStoreSyncResourceVersion() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rv
}

func (s *threadSafeMap) matching(indexName string, wanted []string) ([]string, error) {
	fn, ok := s.indexers[indexName]
	if !ok {
		return nil, fmt.Errorf("no index %q", indexName)
	}
	var keys []string
	for key, obj := range s.items {
		values, err := fn(obj)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(values, func(v string) bool { return slices.Contains(wanted, v) }) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

func (s *threadSafeMap) Index(indexName string, obj any) ([]any, error) {
	fn := s.GetIndexers()[indexName]
	if fn == nil {
		return nil, fmt.Errorf("no index %q", indexName)
	}
	values, err := fn(obj)
	if err != nil {
		return nil, err
	}
	return s.byIndex(indexName, values)
}

func (s *threadSafeMap) ByIndex(indexName, indexedValue string) ([]any, error) {
	return s.byIndex(indexName, []string{indexedValue})
}

func (s *threadSafeMap) byIndex(indexName string, values []string) ([]any, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	keys, err := s.matching(indexName, values)
	var list []any
	for _, key := range keys {
		list = append(list, s.items[key])
	}
	return list, err
}

func (s *threadSafeMap) IndexKeys(indexName, indexedValue string) ([]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.matching(indexName, []string{indexedValue})
}

func (s *threadSafeMap) ListIndexFuncValues(name string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	set := map[string]bool{}
	for _, obj := range s.items {
		values, _ := s.indexers[name](obj)
		for _, v := range values {
			set[v] = true
		}
	}
	return slices.Collect(maps.Keys(set))
}

func (s *threadSafeMap) GetIndexers() Indexers {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return maps.Clone(s.indexers)
}

func (s *threadSafeMap) AddIndexers(newIndexers Indexers) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range newIndexers {
		if s.indexers[name] != nil {
			return fmt.Errorf("add indexers: index %q exists", name)
		}
	}
	s.indexers = maps.Clone(s.indexers)
	if s.indexers == nil {
		s.indexers = Indexers{}
	}
	maps.Copy(s.indexers, newIndexers)
	return nil
}

func (s *threadSafeMap) Resync() error { return nil }
