package fifo

import (
	"fmt"

	"client-go-workbook/lib/store"
)

// DeltaType is a kind of change.
type DeltaType string

const (
	Added   DeltaType = "Added"
	Updated DeltaType = "Updated"
	// Deleted carries the object's last state, or a store.DeletedFinalStateUnknown if nobody saw it go.
	Deleted DeltaType = "Deleted"
	// Replaced is an object of a list: it may be new, changed, or just as it was.
	Replaced DeltaType = "Replaced"
	// ReplacedAll is a whole list as one change; its Object is a ReplacedAllInfo. It takes a RealFIFO with AtomicEvents.
	ReplacedAll DeltaType = "ReplacedAll"
	// Sync is a resync: an object that is known already. A DeltaFIFO without EmitDeltaTypeReplaced says it for Replaced too.
	Sync DeltaType = "Sync"
	// SyncAll is a resync of everything as one change; its Object is a SyncAllInfo. It takes a RealFIFO with AtomicEvents.
	SyncAll DeltaType = "SyncAll"
	// Bookmark says how far the watch has come; its Object is a BookmarkInfo. It takes EmitDeltaTypeBookmark.
	Bookmark DeltaType = "Bookmark"
)

// batchable says whether the change is about a single object.
func (t DeltaType) batchable() bool {
	return t != ReplacedAll && t != SyncAll && t != Bookmark
}

// Delta is one change.
type Delta struct {
	Type   DeltaType
	Object any // the state after the change; for Deleted, the last before it
}

// String shows the kind of change, and for one that is about no single object also what it carries; never an object.
func (d Delta) String() string {
	switch info := d.Object.(type) {
	case store.DeletedFinalStateUnknown:
		return string(d.Type) + "?"
	case ReplacedAllInfo:
		return fmt.Sprintf("%s(%d)@%s", d.Type, len(info.Objects), info.ResourceVersion)
	case BookmarkInfo:
		return fmt.Sprintf("%s@%s", d.Type, info.ResourceVersion)
	}
	return string(d.Type)
}

// Deltas are changes of one object, oldest first.
type Deltas []Delta

// Oldest returns the first change, nil if there is none.
func (d Deltas) Oldest() *Delta {
	if len(d) == 0 {
		return nil
	}
	return &d[0]
}

// Newest returns the last change, nil if there is none.
func (d Deltas) Newest() *Delta {
	if len(d) == 0 {
		return nil
	}
	return &d[len(d)-1]
}

// ReplacedAllInfo is the Object of a ReplacedAll.
type ReplacedAllInfo struct {
	ResourceVersion string // of the list
	Objects         []any  // of the list, transformed
}

// SyncAllInfo is the Object of a SyncAll. It says nothing: what is known is known to the consumer.
type SyncAllInfo struct{}

// BookmarkInfo is the Object of a Bookmark.
type BookmarkInfo struct {
	ResourceVersion string
}
