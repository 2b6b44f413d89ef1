package informer_test

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/store"
)

func TestMutationDetector(t *testing.T) {
	t.Setenv("KUBE_CACHE_MUTATION_DETECTOR", "true")
	free := func(fields map[string]any) *unstructured.Unstructured {
		object := &unstructured.Unstructured{Object: fields}
		object.SetNamespace("shop")
		object.SetName("db")
		return object
	}
	for name, tc := range map[string]struct {
		object runtime.Object
		mutate func(runtime.Object)
		want   string // "" if all is well
	}{
		"nobody does": {object("shop/db", "0"), func(runtime.Object) {}, ""},
		"an entry of a map": {
			&corev1.Secret{Data: map[string][]byte{"password": []byte("s3cret")}},
			func(o runtime.Object) { o.(*corev1.Secret).Data["password"] = []byte("hunter2") },
			`cache secrets modified: "" at .Data["password"]`,
		},
		"an entry comes": {
			object("shop/db", "0"), func(o runtime.Object) { o.(*corev1.ConfigMap).Data["new"] = "x" },
			`cache secrets modified: "shop/db" at .Data["new"]`,
		},
		"a field deep down": {
			&corev1.Pod{Spec: corev1.PodSpec{SecurityContext: &corev1.PodSecurityContext{}}},
			func(o runtime.Object) { o.(*corev1.Pod).Spec.SecurityContext.RunAsUser = new(int64) },
			`cache secrets modified: "" at .Spec.SecurityContext.RunAsUser`,
		},
		"without a type": {
			free(map[string]any{"spec": map[string]any{"replicas": int64(1)}}),
			func(o runtime.Object) {
				_ = unstructured.SetNestedField(o.(*unstructured.Unstructured).Object, int64(2), "spec", "replicas")
			},
			`cache secrets modified: "shop/db" at .Object["spec"]["replicas"]`,
		},
		"another type in its place": {
			free(map[string]any{"spec": int64(1)}),
			func(o runtime.Object) { o.(*unstructured.Unstructured).Object["spec"] = "one" },
			`cache secrets modified: "shop/db" at .Object["spec"]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				d := informer.NewCacheMutationDetector("secrets")
				d.AddObject("no object, and nothing to copy")
				d.AddObject(tc.object)
				tc.mutate(tc.object)
				stop := make(chan struct{})
				if tc.want == "" {
					time.AfterFunc(time.Hour, func() { close(stop) })
					d.Run(stop)
					return
				}
				require.PanicsWithValue(t, tc.want, func() { d.Run(stop) })
			})
		})
	}
}

func TestMutationDetectorWatchesForAWhile(t *testing.T) {
	t.Setenv("KUBE_CACHE_MUTATION_DETECTOR", "true")
	for _, tc := range []struct {
		after time.Duration
		found bool
	}{{110*time.Second + time.Second/2, true}, {200*time.Second + time.Second/2, true}, {time.Hour + time.Second/2, false}} {
		bubble(t, func(t *testing.T) {
			d := informer.NewCacheMutationDetector("configmaps")
			cached := object("shop/db", "0")
			d.AddObject(cached)
			stop := make(chan struct{})
			time.AfterFunc(tc.after, func() {
				// Between two looks. The detector's lock tells the race detector so.
				d.AddObject(object("shop/web", "0"))
				cached.Data["v"] = "1"
				d.AddObject(object("shop/web", "0"))
			})
			time.AfterFunc(2*time.Hour, func() { close(stop) })
			if !tc.found {
				d.Run(stop) // it has let go of the object
				return
			}
			require.Panics(t, func() { d.Run(stop) })
			time.Sleep(3 * time.Hour) // for the timers
		})
	}
}

func TestMutationDetectorIsOffUnlessAskedFor(t *testing.T) {
	for _, value := range []string{"", "false", "perhaps"} {
		t.Setenv("KUBE_CACHE_MUTATION_DETECTOR", value)
		d := informer.NewCacheMutationDetector("configmaps")
		cached := object("shop/db", "0")
		d.AddObject(cached)
		cached.Data["v"] = "1"
		d.Run(make(chan struct{})) // returns
	}
}

// What ends the process can only be seen from outside.
func TestWhatEndsTheProcess(t *testing.T) {
	for name, tc := range map[string]struct {
		handler func(obj any)
		want    []string
	}{
		"a handler that panics": {
			func(any) { panic("oops") },
			[]string{`"Observed a panic"`, `handler="client-go-workbook/lib/informer_test.TestWhatEndsTheProcess"`, "panic: oops"},
		},
		"a handler that changes what is cached": {
			func(obj any) { obj.(*corev1.ConfigMap).Data["v"] = "mine" },
			[]string{`panic: cache *v1.ConfigMap modified: "shop/web" at .Data["v"]`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("WORKBOOK_CRASH") != "" {
				crash(t, tc.handler)
			}
			self := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=1m")
			self.Env = append(os.Environ(), "WORKBOOK_CRASH=yes")
			out, err := self.CombinedOutput()
			require.ErrorAs(t, err, new(*exec.ExitError))
			for _, want := range tc.want {
				require.Contains(t, string(out), want)
			}
			require.NotContains(t, string(out), "survived")
		})
	}
}

func crash(t *testing.T, handler func(obj any)) {
	synctest.Test(t, func(t *testing.T) {
		i := informer.NewSharedIndexInformerWithOptions(newBackend("shop/web"), &corev1.ConfigMap{},
			informer.SharedIndexInformerOptions{DetectMutations: true, Indexers: store.Indexers{}})
		_, err := i.AddEventHandler(informer.ResourceEventHandlerFuncs{AddFunc: handler})
		require.NoError(t, err)
		go i.RunWithContext(t.Context())
		time.Sleep(time.Minute)
		panic(errors.New("survived"))
	})
}
