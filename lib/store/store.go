package store

import (
	"fmt"
)

// Store holds the last known state of each object, by key. It computes the keys itself, with a KeyFunc.
// Objects in a store are shared: whoever reads one must not change it.
type Store interface {

	// Add puts the object in, in place of the one with the same key if there is one. An error leaves the store as it
	// was; it is a KeyError, or from the transformer or an index function.
	Add(obj any) error

	// Update does the same.
	Update(obj any) error

	// Delete takes out the object that has the same key as obj, if it is there.
	Delete(obj any) error

	// List returns all objects, in no order. The slice is the caller's.
	List() []any

	// ListKeys returns the keys of all objects, in no order.
	ListKeys() []string

	// LastStoreSyncResourceVersion is the resourceVersion of the last write: of its object, or as told by Replace
	// or Bookmark.
	LastStoreSyncResourceVersion() string

	// Bookmark notes that the store is as of this resourceVersion.
	Bookmark(rv string)

	// Get returns the stored object that has the same key as obj.
	Get(obj any) (item any, exists bool, err error)

	// GetByKey returns the object with this key.
	GetByKey(key string) (item any, exists bool, err error)

	// Replace makes the list the whole content, as of a resourceVersion. It fails as Add does: entirely.
	Replace([]any, string) error

	// Resync does nothing here. It has a meaning for queues that are also stores.
	Resync() error
}

// TransformFunc changes an object before anyone sees it, mostly to drop what nobody needs and save memory. It may
// change the object in place. It is called for each object on its way in, so it must be fast, and it may get an
// object that it has changed before.
type TransformFunc func(any) (any, error)

// StoreOption sets what is optional of NewStore and NewIndexer.
type StoreOption = func(*cache)

// WithTransformer has the transformer called for each object that is added, updated or replaced, after its key was
// computed. An error keeps the object out.
func WithTransformer(transformer TransformFunc) StoreOption {
	return func(c *cache) { c.transformer = transformer }
}

// NewStore returns an empty Store.
func NewStore(keyFunc KeyFunc, opts ...StoreOption) Store {
	return NewIndexer(keyFunc, nil, opts...)
}

// NewIndexer returns an empty Indexer with these indexes.
func NewIndexer(keyFunc KeyFunc, indexers Indexers, opts ...StoreOption) Indexer {
	c := &cache{threadSafeMap: newThreadSafeMap(indexers), keyFunc: keyFunc}
	for _, opt := range opts {
		opt(c)
	}
	return c
}

// cache is a threadSafeMap that finds the keys itself.
type cache struct {
	*threadSafeMap
	keyFunc     KeyFunc
	transformer TransformFunc
}

var (
	_ Indexer          = (*cache)(nil)
	_ TransactionStore = (*cache)(nil)
)

func (c *cache) Add(obj any) error { return c.Update(obj) }

func (c *cache) Update(obj any) error {
	key, obj, err := c.admit(obj)
	if err != nil {
		return err
	}
	return c.update(key, obj)
}

// admit returns what is to be stored for obj, and its key.
func (c *cache) admit(obj any) (string, any, error) {
	key, err := c.keyFunc(obj)
	if err != nil {
		return "", nil, KeyError{obj, err}
	}
	if c.transformer != nil {
		if obj, err = c.transformer(obj); err != nil {
			return "", nil, fmt.Errorf("transform %q: %w", key, err)
		}
	}
	return key, obj, nil
}

func (c *cache) Delete(obj any) error {
	key, err := c.keyFunc(obj)
	if err != nil {
		return KeyError{obj, err}
	}
	c.DeleteWithObject(key, obj)
	return nil
}

func (c *cache) Get(obj any) (item any, exists bool, err error) {
	key, err := c.keyFunc(obj)
	if err != nil {
		return nil, false, KeyError{obj, err}
	}
	return c.GetByKey(key)
}

func (c *cache) GetByKey(key string) (item any, exists bool, err error) {
	item, exists = c.threadSafeMap.Get(key)
	return item, exists, nil
}

// Replace finds all keys before it takes a lock. The list isn't written to: a caller may still hold it.
func (c *cache) Replace(list []any, resourceVersion string) error {
	items := make([]item, len(list))
	for i, obj := range list {
		var err error
		if items[i].key, items[i].obj, err = c.admit(obj); err != nil {
			return err
		}
	}
	return c.replace(items, resourceVersion)
}

// Transaction stores objects as they are: they come from a queue, which has transformed them.
func (c *cache) Transaction(txns ...Transaction) *TransactionError {
	writes := make([]write, len(txns))
	for i, txn := range txns {
		key, err := c.keyFunc(txn.Object)
		if writes[i] = newWrite(key, txn); err != nil {
			writes[i].err = KeyError{txn.Object, err}
		}
	}
	c.writeSome(writes)
	return transactionError(writes)
}

func transactionError(writes []write) *TransactionError {
	failed := &TransactionError{TotalTransactions: len(writes)}
	for i := range writes {
		if err := writes[i].err; err != nil {
			failed.Errors = append(failed.Errors, err)
		} else {
			failed.SuccessfulIndices = append(failed.SuccessfulIndices, i)
		}
	}
	if len(failed.Errors) == 0 {
		return nil
	}
	return failed
}
