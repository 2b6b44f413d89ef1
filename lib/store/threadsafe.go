package store

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// ThreadSafeStore is an Indexer that is told the keys. Its writes have no error to return: if an index function fails
// or panics on an object, the write panics with an error that names both. Nothing has changed then and no lock is
// held, so a caller that recovers can go on.
type ThreadSafeStore interface {
	Add(key string, obj any)
	Update(key string, obj any)
	// Delete is DeleteWithObject without an object: LastStoreSyncResourceVersion stays as it is.
	Delete(key string)
	// DeleteWithObject takes out what is stored under key. The object is its last state, which tells the
	// resourceVersion of the deletion.
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
	// Transaction makes all writes in their order. All queries but Get see either none of them or all; a Get sees each
	// as it is made.
	Transaction(fns ...ThreadSafeStoreTransaction)
}

// NewThreadSafeStore returns an empty ThreadSafeStore with these indexes. Nobody outside can fill Indices: pass none.
func NewThreadSafeStore(indexers Indexers, _ Indices) ThreadSafeStore {
	return newThreadSafeMap(indexers)
}

func newThreadSafeMap(indexers Indexers) *threadSafeMap {
	s := &threadSafeMap{}
	s.setTable(newTable(indexers, 0))
	return s
}

// threadSafeMap makes a table safe for concurrent use. Whenever mu is free, directory is the table's.
type threadSafeMap struct {
	// writing is held by who changes anything, all the time; it is taken before mu.
	writing  sync.Mutex
	postings []posting // of the write under way; kept for its memory

	// mu is held by who reads, and for the moment of the change also by who writes. Each of both locks is enough to
	// read what follows.
	mu    sync.RWMutex
	table *table
	rv    string

	// directory is for Get, which takes no lock.
	directory atomic.Pointer[directory]
}

var _ ThreadSafeStoreWithTransaction = (*threadSafeMap)(nil)

func (s *threadSafeMap) Add(key string, obj any)    { must(s.update(key, obj)) }
func (s *threadSafeMap) Update(key string, obj any) { must(s.update(key, obj)) }
func (s *threadSafeMap) Delete(key string)          { s.DeleteWithObject(key, nil) }

func (s *threadSafeMap) DeleteWithObject(key string, obj any) {
	must(s.writeAll([]write{newWrite(key, Transaction{obj, TransactionTypeDelete})}))
}

func (s *threadSafeMap) update(key string, obj any) error {
	return s.writeAll([]write{newWrite(key, Transaction{obj, TransactionTypeUpdate})})
}

func (s *threadSafeMap) Transaction(fns ...ThreadSafeStoreTransaction) {
	writes := make([]write, len(fns))
	for i, fn := range fns {
		writes[i] = newWrite(fn.Key, fn.Transaction)
	}
	must(s.writeAll(writes))
}

func (s *threadSafeMap) Replace(items map[string]any, resourceVersion string) {
	list := make([]item, 0, len(items))
	for key, obj := range items {
		list = append(list, item{key, obj})
	}
	must(s.replace(list, resourceVersion))
}

type item struct {
	key string
	obj any
}

// replace puts the items into a new table, and the table in place of the old one. Of a key that repeats, the last
// counts.
func (s *threadSafeMap) replace(items []item, resourceVersion string) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	next := newTable(s.table.indexers(), len(items))
	var postings []posting
	for _, item := range items {
		var err error
		if postings, err = evaluate(postings[:0], next.indexes, item.key, item.obj); err != nil {
			return fmt.Errorf("replace: %w", err)
		}
		next.put(item.key, item.obj, postings)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rv = resourceVersion
	s.setTable(next)
	return nil
}

// setTable lets all see a table, and its directory, which may be another one after each write.
func (s *threadSafeMap) setTable(t *table) {
	s.table = t
	if s.directory.Load() != t.directory {
		s.directory.Store(t.directory)
	}
}

// AddIndexers computes the new indexes while all can read.
func (s *threadSafeMap) AddIndexers(newIndexers Indexers) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	for name, fn := range newIndexers {
		if fn == nil {
			return fmt.Errorf("add indexers: index %q has no function", name)
		}
		if _, err := s.table.find(name); err == nil {
			return fmt.Errorf("add indexers: there is an index %q already", name)
		}
	}
	more := newIndexes(newIndexers)
	places, err := s.table.widen(more)
	if err != nil {
		return fmt.Errorf("add indexers: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.table.indexes = append(s.table.indexes, more...)
	for i, e := range s.table.entries {
		e.places = places[i]
	}
	return nil
}

func (s *threadSafeMap) Bookmark(rv string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rv = rv
}

func (s *threadSafeMap) Resync() error { return nil }

func must(err error) {
	if err != nil {
		panic(err)
	}
}
