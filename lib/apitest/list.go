package apitest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	internalscheme "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func (s *Server) serveGet(w http.ResponseWriter, r *Request, e encoding) error {
	var opts metav1.GetOptions
	if err := decodeQuery(r.URL.Query(), &opts); err != nil {
		return err
	}
	atLeast, err := parseResourceVersion(opts.ResourceVersion)
	if err != nil {
		return err
	}
	current, rv := s.store.get(r.kind, r.ref().key())
	switch {
	case atLeast > rv:
		return tooLarge(atLeast, rv)
	case current == nil:
		return apierrors.NewNotFound(r.kind.groupResource(), r.Name)
	}
	return writeRevision(w, e, http.StatusOK, current)
}

func (s *Server) serveList(w http.ResponseWriter, r *Request, e encoding) error {
	opts, sel, err := listOptions(r)
	if err != nil {
		return err
	}
	p, err := s.page(r.kind, sel, opts)
	if err != nil {
		return err
	}
	document, err := listDocument(e, r.kind, p.ListMeta, p.items)
	if err != nil {
		return err
	}
	write(w, e, http.StatusOK, document)
	return nil
}

// page is what one list request gets.
type page struct {
	metav1.ListMeta
	items []*revision
}

// page cuts the asked-for piece out of the asked-for state.
func (s *Server) page(k *kind, sel selection, opts *internalversion.ListOptions) (page, error) {
	limit := opts.Limit
	if opts.ResourceVersion == "0" {
		limit = 0 // a real server answers from its cache, and then always in full
	}
	state, start, err := s.listState(k, opts)
	if err != nil {
		return page{}, err
	}
	first, _ := slices.BinarySearchFunc(state.objects, start, func(r *revision, key string) int { return strings.Compare(r.key, key) })
	p := page{ListMeta: metav1.ListMeta{ResourceVersion: formatResourceVersion(state.rv)}}
	for i, r := range state.objects[first:] {
		if !sel.holds(r) {
			continue
		}
		if limit > 0 && int64(len(p.items)) == limit {
			p.Continue = continueToken{RV: int64(state.rv), Start: p.items[limit-1].key + "\x00"}.String()
			p.RemainingItemCount = sel.remaining(state.objects[first+i:])
			break
		}
		p.items = append(p.items, r)
	}
	return p, nil
}

// listState finds the state that a list shows, and the key it starts at:
//
//	continue            the state of the list's first page, exactly
//	""                  now
//	"0"                 any: now
//	"7" NotOlderThan    now, if that is 7 or later
//	"7" Exact           7; also without a match if there is a limit, for the next pages must find it again
func (s *Server) listState(k *kind, opts *internalversion.ListOptions) (state snapshot, start string, err error) {
	if opts.Continue != "" {
		return s.continuedState(k, opts)
	}
	rv, err := parseResourceVersion(opts.ResourceVersion)
	if err != nil {
		return snapshot{}, "", err
	}
	exact := opts.ResourceVersionMatch == metav1.ResourceVersionMatchExact ||
		opts.ResourceVersionMatch == "" && rv > 0 && opts.Limit > 0
	if exact {
		state, err = s.store.at(k, rv)
		return state, "", err
	}
	if state = s.store.now(k); rv > state.rv {
		return snapshot{}, "", tooLarge(rv, state.rv)
	}
	return state, "", nil
}

func (s *Server) continuedState(k *kind, opts *internalversion.ListOptions) (state snapshot, start string, err error) {
	if opts.ResourceVersion != "" && opts.ResourceVersion != "0" {
		return snapshot{}, "", apierrors.NewBadRequest("specifying resource version is not allowed when using continue")
	}
	token, err := parseContinue(opts.Continue)
	if err != nil {
		return snapshot{}, "", err
	}
	if token.RV == anyRV {
		return s.store.now(k), token.Start, nil
	}
	state, err = s.store.at(k, uint64(token.RV))
	if apierrors.IsResourceExpired(err) {
		err = expiredContinue(token)
	}
	return state, token.Start, err
}

// continueToken is where a paged list goes on. Clients may not look into it.
type continueToken struct {
	RV    int64  `json:"rv"`
	Start string `json:"start"`
}

// anyRV goes on with the state as it is by then.
const anyRV = -1

func (t continueToken) String() string {
	raw, _ := json.Marshal(t) // a number and a string
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parseContinue(token string) (continueToken, error) {
	var t continueToken
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(raw, &t)
	}
	if err != nil || t.Start == "" || t.RV < anyRV || t.RV == 0 {
		return t, apierrors.NewBadRequest("continue key is not valid")
	}
	return t, nil
}

// expiredContinue is 410, with a token for clients that would rather have an inconsistent rest than none.
func expiredContinue(t continueToken) error {
	err := apierrors.NewResourceExpired("The provided continue parameter is too old to display a consistent list result. " +
		"Start a new list, or use the continue token of this response for the rest as it is now.")
	err.ErrStatus.ListMeta.Continue = continueToken{RV: anyRV, Start: t.Start}.String()
	return err
}

// listOptions reads and checks the query of a list, watch or deletecollection.
func listOptions(r *Request) (*internalversion.ListOptions, selection, error) {
	opts := &internalversion.ListOptions{}
	if err := decodeQuery(r.URL.Query(), opts); err != nil {
		return nil, selection{}, err
	}
	internalversion.SetListOptionsDefaults(opts, true)
	if errs := validation.ValidateListOptions(opts, true); len(errs) > 0 {
		return nil, selection{}, apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", errs)
	}
	sel, err := newSelection(r, opts)
	return opts, sel, err
}

// decodeQuery is the API server's own way from a query to options.
func decodeQuery(query url.Values, into runtime.Object) error {
	if err := internalscheme.ParameterCodec.DecodeParameters(query, metav1.SchemeGroupVersion, into); err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	return nil
}

func parseResourceVersion(rv string) (uint64, error) {
	if rv == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(rv, 10, 64)
	if err != nil {
		return 0, apierrors.NewBadRequest(fmt.Sprintf("invalid resource version %q", rv))
	}
	return n, nil
}

// selection says which objects of a kind a request is about. The zero value is all of them.
type selection struct {
	prefix string // of the key: the namespace
	name   string
	labels labels.Selector
	fields fields.Selector
}

func newSelection(r *Request, opts *internalversion.ListOptions) (selection, error) {
	sel := selection{name: r.Name}
	if r.Namespace != "" {
		sel.prefix = r.Namespace + "/"
	}
	if opts.LabelSelector != nil && !opts.LabelSelector.Empty() {
		sel.labels = opts.LabelSelector
	}
	if opts.FieldSelector != nil && !opts.FieldSelector.Empty() {
		sel.fields = opts.FieldSelector
	}
	return sel, sel.checkFields(r.kind)
}

// checkFields refuses what the kind can't select by; ignoring it would show objects that were not asked for.
func (sel selection) checkFields(k *kind) error {
	if sel.fields == nil {
		return nil
	}
	known := fields.Set{"metadata.name": "", "metadata.namespace": ""}
	if k.Fields != nil {
		for field := range k.Fields(k.empty) {
			known[field] = ""
		}
	}
	for _, requirement := range sel.fields.Requirements() {
		if !known.Has(requirement.Field) {
			return apierrors.NewBadRequest(fmt.Sprintf("field label not supported: %s", requirement.Field))
		}
	}
	return nil
}

// holds tells whether an object is selected. A nil revision is not.
func (sel selection) holds(r *revision) bool {
	if r == nil || !strings.HasPrefix(r.key, sel.prefix) {
		return false
	}
	m := accessor(r.obj)
	return (sel.name == "" || sel.name == m.GetName()) &&
		(sel.labels == nil || sel.labels.Matches(labels.Set(m.GetLabels()))) &&
		(sel.fields == nil || sel.fields.Matches(r.fields()))
}

// remaining counts what is left after a page; nil with selectors, for then a real server would have to read it all.
func (sel selection) remaining(rest []*revision) *int64 {
	if sel.labels != nil || sel.fields != nil {
		return nil
	}
	var n int64
	for _, r := range rest {
		if sel.holds(r) {
			n++
		}
	}
	return &n
}

func (r *revision) fields() fields.Set {
	m := accessor(r.obj)
	set := fields.Set{"metadata.name": m.GetName(), "metadata.namespace": m.GetNamespace()}
	if r.kind.Fields != nil {
		for field, value := range r.kind.Fields(r.obj) {
			set[field] = value
		}
	}
	return set
}
