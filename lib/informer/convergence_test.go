package informer_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/rest/transport/connrotation"
	"client-go-workbook/lib/store"
)

var seeds = flag.Uint64("seeds", 216, "how many random runs TestConvergenceUnderFaults makes")

// TestConvergenceUnderFaults lets a server fail in all ways that it knows, while somebody writes. When it is well
// again, the informer's store is the server's state, and so is what each handler has been told.
func TestConvergenceUnderFaults(t *testing.T) {
	// Upstream's reports of errors hold back who reports too often, by a clock of their own, which outlives the fake ones.
	handlers := utilruntime.ErrorHandlers
	utilruntime.ErrorHandlers = nil
	t.Cleanup(func() { utilruntime.ErrorHandlers = handlers })

	for seed := range *seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("alone: go test ./lib/informer -run '^TestConvergenceUnderFaults$/^seed_%d$' -seeds %d", seed, seed+1)
				}
			})
			bubble(t, func(t *testing.T) { newRun(t, seed).play() })
		})
	}
}

// run is one seed's: a server, somebody who writes to it, an informer, and those who listen.
type run struct {
	t      *testing.T
	random *rand.Rand
	server *apitest.Server
	cables *connrotation.ConnectionTracker
	path   path
	direct func(context.Context) (runtime.Object, error) // the direct list

	informer  informer.SharedIndexInformer
	ended     sync.WaitGroup
	witnesses []*witness // those who listen to the end
	removed   *witness
	register  informer.ResourceEventHandlerRegistration // removed's

	objects []*corev1.ConfigMap // what there is
	written map[sighting]string // every state that there was, and its content
	steps   []string            // what happened, for reading
}

// path is one of the ways that objects take to a store.
type path struct {
	client    string // "typed", "protobuf", "dynamic"
	watchList bool
	paged     bool // three objects a page, where lists have pages
	transform bool // leaves out what nobody here needs
}

func newRun(t *testing.T, seed uint64) *run {
	server, err := apitest.New(apitest.Config{InMemory: true})
	require.NoError(t, err)
	r := &run{
		t: t, server: server, random: rand.New(rand.NewPCG(seed, 0)), written: map[sighting]string{}, cables: connrotation.NewConnectionTracker(),
		path: path{
			client: []string{"typed", "protobuf", "dynamic"}[seed%3], watchList: seed/3%2 == 0, paged: seed/6%2 == 0, transform: seed/12%2 == 0,
		},
	}
	client := &http.Transport{DialContext: connrotation.NewDialerWithTracker(server.Dial, r.cables).DialContext}
	t.Cleanup(client.CloseIdleConnections)
	t.Cleanup(server.Close)
	r.makeInformer(r.listWatch(&rest.Config{Host: server.URL, Transport: client, QPS: -1}))
	return r
}

// listWatch makes what the path says, and the direct list of the same client.
func (r *run) listWatch(cfg *rest.Config) (*reflector.ListWatch, runtime.Object) {
	var lw *reflector.ListWatch
	var example runtime.Object
	if r.path.client == "dynamic" {
		client, err := dynamic.NewForConfig(cfg)
		require.NoError(r.t, err)
		configMaps := client.Resource(configMaps)
		lw, example = reflector.NewListWatchForClient(configMaps, r.pages), &unstructured.Unstructured{}
		r.direct = func(ctx context.Context) (runtime.Object, error) { return configMaps.List(ctx, metav1.ListOptions{}) }
	} else {
		if r.path.client == "protobuf" {
			cfg.ContentType = runtime.ContentTypeProtobuf
		}
		client, err := kubernetes.NewForConfig(cfg)
		require.NoError(r.t, err)
		configMaps := client.CoreV1().ConfigMaps("")
		lw, example = reflector.NewListWatchForClient(configMaps, r.pages), &corev1.ConfigMap{}
		r.direct = func(ctx context.Context) (runtime.Object, error) { return configMaps.List(ctx, metav1.ListOptions{}) }
	}
	lw.DisableWatchList = !r.path.watchList
	return lw, example
}

var configMaps = corev1.SchemeGroupVersion.WithResource("configmaps")

// pages makes pages small, where pages are asked for. The server answers "0" in full, as from a cache, so that goes.
func (r *run) pages(options *metav1.ListOptions) {
	if r.path.paged && options.Limit > 0 {
		options.Limit = 3
		if options.ResourceVersion == "0" {
			options.ResourceVersion = ""
		}
	}
}

func (r *run) makeInformer(lw *reflector.ListWatch, example runtime.Object) {
	r.informer = informer.NewSharedIndexInformerWithOptions(lw, example, informer.SharedIndexInformerOptions{
		ResyncPeriod: time.Minute,
		Indexers:     store.Indexers{"mood": func(obj any) ([]string, error) { return []string{moodOf(obj)}, nil }},
	})
	if r.path.transform {
		require.NoError(r.t, r.informer.SetTransform(withoutAnnotations))
	}
	for _, w := range []*witness{newWitness("first"), newWitness("slow"), newWitness("resyncing")} {
		var period time.Duration
		switch w.name {
		case "slow":
			random := rand.New(rand.NewPCG(r.random.Uint64(), 0))
			w.pause = func() { time.Sleep(time.Duration(random.IntN(1000)) * time.Millisecond) }
		case "resyncing":
			period = 90 * time.Second
		}
		r.listen(w, period)
	}
	r.removed = newWitness("removed")
	r.register = r.listen(r.removed, 0)
	r.witnesses = r.witnesses[:len(r.witnesses)-1]
}

func (r *run) listen(w *witness, resyncPeriod time.Duration) informer.ResourceEventHandlerRegistration {
	registration, err := r.informer.AddEventHandlerWithResyncPeriod(w, resyncPeriod)
	require.NoError(r.t, err)
	r.witnesses = append(r.witnesses, w)
	return registration
}

// withoutAnnotations may see an object twice, and the first time nobody else has it.
func withoutAnnotations(obj any) (any, error) {
	m, err := meta.Accessor(obj)
	if err == nil && m.GetAnnotations() != nil {
		m.SetAnnotations(nil)
	}
	return obj, nil
}

// play is the story: something is there, faults begin, all go about their business, faults end, and all agree.
func (r *run) play() {
	for range r.random.IntN(15) {
		r.create()
	}
	r.breakThings()
	ctx, stop := context.WithCancel(klog.NewContext(r.t.Context(), klog.Logger{}))
	defer r.ended.Wait()
	defer stop()
	r.ended.Go(func() { r.informer.RunWithContext(ctx) })

	const steps = 80
	late, removal := r.random.IntN(steps), r.random.IntN(steps)
	for step := range steps {
		if step == late {
			r.listen(newWitness("late"), 0)
		}
		if step == removal {
			require.NoError(r.t, r.informer.RemoveEventHandler(r.register))
		}
		r.step()
	}
	r.note("healed")
	r.server.Heal()
	r.cables.CloseAll() // who hangs would hang forever: no list has a timeout
	r.wait(0)
	quiet := r.removed.told()
	r.wait(10 * time.Minute) // longer than any backoff, or what the slow one may be behind

	r.requireAgreement(ctx)
	require.Equal(r.t, quiet, r.removed.told(), "the removed handler is called no more")
	require.True(r.t, r.informer.HasSynced())
}

// breakThings asks the server for faults, some of them, more or less often.
func (r *run) breakThings() {
	reads := func(q *apitest.Request) bool {
		return (q.Verb == "list" || q.Verb == "watch") && q.Resource == configMaps
	}
	for range r.random.IntN(8) {
		rare := []apitest.Effect{
			apitest.Gone(),
			apitest.Hang(),
			apitest.Delay(time.Duration(r.random.IntN(40)) * time.Second),
			apitest.TooManyRequests(time.Duration(r.random.IntN(10)) * time.Second),
			apitest.Respond(apierrors.NewInternalError(errors.New("of an unknown kind"))),
			apitest.Respond(tooLarge()),
			refuseStreamedLists,
			errorEvent(apierrors.NewInternalError(errors.New("in a stream"))),
			errorEvent(apierrors.NewResourceExpired("in a stream")),
		}
		r.server.Inject(apitest.Fault{On: reads, Skip: r.random.IntN(12), Times: 1 + r.random.IntN(3), Do: rare[r.random.IntN(len(rare))]})
	}
	probability := []float64{0, 0.1, 0.3, 0.6, 0.9}[r.random.IntN(5)]
	r.note("faults with probability %v", probability)
	r.server.Inject(apitest.Fault{On: reads, Times: apitest.Always, Do: r.server.Chaos(r.random.Uint64(), probability)})
}

// tooLarge is the answer of a server that is behind another one.
func tooLarge() error {
	err := apierrors.NewTimeoutError("Too large resource version: 99, current: 9", 1)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge, Message: "Too large resource version"}}
	return err
}

// refuseStreamedLists is what a server does that has not heard of them.
func refuseStreamedLists(w http.ResponseWriter, q *apitest.Request, serve func(http.ResponseWriter)) {
	if q.URL.Query().Get("sendInitialEvents") == "true" {
		apitest.Respond(apierrors.NewInvalid(corev1.SchemeGroupVersion.WithKind("ListOptions").GroupKind(), "", nil))(w, q, serve)
		return
	}
	serve(w)
}

// errorEvent begins a watch and ends it with an error.
func errorEvent(err apierrors.APIStatus) apitest.Effect {
	status := err.Status()
	status.Kind, status.APIVersion = "Status", "v1"
	return func(w http.ResponseWriter, q *apitest.Request, serve func(http.ResponseWriter)) {
		if q.Verb != "watch" {
			serve(w)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"type": "ERROR", "object": status})
	}
}

// step is one thing that happens: most often somebody writes.
func (r *run) step() {
	switch n := r.random.IntN(100); {
	case n < 30:
		r.create()
	case n < 55:
		r.update()
	case n < 70:
		r.delete()
	case n < 75:
		r.replace()
	case n < 79:
		r.note("compacted")
		r.server.Compact()
	case n < 82:
		r.note("watches end")
		r.server.EndWatches()
	case n < 85:
		r.note("bookmark")
		r.server.Bookmark()
	case n < 87:
		r.note("cables cut")
		r.cables.CloseAll()
	case n < 92:
		r.wait(0)
	case n < 97:
		r.wait(time.Duration(r.random.IntN(5000)) * time.Millisecond)
	default:
		r.wait(time.Duration(r.random.IntN(600)) * time.Second)
	}
}

// wait lets the others go on, and returns when all of them wait for time to pass.
func (r *run) wait(d time.Duration) {
	if d > 0 {
		r.note("%v pass", d)
		time.Sleep(d)
	}
	synctest.Wait()
}

// create makes one of a dozen objects, if it isn't there.
func (r *run) create() {
	cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Namespace: []string{"shop", "bank"}[r.random.IntN(2)], Name: fmt.Sprint("c", r.random.IntN(8)),
		Annotations: map[string]string{"bulk": strings.Repeat("x", 100)},
	}}
	if slices.ContainsFunc(r.objects, func(o *corev1.ConfigMap) bool { return keyOf(o) == keyOf(cm) }) {
		return
	}
	r.write("create", cm, func(obj runtime.Object) error { return r.server.Create(obj) })
	r.objects = append(r.objects, cm)
}

func (r *run) update() {
	if len(r.objects) > 0 {
		cm := r.objects[r.random.IntN(len(r.objects))]
		r.write("update", cm, func(obj runtime.Object) error { return r.server.Update(obj) })
	}
}

func (r *run) write(verb string, cm *corev1.ConfigMap, do func(runtime.Object) error) {
	cm.Data = map[string]string{"content": fmt.Sprint(r.random.Uint32()), "mood": []string{"glad", "sad"}[r.random.IntN(2)]}
	require.NoError(r.t, do(cm))
	r.written[sightingOf(cm)] = contentOf(cm)
	r.note("%s %s @%s", verb, keyOf(cm), cm.ResourceVersion)
}

func (r *run) delete() {
	if len(r.objects) > 0 {
		i := r.random.IntN(len(r.objects))
		require.NoError(r.t, r.server.Delete(r.objects[i]))
		r.note("delete %s, now @%s", keyOf(r.objects[i]), r.server.ResourceVersion())
		r.objects = slices.Delete(r.objects, i, i+1)
	}
}

// replace makes an object anew under its old name, at once.
func (r *run) replace() {
	if len(r.objects) > 0 {
		cm := r.objects[r.random.IntN(len(r.objects))]
		require.NoError(r.t, r.server.Delete(cm))
		r.write("delete and create", cm, func(obj runtime.Object) error {
			cm.ResourceVersion, cm.UID = "", ""
			return r.server.Create(obj)
		})
	}
}

func (r *run) note(format string, args ...any) {
	r.steps = append(r.steps, fmt.Sprintf("%8.3fs  ", time.Since(fakeEpoch).Seconds())+fmt.Sprintf(format, args...))
}

// fakeEpoch is when the clock of every synctest bubble starts.
var fakeEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// requireAgreement compares the server, the store, its index and all witnesses.
func (r *run) requireAgreement(ctx context.Context) {
	list, err := r.direct(ctx)
	require.NoError(r.t, err)
	items, err := meta.ExtractList(list)
	require.NoError(r.t, err)
	require.Len(r.t, items, len(r.objects))

	var said []string
	truth := map[string]sighting{}
	for _, item := range items {
		s := sightingOf(item)
		truth[s.key] = s
		if r.path.transform {
			_, _ = withoutAnnotations(item)
		}
		cached, there, err := r.informer.GetStore().GetByKey(s.key)
		if err != nil || !there || !equality.Semantic.DeepEqual(cached, item) {
			said = append(said, fmt.Sprintf("the store has of %s: %+v (%v), and the server: %+v", s.key, cached, err, item))
		}
	}
	for _, key := range r.informer.GetStore().ListKeys() {
		if _, there := truth[key]; !there {
			said = append(said, fmt.Sprintf("the store has %s, and the server has not", key))
		}
	}
	for _, mood := range []string{"glad", "sad"} {
		indexed, err := r.informer.GetIndexer().ByIndex("mood", mood)
		require.NoError(r.t, err)
		is := slices.DeleteFunc(slices.Clone(items), func(o runtime.Object) bool { return moodOf(o) != mood })
		if len(indexed) != len(is) {
			said = append(said, fmt.Sprintf("%d objects are %s, and the index has %d", len(is), mood, len(indexed)))
		}
	}
	for _, w := range r.witnesses {
		said = append(said, w.testify(truth)...)
	}
	for _, w := range append(r.witnesses, r.removed) {
		said = append(said, w.objected()...)
		for s, content := range w.sightings {
			if wrote, ever := r.written[s]; !ever || wrote != content {
				said = append(said, fmt.Sprintf("%s was told that %v is %q, but it was %q", w.name, s, content, wrote))
			}
		}
	}
	if len(said) > 0 {
		require.Fail(r.t, strings.Join(said, "\n"), "%+v\n%s\n%s", r.path, strings.Join(r.steps, "\n"), r.requests())
	}
}

// requests are what the informer has asked for.
func (r *run) requests() string {
	var lines []string
	for _, q := range r.server.Requests() {
		lines = append(lines, q.Verb+" "+q.URL.RawQuery)
	}
	return strings.Join(lines, "\n")
}

func moodOf(obj any) string {
	switch obj := obj.(type) {
	case *corev1.ConfigMap:
		return obj.Data["mood"]
	case *unstructured.Unstructured:
		mood, _, _ := unstructured.NestedString(obj.Object, "data", "mood")
		return mood
	}
	return ""
}
