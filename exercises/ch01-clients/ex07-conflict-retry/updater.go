// Package conflictretry changes an object that others change, too.
//
//	get ──▶ change ──▶ update ──▶ 409 Conflict: somebody was faster
//	 ▲                               │
//	 └────── wait, if ctx lets us ───┘ Backoff.Steps attempts in all
package conflictretry

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"

	"client-go-workbook/lib/dynamic"
)

// Updater updates the objects of one resource.
type Updater struct {
	Objects dynamic.ResourceInterface
	Backoff wait.Backoff // how many attempts there are, and how long to wait between them: retry.DefaultRetry
}

// Update reads the object, changes it and writes it, and returns it as the server has it then. If somebody else has
// written it in the meantime, it begins again, so change may be called several times, each time with what is there now.
// An error of change, and any error of the server but a Conflict, ends it and comes back as it is. When all attempts are
// spent, or ctx ends while it waits for the next one, the last Conflict comes back.
func (u *Updater) Update(ctx context.Context, name string, change func(*unstructured.Unstructured) error) (*unstructured.Unstructured, error) {
	// TODO: Get the object called name, change it and update it, and all of that again after a Conflict.
	// Let u.Backoff say how often and when, and stop waiting when ctx ends.
	// You may need: k8s.io/apimachinery/pkg/api/errors, k8s.io/apimachinery/pkg/apis/meta/v1
	panic("TODO ch01/ex07: fill in Updater.Update")
}
