package v1

// EventExpansion is empty: the type has no methods beyond the usual ones.
type EventExpansion interface{}
