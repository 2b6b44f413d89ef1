package store

import (
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
)

// write is a change of one object on its way into the table.
type write struct {
	Transaction
	key      string
	postings []posting
	err      error // if it can't be made
}

func newWrite(key string, txn Transaction) write {
	return write{Transaction: txn, key: key}
}

// writeAll makes all writes, or none if one can't be made.
func (s *threadSafeMap) writeAll(writes []write) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.prepare(writes); err != nil {
		return err
	}
	s.commit(writes)
	return nil
}

// writeSome makes those writes that can be made. The others get an err.
func (s *threadSafeMap) writeSome(writes []write) {
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.prepare(writes)
	s.commit(writes)
}

// prepare does all that can fail: it asks the index functions. It returns what failed.
func (s *threadSafeMap) prepare(writes []write) error {
	s.postings = s.postings[:0]
	var failed []error
	for i := range writes {
		w := &writes[i]
		if w.err == nil {
			w.err = s.post(w)
		}
		if w.err != nil {
			failed = append(failed, w.err)
		}
	}
	return errors.Join(failed...)
}

func (s *threadSafeMap) post(w *write) (err error) {
	switch w.Type {
	case TransactionTypeAdd, TransactionTypeUpdate:
		begin := len(s.postings)
		postings, err := evaluate(s.postings, s.table.indexes, w.key, w.Object)
		if err != nil {
			return err
		}
		s.postings, w.postings = postings, postings[begin:]
		return nil
	case TransactionTypeDelete:
		return nil
	}
	return fmt.Errorf("object %q: unknown transaction type %q", w.key, w.Type)
}

// commit changes the table. The resourceVersion becomes that of the last object, if it has any.
func (s *threadSafeMap) commit(writes []write) {
	rv, versioned := lastVersion(writes)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range writes {
		w := &writes[i]
		if w.err != nil {
			continue
		}
		if w.Type == TransactionTypeDelete {
			s.table.remove(w.key)
		} else {
			s.table.put(w.key, w.Object, w.postings)
		}
	}
	if versioned {
		s.rv = rv
	}
	s.setTable(s.table)
	clear(s.postings) // don't keep the strings of objects that may be gone soon
}

// lastVersion returns the resourceVersion of the last object written or deleted, if it has any.
func lastVersion(writes []write) (rv string, versioned bool) {
	for i := len(writes) - 1; i >= 0; i-- {
		if writes[i].err == nil {
			object, err := meta.Accessor(writes[i].Object)
			if err != nil {
				return "", false
			}
			return object.GetResourceVersion(), true
		}
	}
	return "", false
}
