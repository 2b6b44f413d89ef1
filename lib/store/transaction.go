package store

import "fmt"

// TransactionType says what one part of a transaction does.
type TransactionType string

const (
	TransactionTypeAdd    TransactionType = "Add"
	TransactionTypeUpdate TransactionType = "Update"
	TransactionTypeDelete TransactionType = "Delete"
)

// Transaction is one part of a transaction: one object written or deleted.
type Transaction struct {
	Object any
	Type   TransactionType
}

// TransactionStore is a Store that takes several writes at once. NewStore and NewIndexer return one.
type TransactionStore interface {
	// Transaction makes all writes in their order; no query sees some of them without the others. What fails is
	// left out and reported, the rest is done.
	Transaction(txns ...Transaction) *TransactionError
}

// TransactionError says which parts of a transaction failed. The others are done.
type TransactionError struct {
	SuccessfulIndices []int // ascending, in the arguments of Transaction
	TotalTransactions int
	Errors            []error // one for each part that failed
}

func (t *TransactionError) Error() string {
	return fmt.Sprintf("%d of %d writes failed: %v", t.TotalTransactions-len(t.SuccessfulIndices), t.TotalTransactions, t.Errors)
}

// Unwrap returns the errors of the parts.
func (t *TransactionError) Unwrap() []error { return t.Errors }

// ThreadSafeStoreTransaction is a Transaction on the object with this key.
type ThreadSafeStoreTransaction struct {
	Transaction
	Key string
}
