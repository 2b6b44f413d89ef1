package apitest

import (
	"cmp"
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
	kind      *kind
	namespace string // "": all
	rv        uint64 // 0: any
	exact     bool   // the state at rv, not a later one
	start     string // the key that a list begins at
}

// query reads and checks the options as a real server does: by apimachinery. What it says of versions means:
//
//	continue            the state of the list's first page, exactly
//	""  "0"             any: now
//	"7" NotOlderThan    now, if that is 7 or later
//	"7" Exact           7; also without a match if there is a limit, for the next pages must find it again
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
	version, match := cmp.Or(opts.ResourceVersion, "0"), opts.ResourceVersionMatch
	q.exact = match == metav1.ResourceVersionMatchExact || match == "" && version != "0" && opts.Limit > 0
	if opts.Continue != "" {
		version, q.start, q.exact = strings.Cut(opts.Continue, ":")
	}
	var err error
	if q.rv, err = strconv.ParseUint(version, 10, 64); err != nil {
		err = apierrors.NewBadRequest(fmt.Sprintf("invalid resource version %q", version))
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

// page cuts the asked-for piece out of the asked-for state. For "0" a real server answers from its cache: in full.
func (s *Server) page(q *query) (*page, error) {
	state, rv, err := s.store.state(q)
	if err != nil {
		return nil, err
	}
	p := &page{ListMeta: metav1.ListMeta{ResourceVersion: formatVersion(rv)}}
	first, _ := state.find(q.start)
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

func formatVersion(rv uint64) string { return strconv.FormatUint(rv, 10) }
