package conformance_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/gentype"
	theirscheme "k8s.io/client-go/kubernetes/scheme"
	theirs "k8s.io/client-go/testing"

	ourscheme "client-go-workbook/lib/kubernetes/scheme"
	ours "client-go-workbook/lib/testing"
	"client-go-workbook/lib/typed"
)

// The same script of calls, reactors and watches runs against a fake of client-go and one of ours: what each call
// returns, what is written down, and what the watches say has to be equal.

var (
	podsResource = corev1.SchemeGroupVersion.WithResource("pods")
	podKind      = corev1.SchemeGroupVersion.WithKind("Pod")
)

// objectTracker is what the trackers of both sides can do.
type objectTracker interface {
	Add(obj runtime.Object) error
	Get(gvr schema.GroupVersionResource, ns, name string, opts ...metav1.GetOptions) (runtime.Object, error)
	Create(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.CreateOptions) error
	Update(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.UpdateOptions) error
	Patch(gvr schema.GroupVersionResource, obj runtime.Object, ns string, opts ...metav1.PatchOptions) error
	List(gvr schema.GroupVersionResource, gvk schema.GroupVersionKind, ns string, opts ...metav1.ListOptions) (runtime.Object, error)
	Delete(gvr schema.GroupVersionResource, ns, name string, opts ...metav1.DeleteOptions) error
	Watch(gvr schema.GroupVersionResource, ns string, opts ...metav1.ListOptions) (watch.Interface, error)
}

// podsClient is a typed fake.
type podsClient interface {
	Get(ctx context.Context, name string, options metav1.GetOptions) (*corev1.Pod, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.PodList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Create(ctx context.Context, pod *corev1.Pod, opts metav1.CreateOptions) (*corev1.Pod, error)
	Update(ctx context.Context, pod *corev1.Pod, opts metav1.UpdateOptions) (*corev1.Pod, error)
	UpdateStatus(ctx context.Context, pod *corev1.Pod, opts metav1.UpdateOptions) (*corev1.Pod, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.Pod, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Kind() schema.GroupVersionKind
	Resource() schema.GroupVersionResource
	Namespace() string
}

// anAction is what the actions of both sides can say.
type anAction interface {
	GetVerb() string
	GetNamespace() string
	GetResource() schema.GroupVersionResource
	GetSubresource() string
}

// fakeSide is a fake clientset with one client for each namespace, "" for all of them.
type fakeSide struct {
	tracker objectTracker
	pods    func(namespace string) podsClient
	react   func(atFront bool, verb, resource string, reaction func(anAction) (bool, runtime.Object, error))
	onWatch func(atFront bool, resource string, reaction func(anAction) (bool, watch.Interface, error))
	invoke  func(subresource string, pod *corev1.Pod) (runtime.Object, error) // creates it
	actions func() []any
	clear   func()

	watches []watch.Interface
}

func emptyPod() *corev1.Pod { return &corev1.Pod{} }

func emptyPods() *corev1.PodList { return &corev1.PodList{} }

func copyPodsMeta(dst, src *corev1.PodList) { dst.ListMeta = src.ListMeta }

func podItems(list *corev1.PodList) []*corev1.Pod { return typed.ToPointerSlice(list.Items) }

func setPodItems(list *corev1.PodList, items []*corev1.Pod) {
	list.Items = typed.FromPointerSlice(items)
}

func theirFake() *fakeSide {
	fake := &theirs.Fake{}
	tracker := theirs.NewObjectTracker(theirscheme.Scheme, theirscheme.Codecs.UniversalDecoder())
	fake.AddReactor("*", "*", theirs.ObjectReaction(tracker))
	fake.AddWatchReactor("*", func(action theirs.Action) (bool, watch.Interface, error) {
		w, err := tracker.Watch(action.GetResource(), action.GetNamespace(), action.(theirs.WatchActionImpl).ListOptions)
		return err == nil, w, err
	})
	return &fakeSide{
		tracker: tracker,
		pods: func(namespace string) podsClient {
			return gentype.NewFakeClientWithList(fake, namespace, podsResource, podKind, emptyPod, emptyPods, copyPodsMeta, podItems, setPodItems)
		},
		react: func(atFront bool, verb, resource string, reaction func(anAction) (bool, runtime.Object, error)) {
			add := fake.AddReactor
			if atFront {
				add = fake.PrependReactor
			}
			add(verb, resource, func(action theirs.Action) (bool, runtime.Object, error) { return reaction(action) })
		},
		onWatch: func(atFront bool, resource string, reaction func(anAction) (bool, watch.Interface, error)) {
			add := fake.AddWatchReactor
			if atFront {
				add = fake.PrependWatchReactor
			}
			add(resource, func(action theirs.Action) (bool, watch.Interface, error) { return reaction(action) })
		},
		invoke: func(subresource string, pod *corev1.Pod) (runtime.Object, error) {
			return fake.Invokes(theirs.NewCreateSubresourceAction(podsResource, pod.Name, subresource, pod.Namespace, pod), emptyPod())
		},
		actions: func() []any { return anys(fake.Actions()) },
		clear:   fake.ClearActions,
	}
}

func ourFake() *fakeSide {
	fake := &ours.Fake{}
	tracker := ours.NewObjectTracker(ourscheme.Scheme, ourscheme.Codecs.UniversalDecoder())
	fake.AddReactor("*", "*", ours.ObjectReaction(tracker))
	fake.AddWatchReactor("*", func(action ours.Action) (bool, watch.Interface, error) {
		w, err := tracker.Watch(action.GetResource(), action.GetNamespace(), action.(ours.WatchActionImpl).ListOptions)
		return err == nil, w, err
	})
	return &fakeSide{
		tracker: tracker,
		pods: func(namespace string) podsClient {
			return typed.NewFakeClientWithList(fake, namespace, podsResource, podKind, emptyPod, emptyPods, copyPodsMeta, podItems, setPodItems)
		},
		react: func(atFront bool, verb, resource string, reaction func(anAction) (bool, runtime.Object, error)) {
			add := fake.AddReactor
			if atFront {
				add = fake.PrependReactor
			}
			add(verb, resource, func(action ours.Action) (bool, runtime.Object, error) { return reaction(action) })
		},
		onWatch: func(atFront bool, resource string, reaction func(anAction) (bool, watch.Interface, error)) {
			add := fake.AddWatchReactor
			if atFront {
				add = fake.PrependWatchReactor
			}
			add(resource, func(action ours.Action) (bool, watch.Interface, error) { return reaction(action) })
		},
		invoke: func(subresource string, pod *corev1.Pod) (runtime.Object, error) {
			return fake.Invokes(ours.NewCreateSubresourceAction(podsResource, pod.Name, subresource, pod.Namespace, pod), emptyPod())
		},
		actions: func() []any { return anys(fake.Actions()) },
		clear:   fake.ClearActions,
	}
}

func anys[A any](actions []A) (all []any) {
	for _, a := range actions {
		all = append(all, a)
	}
	return all
}

// hears keeps a watch, and says whether there is one.
func (s *fakeSide) hears(w watch.Interface, err error) string {
	if err == nil {
		s.watches = append(s.watches, w)
	}
	return told(fmt.Sprint(w != nil), err)
}

// news is what the watches have for their readers now.
func (s *fakeSide) news() string {
	var out strings.Builder
	for i, w := range s.watches {
		for range len(w.ResultChan()) {
			e := <-w.ResultChan()
			fmt.Fprintf(&out, "watch %d: %s %s\n", i, e.Type, printed(e.Object))
		}
	}
	return out.String()
}

func printed(values ...any) string {
	var out strings.Builder
	for _, v := range values {
		asJSON, err := json.Marshal(v)
		// client-go returns nil items until there is a first object, and then empty ones.
		asJSON = bytes.ReplaceAll(asJSON, []byte(`"items":[]`), []byte(`"items":null`))
		fmt.Fprintf(&out, "%T %s %v\n", v, asJSON, err)
	}
	return out.String()
}

// told is what a call returned. Of an error the kind counts, and the words where apimachinery writes them.
func told(result any, err error) string {
	out := printed(result)
	switch {
	case err == nil:
		return out
	case apierrors.IsNotFound(err), apierrors.IsAlreadyExists(err):
		return out + err.Error()
	}
	return fmt.Sprintf("%s an error of reason %q", out, apierrors.ReasonForError(err))
}

// A fakeStep does one thing to a side, and returns what can be seen of it. It is called once for each side.
type fakeStep struct {
	name string
	do   func(s *fakeSide) string
}

type fakeScript struct {
	*rand.Rand
}

func (r fakeScript) among(choices ...string) string { return choices[r.IntN(len(choices))] }

func (r fakeScript) pod(namespace string) *corev1.Pod {
	if r.IntN(8) == 0 {
		namespace = r.among("", "shop", "bank")
	}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: r.among("a", "b", "c", ""), Labels: map[string]string{"app": r.among("x", "y")}},
		Spec:       corev1.PodSpec{NodeName: r.among("", "n1", "n2")},
		Status:     corev1.PodStatus{Phase: corev1.PodPhase(r.among("Pending", "Running"))},
	}
	for _, name := range []string{"web", "log"}[:r.IntN(3)] {
		pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: name, Image: r.among("i:1", "i:2")})
	}
	if r.IntN(6) == 0 {
		pod.GenerateName = "g-"
	}
	return pod
}

func (r fakeScript) patch() (types.PatchType, []byte) {
	kind := types.PatchType(r.among(string(types.JSONPatchType), string(types.MergePatchType), string(types.StrategicMergePatchType)))
	if r.IntN(15) == 0 {
		return types.PatchType(r.among("", "text/plain", string(types.ApplyCBORPatchType))), []byte(`{}`)
	}
	if r.IntN(15) == 0 {
		return kind, []byte(r.among("", "{", "[]", "null", "3", `{"spec":3}`, `[{"op":"fly"}]`, `[{"op":"add","path":"/spec/nodeName","value":3}]`, `{"spec":{"containers":{}}}`))
	}
	if kind != types.JSONPatchType {
		return kind, []byte(r.among(
			`{}`,
			`{"metadata":{"labels":{"app":null,"tier":"front"}}}`,
			`{"metadata":{"labels":null}}`,
			`{"metadata":{"name":"b"}}`,
			`{"metadata":{"namespace":"bank"}}`,
			`{"spec":{"nodeName":"n3","containers":[{"name":"web","image":"i:3"}]}}`,
			`{"spec":{"containers":[{"name":"log","$patch":"delete"}]}}`,
			`{"spec":{"containers":[{"$patch":"replace"},{"name":"new"}]}}`,
			`{"spec":{"containers":null},"status":{"phase":"Failed"}}`,
			`{"status":null,"unknown":1}`,
		))
	}
	operations := []string{
		`{"op":"add","path":"/metadata/labels/tier","value":"front"}`,
		`{"op":"add","path":"/spec/containers/0","value":{"name":"first"}}`,
		`{"op":"add","path":"/spec/containers/-","value":{"name":"last"}}`,
		`{"op":"add","path":"/metadata/annotations/a~1b","value":"1"}`,
		`{"op":"replace","path":"/spec/nodeName","value":"n4"}`,
		`{"op":"replace","path":"/spec/containers/1/image","value":"i:4"}`,
		`{"op":"remove","path":"/spec/nodeName"}`,
		`{"op":"remove","path":"/spec/containers/0"}`,
		`{"op":"remove","path":"/spec/containers/-1"}`,
		`{"op":"test","path":"/metadata/labels/app","value":"x"}`,
		`{"op":"test","path":"/metadata/nothing","value":null}`,
		`{"op":"copy","from":"/metadata/labels/app","path":"/spec/nodeName"}`,
		`{"op":"move","from":"/metadata/labels/app","path":"/metadata/labels/moved"}`,
		`{"op":"replace","path":"/metadata/name","value":"c"}`,
	}
	r.Shuffle(len(operations), func(i, j int) { operations[i], operations[j] = operations[j], operations[i] })
	return kind, []byte("[" + strings.Join(operations[:1+r.IntN(3)], ",") + "]")
}

func (r fakeScript) listOptions() metav1.ListOptions {
	return metav1.ListOptions{
		LabelSelector:   r.among("", "", "app=x", "app!=x,tier", "app in (x,y)"),
		FieldSelector:   r.among("", "", "metadata.name=a", "spec.nodeName!=n1"),
		ResourceVersion: r.among("", "0", "1", "2", "5", "9"),
		Limit:           int64(r.IntN(2)),
	}
}

// step is what happens next. All chances are taken before it is done, so that both sides see the same.
func (r fakeScript) step() fakeStep {
	ctx := context.Background()
	ns, name := r.among("shop", "shop", "bank", ""), r.among("a", "a", "b", "c", "")
	pod := r.pod(ns)
	switch r.IntN(19) {
	case 0, 1, 2:
		return fakeStep{"create", func(s *fakeSide) string {
			return told(s.pods(ns).Create(ctx, pod, metav1.CreateOptions{FieldManager: name}))
		}}
	case 3, 4:
		return fakeStep{"update", func(s *fakeSide) string {
			return told(s.pods(ns).Update(ctx, pod, metav1.UpdateOptions{FieldManager: name}))
		}}
	case 5:
		return fakeStep{"update status", func(s *fakeSide) string { return told(s.pods(ns).UpdateStatus(ctx, pod, metav1.UpdateOptions{})) }}
	case 6, 7, 8:
		kind, patch := r.patch()
		subresources := [][]string{nil, {"status"}, {"a", "b"}}[r.IntN(3)]
		return fakeStep{fmt.Sprintf("patch %s %s", kind, patch), func(s *fakeSide) string {
			return told(s.pods(ns).Patch(ctx, name, kind, patch, metav1.PatchOptions{}, subresources...))
		}}
	case 9:
		return fakeStep{"get", func(s *fakeSide) string {
			return told(s.pods(ns).Get(ctx, name, metav1.GetOptions{ResourceVersion: "1"}))
		}}
	case 10, 11:
		options := r.listOptions()
		return fakeStep{"list", func(s *fakeSide) string { return told(s.pods(ns).List(ctx, options)) }}
	case 12:
		return fakeStep{"delete", func(s *fakeSide) string {
			return told(nil, s.pods(ns).Delete(ctx, name, *metav1.NewPreconditionDeleteOptions("u")))
		}}
	case 13:
		options := r.listOptions()
		return fakeStep{"delete collection", func(s *fakeSide) string {
			return told(nil, s.pods(ns).DeleteCollection(ctx, metav1.DeleteOptions{}, options))
		}}
	case 14:
		options := r.listOptions()
		if r.IntN(8) == 0 {
			options.ResourceVersion = "no number"
		}
		return fakeStep{"watch", func(s *fakeSide) string { return s.hears(s.pods(ns).Watch(ctx, options)) }}
	case 15:
		return r.trackerStep(ns, name, pod)
	case 16:
		return r.reactorStep(pod)
	case 17:
		subresource := r.among("status", "eviction")
		return fakeStep{"create " + subresource, func(s *fakeSide) string { return told(s.invoke(subresource, pod)) }}
	default:
		return r.rareStep(ns)
	}
}

func (r fakeScript) trackerStep(ns, name string, pod *corev1.Pod) fakeStep {
	other := r.pod(ns)
	raw := &metav1.List{Items: []runtime.RawExtension{{Object: pod}, {Raw: []byte(r.among(`{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}`, `{"kind":"Rocket"}`, `{`))}}}
	kind := podKind
	kind.Kind = r.among("Pod", "Pod", "Node", "Rocket", "")
	kind.Version = r.among("v1", "v1", "")
	many := make([]metav1.ListOptions, r.IntN(3))
	steps := []fakeStep{
		{"add", func(s *fakeSide) string { return told(nil, s.tracker.Add(pod)) }},
		{"add list", func(s *fakeSide) string {
			return told(nil, s.tracker.Add(&corev1.PodList{Items: []corev1.Pod{*pod, *other}}))
		}},
		{"add raw list", func(s *fakeSide) string { return told(nil, s.tracker.Add(raw)) }},
		{"add what no scheme knows", func(s *fakeSide) string { return told(nil, s.tracker.Add(&metav1.PartialObjectMetadata{})) }},
		{"add a status", func(s *fakeSide) string { return told(nil, s.tracker.Add(&metav1.Status{})) }},
		{"create", func(s *fakeSide) string { return told(nil, s.tracker.Create(podsResource, pod, ns)) }},
		{"create elsewhere", func(s *fakeSide) string {
			return told(nil, s.tracker.Create(schema.GroupVersionResource{Resource: "rockets"}, pod, ns))
		}},
		{"create what has no name", func(s *fakeSide) string { return told(nil, s.tracker.Create(podsResource, &metav1.Status{}, ns)) }},
		{"update", func(s *fakeSide) string { return told(nil, s.tracker.Update(podsResource, pod, ns)) }},
		{"patch", func(s *fakeSide) string { return told(nil, s.tracker.Patch(podsResource, pod, ns)) }},
		{"delete", func(s *fakeSide) string { return told(nil, s.tracker.Delete(podsResource, ns, name)) }},
		{"get", func(s *fakeSide) string { return told(s.tracker.Get(podsResource, ns, name)) }},
		{"list", func(s *fakeSide) string {
			return told(s.tracker.List(podsResource, kind, ns, many...))
		}},
		{"watch", func(s *fakeSide) string { return s.hears(s.tracker.Watch(podsResource, ns, many...)) }},
	}
	step := steps[r.IntN(len(steps))]
	step.name = "tracker: " + step.name
	return step
}

var errOfReactor = errors.New("the reactor's own")

func (r fakeScript) reactorStep(pod *corev1.Pod) fakeStep {
	atFront := r.IntN(3) != 0
	verb := r.among("get", "create", "update", "delete", "list", "patch", "delete-collection", "*")
	resource := r.among("pods", "pods/status", "pods/", "services", "*", "*/status")
	answers, left := r.IntN(5), r.IntN(4) // how often it reacts before it leaves all to the others
	if r.IntN(4) == 0 {
		return fakeStep{"watch reactor " + resource, func(s *fakeSide) string {
			left := left
			s.onWatch(atFront, resource, func(action anAction) (bool, watch.Interface, error) {
				left--
				return left >= 0, watch.NewEmptyWatch(), [...]error{nil, errOfReactor}[answers%2]
			})
			return ""
		}}
	}
	return fakeStep{fmt.Sprintf("reactor %s %s", verb, resource), func(s *fakeSide) string {
		left := left
		s.react(atFront, verb, resource, func(action anAction) (bool, runtime.Object, error) {
			left--
			switch {
			case left < 0:
				return false, pod.DeepCopy(), errOfReactor
			case answers == 0:
				return true, nil, errOfReactor
			case answers == 1:
				return true, nil, nil
			case action.GetVerb() == "list":
				return true, &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "77"}, Items: []corev1.Pod{*pod}}, nil
			}
			said := pod.DeepCopy()
			said.Annotations = map[string]string{"asked": strings.Join([]string{action.GetVerb(), action.GetNamespace(), action.GetResource().Resource, action.GetSubresource()}, " ")}
			return true, said, [...]error{nil, errOfReactor}[answers%2]
		})
		return ""
	}}
}

func (r fakeScript) rareStep(ns string) fakeStep {
	n := r.IntN(100)
	steps := []fakeStep{
		{"clear", func(s *fakeSide) string { s.clear(); return "" }},
		{"stop a watch", func(s *fakeSide) string {
			if len(s.watches) > 0 {
				s.watches[n%len(s.watches)].Stop()
			}
			return ""
		}},
		{"what the client is", func(s *fakeSide) string {
			c := s.pods(ns)
			return fmt.Sprint(c.Namespace(), c.Kind(), c.Resource())
		}},
	}
	return steps[r.IntN(len(steps))]
}

func TestFakes(t *testing.T) {
	seeds := 150
	if testing.Short() {
		seeds = 30
	}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			script := fakeScript{rand.New(rand.NewPCG(seed, 7))}
			theirs, ours := theirFake(), ourFake()
			var story []string
			for range 120 {
				step := script.step()
				story = append(story, step.name)
				told := func(s *fakeSide) string {
					said := step.do(s)
					actions := s.actions()
					newest := actions[max(0, len(actions)-2):]
					return fmt.Sprintln(said, len(actions)) + s.news() + printed(newest...)
				}
				want, have := told(theirs), told(ours)
				if want != have {
					require.Equal(t, want, have, "expected is client-go; the last of\n%s", strings.Join(story, "\n"))
				}
			}
		})
	}
}
