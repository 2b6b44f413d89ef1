package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// serveDelete answers with a Status when the object has gone, and with the object while finalizers hold it.
func (s *Server) serveDelete(w http.ResponseWriter, r *Request, e encoding) error {
	opts, err := deleteOptions(r)
	if err != nil {
		return err
	}
	left, err := s.delete(r.ref(), opts)
	if err != nil {
		return err
	}
	m := accessor(left.obj)
	if len(m.GetFinalizers()) > 0 {
		return writeRevision(w, e, http.StatusOK, left)
	}
	writeObject(w, r, &metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusSuccess,
		Details:  &metav1.StatusDetails{Name: r.Name, Group: r.kind.Group, Kind: r.kind.Plural, UID: m.GetUID()},
	})
	return nil
}

// serveDeleteCollection removes what a list with the same query would show, and answers with that list.
func (s *Server) serveDeleteCollection(w http.ResponseWriter, r *Request, e encoding) error {
	opts, err := deleteOptions(r)
	if err != nil {
		return err
	}
	listOpts, sel, err := listOptions(r)
	if err != nil {
		return err
	}
	p, err := s.page(r.kind, sel, listOpts)
	if err != nil {
		return err
	}
	for _, item := range p.items {
		m := accessor(item.obj)
		_, err := s.delete(ref{r.kind, m.GetNamespace(), m.GetName()}, opts)
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	document, err := listDocument(e, r.kind, p.ListMeta, p.items)
	if err != nil {
		return err
	}
	write(w, e, http.StatusOK, document)
	return nil
}

// delete removes an object, or marks it as deleted while it has finalizers; an update that takes the last one away
// removes it then. It returns the object as it was left.
func (s *Server) delete(at ref, opts *metav1.DeleteOptions) (*revision, error) {
	return s.store.write(at.kind, at.key(), len(opts.DryRun) > 0, func(old runtime.Object) (runtime.Object, error) {
		if old == nil {
			return nil, apierrors.NewNotFound(at.kind.groupResource(), at.name)
		}
		was := accessor(old)
		if err := at.checkPreconditions(was, opts.Preconditions); err != nil {
			return nil, err
		}
		switch {
		case len(was.GetFinalizers()) == 0:
			return nil, nil
		case was.GetDeletionTimestamp() != nil:
			return old, nil
		}
		next := old.DeepCopyObject()
		m, now, grace := accessor(next), metav1.Now().Rfc3339Copy(), int64(0)
		m.SetDeletionTimestamp(&now)
		m.SetDeletionGracePeriodSeconds(&grace)
		if m.GetGeneration() > 0 {
			m.SetGeneration(m.GetGeneration() + 1)
		}
		return next, nil
	})
}

func (at ref) checkPreconditions(m metav1.Object, want *metav1.Preconditions) error {
	if want == nil {
		return nil
	}
	if want.UID != nil && *want.UID != m.GetUID() {
		return at.preconditionFailed("UID", *want.UID, m.GetUID())
	}
	if want.ResourceVersion != nil && *want.ResourceVersion != m.GetResourceVersion() {
		return at.preconditionFailed("ResourceVersion", *want.ResourceVersion, m.GetResourceVersion())
	}
	return nil
}

func (at ref) preconditionFailed(what string, want, got any) error {
	return apierrors.NewConflict(schema.GroupResource{Group: at.kind.Group, Resource: at.kind.Kind}, at.name,
		fmt.Errorf("the %s in the precondition (%v) does not match the %[1]s in record (%v)", what, want, got))
}

// deleteOptions come in the body, or in the query if there is none.
func deleteOptions(r *Request) (*metav1.DeleteOptions, error) {
	opts := &metav1.DeleteOptions{}
	var err error
	switch raw, binary := bytes.CutPrefix(r.Payload, protobufMagic); {
	case len(r.Payload) == 0:
		return opts, decodeQuery(r.URL.Query(), opts)
	case binary:
		var unknown runtime.Unknown
		if err = unknown.Unmarshal(raw); err == nil {
			err = opts.Unmarshal(unknown.Raw)
		}
	default:
		err = json.Unmarshal(r.Payload, opts)
	}
	if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("decode DeleteOptions: %v", err))
	}
	return opts, nil
}
