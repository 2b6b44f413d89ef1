package reflector_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/ktesting"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is an API server and a client, on a clock that jumps.
type world struct {
	*testing.T
	server *apitest.Server
	client *rest.RESTClient
	diary  *diary
	ctx    context.Context
	log    ktesting.Buffer
}

// inWorld plays a story. Its server has no objects.
func inWorld(t *testing.T, story func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server, err := apitest.New(apitest.Config{InMemory: true})
		require.NoError(t, err)
		defer server.Close()
		transport := &http.Transport{DialContext: server.Dial}
		defer transport.CloseIdleConnections()
		logger := ktesting.NewLogger(t, ktesting.NewConfig(ktesting.BufferLogs(true), ktesting.Verbosity(4)))
		w := &world{
			T:      t,
			server: server,
			client: newClient(t, server.URL, transport),
			diary:  &diary{},
			ctx:    klog.NewContext(t.Context(), logger),
			log:    logger.GetSink().(ktesting.Underlier).GetBuffer(),
		}
		story(w)
	})
}

func newClient(t testing.TB, base string, transport http.RoundTripper) *rest.RESTClient {
	t.Helper()
	scheme := runtime.NewScheme()
	require.NoError(t, corev1.AddToScheme(scheme))
	u, err := url.Parse(base)
	require.NoError(t, err)
	content := rest.ClientContentConfig{
		GroupVersion: corev1.SchemeGroupVersion,
		Negotiator:   runtime.NewClientNegotiator(serializer.NewCodecFactory(scheme).WithoutConversion(), corev1.SchemeGroupVersion),
	}
	c, err := rest.NewRESTClient(u, "/api/v1", content, nil, &http.Client{Transport: transport})
	require.NoError(t, err)
	return c
}

// listWatch is of the server's config maps.
func (w *world) listWatch() *reflector.ListWatch {
	return reflector.NewListWatchFromClient(w.client, "configmaps", "", fields.Everything())
}

// listing is listWatch without streamed lists.
func (w *world) listing() *reflector.ListWatch {
	lw := w.listWatch()
	lw.DisableWatchList = true
	return lw
}

// reflect runs a Reflector from lw to the diary until stop is called.
func (w *world) reflect(lw reflector.ListerWatcher, options reflector.ReflectorOptions) (r *reflector.Reflector, stop func()) {
	options.Name = "r"
	r = reflector.NewReflectorWithOptions(lw, &corev1.ConfigMap{}, w.diary, options)
	return r, w.run(r)
}

func (w *world) run(r *reflector.Reflector) (stop func()) {
	ctx, cancel := context.WithCancel(w.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.RunWithContext(ctx)
	}()
	synctest.Wait()
	return func() {
		cancel()
		<-done
	}
}

func (w *world) create(names ...string) {
	w.Helper()
	for _, name := range names {
		require.NoError(w, w.server.Create(configMap(name)))
	}
	synctest.Wait()
}

func (w *world) update(name, value string) {
	w.Helper()
	cm := configMap(name)
	cm.Data = map[string]string{"value": value}
	require.NoError(w, w.server.Update(cm))
	synctest.Wait()
}

func (w *world) delete(name string) {
	w.Helper()
	require.NoError(w, w.server.Delete(configMap(name)))
	synctest.Wait()
}

// requests are the server's, from the n-th on: "list rv=0 limit=500", "watch rv=4".
func (w *world) requests(n int) (lines []string) {
	for _, r := range w.server.Requests()[n:] {
		line, q := r.Verb, r.URL.Query()
		line += " rv=" + q.Get("resourceVersion")
		for _, name := range []string{"limit", "continue"} {
			if q.Has(name) {
				line += " " + name + "=" + q.Get(name)
			}
		}
		if q.Get("sendInitialEvents") == "true" {
			line = "stream" + strings.TrimPrefix(line, r.Verb)
		}
		lines = append(lines, line)
	}
	return lines
}

func configMap(name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}
}

// configMapAt is one that a hand-written server sends.
func configMapAt(name, version string) *corev1.ConfigMap {
	cm := configMap(name)
	cm.ResourceVersion = version
	return cm
}

// diary is a ReflectorStore that writes down what it is told.
type diary struct {
	mu    sync.Mutex
	lines []string
	fail  map[string]error // by the first word of a line
}

func (d *diary) write(format string, args ...any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	line := fmt.Sprintf(format, args...)
	d.lines = append(d.lines, line)
	verb, _, _ := strings.Cut(line, " ")
	return d.fail[verb]
}

// read returns the lines since the last call.
func (d *diary) read() []string {
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	lines := d.lines
	d.lines = nil
	return lines
}

func (d *diary) Add(obj any) error    { return d.write("add %s", at(obj)) }
func (d *diary) Update(obj any) error { return d.write("update %s", at(obj)) }
func (d *diary) Delete(obj any) error { return d.write("delete %s", at(obj)) }
func (d *diary) Resync() error        { return d.write("resync") }

func (d *diary) Bookmark(version string) error { return d.write("bookmark %s", version) }

func (d *diary) Replace(objs []any, version string) error {
	var names []string
	for _, obj := range objs {
		names = append(names, at(obj))
	}
	slices.Sort(names) // a streamed list has no order
	return d.write("replace %s: %s", version, strings.Join(names, " "))
}

// at is "name@version".
func at(obj any) string {
	m, err := meta.Accessor(obj)
	if err != nil {
		return fmt.Sprintf("%T", obj)
	}
	return m.GetName() + "@" + m.GetResourceVersion()
}
