package apitest

import (
	"crypto/rand"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

func (s *Server) post(r *Request) (runtime.Object, error) {
	obj, err := r.decode()
	if err != nil {
		return nil, err
	}
	if r.kind.Status {
		copyStatus(obj, r.kind.empty)
	}
	return s.create(r.kind, r.Namespace, obj)
}

// create stores obj, which is the store's from then on.
func (s *Server) create(k *kind, namespace string, obj runtime.Object) (runtime.Object, error) {
	m := metaOf(obj)
	at := types.NamespacedName{Namespace: namespace, Name: m.GetName()}
	switch {
	case m.GetName() == "":
		return nil, apierrors.NewInvalid(k.GroupVersionKind.GroupKind(), "", nil)
	case m.GetResourceVersion() != "":
		return nil, apierrors.NewBadRequest("resourceVersion should not be set on objects to be created")
	}
	if err := claim(m, at); err != nil {
		return nil, err
	}
	m.SetUID(types.UID(rand.Text()))
	m.SetCreationTimestamp(metav1.Now().Rfc3339Copy())
	return s.store.write(k, at.String(), func(old runtime.Object) (runtime.Object, error) {
		if old != nil {
			return nil, apierrors.NewAlreadyExists(k.groupResource(), at.Name)
		}
		return obj, nil
	})
}

// claim refuses an object that says that it is not the one at this place. It may say nothing of its namespace.
func claim(m metav1.Object, at types.NamespacedName) error {
	if m.GetNamespace() == "" {
		m.SetNamespace(at.Namespace)
	}
	if name := nameOf(m); name != at {
		return apierrors.NewBadRequest(fmt.Sprintf("the object is %q, the request is about %q", name, at))
	}
	return nil
}

// putOrPatch puts a new object in place of the old one, PUT without a look at it.
func (s *Server) putOrPatch(r *Request) (runtime.Object, error) {
	change, err := r.edit()
	if err != nil {
		return nil, err
	}
	return s.update(r.kind, r.at(), change)
}

const staleMessage = "the object has been modified; please apply your changes to the latest version and try again"

// update puts in the place of an object what change makes of it. Who names a version that is not the present one
// has not seen what he overwrites: a conflict. So has who names another UID. Without a version it always fits.
func (s *Server) update(k *kind, at types.NamespacedName, change edit) (runtime.Object, error) {
	return s.store.write(k, at.String(), func(old runtime.Object) (runtime.Object, error) {
		if old == nil {
			return nil, apierrors.NewNotFound(k.groupResource(), at.Name)
		}
		next, err := change(old)
		if err != nil {
			return nil, err
		}
		m, was := metaOf(next), metaOf(old)
		if err := claim(m, at); err != nil {
			return nil, err
		}
		rv, uid := m.GetResourceVersion(), m.GetUID()
		if rv != "" && rv != was.GetResourceVersion() || uid != "" && uid != was.GetUID() {
			return nil, apierrors.NewConflict(k.groupResource(), at.Name, errors.New(staleMessage))
		}
		m.SetUID(was.GetUID())
		m.SetResourceVersion(was.GetResourceVersion())
		m.SetCreationTimestamp(was.GetCreationTimestamp())
		return next, nil
	})
}

func (s *Server) deleteOne(r *Request) (runtime.Object, error) {
	gone, err := s.delete(r.kind, r.at())
	if err != nil {
		return nil, err
	}
	return &metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusSuccess,
		Details:  &metav1.StatusDetails{Name: r.Name, Group: r.kind.Group, Kind: r.kind.Plural, UID: metaOf(gone).GetUID()},
	}, nil
}

func (s *Server) delete(k *kind, at types.NamespacedName) (runtime.Object, error) {
	return s.store.write(k, at.String(), func(old runtime.Object) (runtime.Object, error) {
		if old == nil {
			return nil, apierrors.NewNotFound(k.groupResource(), at.Name)
		}
		return nil, nil
	})
}

// deleteAll removes what a list with the same query shows, and answers with that list.
func (s *Server) deleteAll(r *Request) (runtime.Object, error) {
	list, err := s.list(r)
	if err != nil {
		return nil, err
	}
	return list, meta.EachListItem(list, func(item runtime.Object) error {
		if _, err := s.delete(r.kind, nameOf(metaOf(item))); !apierrors.IsNotFound(err) {
			return err
		}
		return nil // somebody else was faster
	})
}
