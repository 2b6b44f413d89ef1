package informer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/store"
)

func object(key, value string) *corev1.ConfigMap {
	object := &corev1.ConfigMap{Data: map[string]string{"v": value}}
	object.Namespace, object.Name = split(key)
	return object
}

func TestFilter(t *testing.T) {
	in, out := object("shop/web", "in"), object("shop/web", "out")
	tombstone := store.DeletedFinalStateUnknown{Key: "shop/web", Obj: in}
	for name, tc := range map[string]struct {
		happens func(informer.ResourceEventHandler)
		want    string // "" for nothing
	}{
		"add of what passes":      {func(h informer.ResourceEventHandler) { h.OnAdd(in, true) }, "add shop/web=in (initial)"},
		"add of what doesn't":     {func(h informer.ResourceEventHandler) { h.OnAdd(out, true) }, ""},
		"update within":           {func(h informer.ResourceEventHandler) { h.OnUpdate(in, in) }, "update shop/web=in -> shop/web=in"},
		"update outside":          {func(h informer.ResourceEventHandler) { h.OnUpdate(out, out) }, ""},
		"update that brings it":   {func(h informer.ResourceEventHandler) { h.OnUpdate(out, in) }, "add shop/web=in"},
		"update that takes it":    {func(h informer.ResourceEventHandler) { h.OnUpdate(in, out) }, "delete shop/web=in"},
		"delete of what passes":   {func(h informer.ResourceEventHandler) { h.OnDelete(in) }, "delete shop/web=in"},
		"delete of what doesn't":  {func(h informer.ResourceEventHandler) { h.OnDelete(out) }, ""},
		"delete that went unseen": {func(h informer.ResourceEventHandler) { h.OnDelete(tombstone) }, "delete shop/web, last seen as shop/web=in"},
	} {
		t.Run(name, func(t *testing.T) {
			j, typed := &journal{t: t}, &journal{t: t}
			tc.happens(informer.FilteringResourceEventHandler{
				FilterFunc: func(obj any) bool {
					if tombstone, ok := obj.(store.DeletedFinalStateUnknown); ok {
						obj = tombstone.Obj
					}
					return obj == in
				},
				Handler: j,
			})
			tc.happens(untyped(t, informer.TypedFilteringResourceEventHandler[*corev1.ConfigMap]{
				FilterFunc: func(object *corev1.ConfigMap) bool { return object == in },
				Handler:    typedJournal{typed},
			}))
			var want []string
			if tc.want != "" {
				want = []string{tc.want}
			}
			require.Equal(t, want, j.lines)
			require.Equal(t, want, typed.lines, "the typed filter does the same")
		})
	}
}

// untyped is the handler that an informer gets from a typed one.
func untyped(t *testing.T, handler informer.TypedResourceEventHandler[*corev1.ConfigMap]) informer.ResourceEventHandler {
	var spy spyingInformer
	_, err := informer.NewTypedSharedIndexInformer[*corev1.ConfigMap](&spy).AddTypedEventHandler(handler)
	require.NoError(t, err)
	return spy.handler
}

type spyingInformer struct {
	informer.SharedIndexInformer
	handler informer.ResourceEventHandler
}

func (s *spyingInformer) AddEventHandlerWithOptions(handler informer.ResourceEventHandler, _ informer.HandlerOptions) (informer.ResourceEventHandlerRegistration, error) {
	s.handler = handler
	return nil, nil
}

// typedJournal writes into a journal.
type typedJournal struct{ *journal }

func (j typedJournal) OnAdd(obj *corev1.ConfigMap, isInInitialList bool) {
	j.journal.OnAdd(obj, isInInitialList)
}

func (j typedJournal) OnUpdate(oldObj, newObj *corev1.ConfigMap) { j.journal.OnUpdate(oldObj, newObj) }

func (j typedJournal) OnDelete(deleted store.DeletedObject[*corev1.ConfigMap]) {
	if deleted.FinalStateUnknown != nil {
		j.write(fmt.Sprintf("delete %s, last seen as %s", deleted.GetKey(), keyAndValue(j.t, deleted.OptionalObj)))
		return
	}
	j.journal.OnDelete(deleted.OptionalObj)
}

func TestFunctionsAsHandlers(t *testing.T) {
	var calls []string
	note := func(words ...any) { calls = append(calls, strings.TrimSpace(fmt.Sprintln(words...))) }
	in, out := object("shop/web", "1"), object("shop/web", "2")
	for name, tc := range map[string]struct {
		handler informer.ResourceEventHandler
		want    []string
	}{
		"plain": {informer.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { note("add") },
			UpdateFunc: func(oldObj, newObj any) { note("update", oldObj == in, newObj == out) },
			DeleteFunc: func(obj any) { note("delete", obj == out) },
		}, []string{"add", "update true true", "delete true"}},
		"detailed": {informer.ResourceEventHandlerDetailedFuncs{
			AddFunc:    func(_ any, isInInitialList bool) { note("add", isInInitialList) },
			UpdateFunc: func(oldObj, newObj any) { note("update", oldObj == in, newObj == out) },
			DeleteFunc: func(obj any) { note("delete", obj == out) },
		}, []string{"add true", "update true true", "delete true"}},
		"typed": {untyped(t, informer.TypedResourceEventHandlerFuncs[*corev1.ConfigMap]{
			AddFunc:    func(*corev1.ConfigMap) { note("add") },
			UpdateFunc: func(oldObj, newObj *corev1.ConfigMap) { note("update", oldObj == in, newObj == out) },
			DeleteFunc: func(obj store.DeletedObject[*corev1.ConfigMap]) { note("delete", obj.OptionalObj == out) },
		}), []string{"add", "update true true", "delete true"}},
		"typed and detailed": {untyped(t, informer.TypedResourceEventHandlerDetailedFuncs[*corev1.ConfigMap]{
			AddFunc:    func(_ *corev1.ConfigMap, isInInitialList bool) { note("add", isInInitialList) },
			UpdateFunc: func(oldObj, newObj *corev1.ConfigMap) { note("update", oldObj == in, newObj == out) },
			DeleteFunc: func(obj store.DeletedObject[*corev1.ConfigMap]) { note("delete", obj.OptionalObj == out) },
		}), []string{"add true", "update true true", "delete true"}},
		"none":                     {informer.ResourceEventHandlerFuncs{}, nil},
		"none, detailed":           {informer.ResourceEventHandlerDetailedFuncs{}, nil},
		"none, typed":              {untyped(t, informer.TypedResourceEventHandlerFuncs[*corev1.ConfigMap]{}), nil},
		"none, typed and detailed": {untyped(t, informer.TypedResourceEventHandlerDetailedFuncs[*corev1.ConfigMap]{}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			calls = nil
			tc.handler.OnAdd(in, true)
			tc.handler.OnUpdate(in, out)
			tc.handler.OnDelete(out)
			require.Equal(t, tc.want, calls)
		})
	}
}

func TestTypedInformer(t *testing.T) {
	tell(t, 0, func(s *story) {
		typed := informer.NewTypedSharedIndexInformer[*corev1.ConfigMap](s.informer)
		require.NoError(t, typed.AddTypedIndexers(store.TypedIndexers[*corev1.ConfigMap]{
			"value": func(object *corev1.ConfigMap) ([]string, error) { return []string{object.Data["v"]}, nil },
		}))
		j := &journal{t: t}
		_, err := typed.AddTypedEventHandler(typedJournal{j})
		require.NoError(t, err)
		s.run()
		s.set("shop/web", "1")
		s.remove("shop/db")
		require.Equal(t, []string{
			"add shop/db=0 (initial)", "add shop/web=0 (initial)", "update shop/web=0 -> shop/web=1", "delete shop/db=0",
		}, j.read())
		found, err := typed.GetTypedIndexer().ByTypedIndex("value", "1")
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "web", found[0].Name)

		s.gap(func() { s.removeLocked("shop/web") })
		pass(longEnough)
		require.Equal(t, []string{"delete shop/web, last seen as shop/web=1"}, j.read())
	}, "shop/db", "shop/web")
}

func TestTypedHandlerOfAnObjectThatNobodySaw(t *testing.T) {
	var got store.DeletedObject[*corev1.ConfigMap]
	untyped(t, informer.TypedResourceEventHandlerFuncs[*corev1.ConfigMap]{
		DeleteFunc: func(obj store.DeletedObject[*corev1.ConfigMap]) { got = obj },
	}).OnDelete(store.DeletedFinalStateUnknown{Key: "shop/web"})
	require.Nil(t, got.OptionalObj)
	require.Equal(t, "shop/web", got.GetKey())
}

func TestTypedHandlersOptions(t *testing.T) {
	tell(t, 0, func(s *story) {
		typed := informer.NewTypedSharedIndexInformer[*corev1.ConfigMap](s.informer)
		_, err := typed.AddTypedEventHandler(typedJournal{&journal{t: t}}, anyOptions)
		require.NoError(t, err)
		_, err = typed.AddTypedEventHandler(typedJournal{&journal{t: t}}, anyOptions, anyOptions)
		require.EqualError(t, err, "add event handler: 2 HandlerOptions, want at most one")
		_, err = typed.AddTypedEventHandler(nil)
		require.EqualError(t, err, "add event handler: the handler is nil")
	})
}

type methods struct{}

func (methods) add(any)          {}
func (*methods) update(_, _ any) {}

func addFunction(any) {}

func TestNamesOfHandlers(t *testing.T) {
	const here = "client-go-workbook/lib/informer_test"
	for name, tc := range map[string]struct {
		handler informer.ResourceEventHandler
		want    string
	}{
		"a function of a package": {informer.ResourceEventHandlerFuncs{AddFunc: addFunction}, here},
		"a pointer to them":       {&informer.ResourceEventHandlerFuncs{AddFunc: addFunction}, here},
		"functions of a function": {informer.ResourceEventHandlerFuncs{AddFunc: func(any) {}, DeleteFunc: func(any) {}}, here + ".TestNamesOfHandlers"},
		"a method":                {informer.ResourceEventHandlerFuncs{AddFunc: methods{}.add}, here + ".methods"},
		"from several places": {
			informer.ResourceEventHandlerFuncs{AddFunc: methods{}.add, UpdateFunc: (&methods{}).update},
			here + ".methods.add-fm+" + here + ".(*methods).update-fm",
		},
		"no function at all": {informer.ResourceEventHandlerFuncs{}, "informer.ResourceEventHandlerFuncs"},
		"a pointer to none":  {(*informer.ResourceEventHandlerFuncs)(nil), "client-go-workbook/lib/informer.ResourceEventHandlerFuncs"},
		"a type":             {typedJournalAsHandler{}, here + ".typedJournalAsHandler"},
		"a pointer":          {&journal{}, here + ".journal"},
		"detailed functions": {informer.ResourceEventHandlerDetailedFuncs{}, "client-go-workbook/lib/informer.ResourceEventHandlerDetailedFuncs"},
		"a type without a name": {
			struct{ informer.ResourceEventHandler }{}, "struct { informer.ResourceEventHandler }",
		},
	} {
		t.Run(name, func(t *testing.T) {
			i := informer.NewSharedInformer(newBackend(), &corev1.ConfigMap{}, 0)
			handle, err := i.AddEventHandler(tc.handler)
			require.NoError(t, err)
			require.Equal(t, "SharedIndexInformer *v1.ConfigMap + event handler "+tc.want, handle.HasSyncedChecker().Name())
		})
	}
}

type typedJournalAsHandler struct{ informer.ResourceEventHandler }
