package apitest

import (
	"fmt"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	internalscheme "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func (s *Server) get(r *Request) (runtime.Object, error) {
	obj := s.store.get(r.kind, r.at().String())
	if obj == nil {
		return nil, apierrors.NewNotFound(r.kind.groupResource(), r.Name)
	}
	return obj, nil
}

func (s *Server) list(r *Request) (runtime.Object, error) {
	q, err := r.query()
	if err != nil {
		return nil, err
	}
	p, err := s.page(q)
	if err != nil {
		return nil, err
	}
	return r.kind.list(p)
}

// query is what a list or a watch asks for.
type query struct {
	internalversion.ListOptions
	rv        uint64 // ResourceVersion; 0: any
	kind      *kind
	namespace string // "": all
}

// query reads and checks the options as a real server does: by apimachinery.
func (r *Request) query() (*query, error) {
	q := &query{kind: r.kind, namespace: r.Namespace}
	opts := &q.ListOptions
	if err := internalscheme.ParameterCodec.DecodeParameters(r.URL.Query(), metav1.SchemeGroupVersion, opts); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	internalversion.SetListOptionsDefaults(opts, true)
	if errs := validation.ValidateListOptions(opts, true); len(errs) > 0 {
		return nil, apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", errs)
	}
	if err := r.kind.checkFields(opts.FieldSelector); err != nil {
		return nil, err
	}
	var err error
	if opts.ResourceVersion != "" {
		q.rv, err = parseVersion(opts.ResourceVersion)
	}
	return q, err
}

// selects tells whether an object is one of those asked for. No object is not.
func (q *query) selects(obj runtime.Object) bool {
	if obj == nil {
		return false
	}
	m := metaOf(obj)
	return (q.namespace == "" || q.namespace == m.GetNamespace()) &&
		(q.LabelSelector == nil || q.LabelSelector.Matches(labels.Set(m.GetLabels()))) &&
		(q.FieldSelector == nil || q.FieldSelector.Matches(fieldsOf{obj}))
}

// page is what one list request gets.
type page struct {
	metav1.ListMeta
	items []runtime.Object
}

// page cuts the asked-for piece out of the asked-for state. With "0" the piece is everything:
// a real server answers from its cache then, and does not bother.
func (s *Server) page(q *query) (*page, error) {
	state, rv, start, err := s.stateFor(q)
	if err != nil {
		return nil, err
	}
	p := &page{ListMeta: metav1.ListMeta{ResourceVersion: formatVersion(rv)}}
	first, _ := state.find(start)
	for _, row := range state[first:] {
		if !q.selects(row.obj) {
			continue
		}
		if q.Limit > 0 && int64(len(p.items)) == q.Limit && q.ResourceVersion != "0" {
			p.Continue = fmt.Sprintf("%d:%s", rv, row.key)
			break
		}
		p.items = append(p.items, row.obj)
	}
	return p, nil
}

// stateFor finds the state that a list shows, its version, and the key that the list starts at:
//
//	continue            the state of the list's first page, exactly
//	"" or "0"           now
//	"7" NotOlderThan    now, if that is 7 or later
//	"7" Exact           7; also without a match if there is a limit, for the next pages must find it again
func (s *Server) stateFor(q *query) (state table, rv uint64, start string, err error) {
	exact := q.ResourceVersionMatch == metav1.ResourceVersionMatchExact ||
		q.ResourceVersionMatch == "" && q.rv > 0 && q.Limit > 0
	switch {
	case q.Continue != "":
		version, start, _ := strings.Cut(q.Continue, ":")
		if rv, err = parseVersion(version); err == nil {
			state, err = s.store.at(q.kind, rv)
		}
		return state, rv, start, err
	case exact:
		state, err = s.store.at(q.kind, q.rv)
		return state, q.rv, "", err
	}
	if state, rv = s.store.now(q.kind); q.rv > rv {
		err = tooLarge(q.rv, rv)
	}
	return state, rv, "", err
}

func parseVersion(rv string) (uint64, error) {
	n, err := strconv.ParseUint(rv, 10, 64)
	if err != nil {
		return 0, apierrors.NewBadRequest(fmt.Sprintf("invalid resource version %q", rv))
	}
	return n, nil
}

func formatVersion(rv uint64) string { return strconv.FormatUint(rv, 10) }
