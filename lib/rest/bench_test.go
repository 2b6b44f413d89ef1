package rest_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"
)

// canned answers every request at once, so that a benchmark sees the client alone.
type canned struct {
	contentType string
	data        []byte
}

func (c canned) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Request: req, Header: http.Header{"Content-Type": {c.contentType}},
		Body: io.NopCloser(bytes.NewReader(c.data)), ContentLength: int64(len(c.data)),
	}, nil
}

// benchPod is of the size that pods in a cluster have: 4 KB of JSON.
func benchPod() *corev1.Pod {
	pod := newPod()
	pod.Labels, pod.Annotations = map[string]string{}, map[string]string{}
	for i := range 10 {
		pod.Labels[fmt.Sprint("label-", i)] = "value"
		pod.Annotations[fmt.Sprint("example.com/annotation-", i)] = "a somewhat longer value, as annotations tend to have"
	}
	for i := range 3 {
		c := corev1.Container{Name: fmt.Sprint("c", i), Image: "registry.example/shop/web:v1.2.3", Command: []string{"/web", "--listen=:8080"}}
		for k := range 8 {
			c.Env = append(c.Env, corev1.EnvVar{Name: fmt.Sprint("VARIABLE_", k), Value: "some value"})
		}
		pod.Spec.Containers = append(pod.Spec.Containers, c)
	}
	return pod
}

func BenchmarkGet(b *testing.B) {
	for _, contentType := range []string{jsonType, protobufType} {
		data := encode(b, contentType, benchPod())
		answer := func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(data)
		}
		b.Run("http/"+contentType[len("application/"):], func(b *testing.B) {
			c := serve(b, answer)
			b.ReportAllocs()
			for b.Loop() {
				var pod corev1.Pod
				if err := getPod(c).UseProtobufAsDefault().Do(b.Context()).Into(&pod); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("client/"+contentType[len("application/"):], func(b *testing.B) {
			c := newClient(b, "http://kube.example", canned{contentType, data})
			b.ReportAllocs()
			for b.Loop() {
				var pod corev1.Pod
				if err := getPod(c).UseProtobufAsDefault().Do(b.Context()).Into(&pod); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCreate(b *testing.B) {
	for _, contentType := range []string{jsonType, protobufType} {
		b.Run(contentType[len("application/"):], func(b *testing.B) {
			pod := benchPod()
			c := newClient(b, "http://kube.example", canned{contentType, encode(b, contentType, pod)})
			b.ReportAllocs()
			for b.Loop() {
				var created corev1.Pod
				r := c.Post().Namespace("shop").Resource("pods").Body(pod)
				if contentType == protobufType {
					r = c.Post().UseProtobufAsDefault().Namespace("shop").Resource("pods").Body(pod)
				}
				if err := r.Do(b.Context()).Into(&created); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkURL(b *testing.B) {
	r := getPod(newClient(b, "http://kube.example", nil)).SubResource("log").Param("follow", "true")
	b.ReportAllocs()
	for b.Loop() {
		_ = r.URL()
	}
}

func BenchmarkWatch(b *testing.B) {
	const events = 1000
	for _, contentType := range []string{jsonType, protobufType} {
		b.Run(contentType[len("application/"):], func(b *testing.B) {
			all := make([]watch.Event, events)
			for i := range all {
				all[i] = watch.Event{Type: watch.Modified, Object: benchPod()}
			}
			c := newClient(b, "http://kube.example", canned{contentType, frames(b, contentType, all...)})
			b.ReportAllocs()
			for b.Loop() {
				w, err := c.Get().Resource("pods").Watch(b.Context())
				require.NoError(b, err)
				seen := 0
				for range w.ResultChan() {
					seen++
				}
				require.Equal(b, events, seen)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*events), "ns/event")
		})
	}
}
