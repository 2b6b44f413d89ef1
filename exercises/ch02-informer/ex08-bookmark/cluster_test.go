package bookmark_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"

	bookmark "client-go-workbook/exercises/ch02-informer/ex08-bookmark"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/reflector"
)

// The watch follows a ConfigMap that isn't there, while another one changes. Two seconds before a watch's time is over the
// server sends a bookmark, if it has come further than the watch did when it began.
func TestClusterMovesOn(t *testing.T) {
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	client, err := dynamic.NewForConfig(cfg)
	resumes.NoError(t, err, "make a client for the cluster")
	objects := client.Resource(configMaps).Namespace(cluster.NamespaceForTest(t, cfg))
	other, err := objects.Create(t.Context(), named("other"), metav1.CreateOptions{})
	resumes.NoError(t, err, "create a ConfigMap")
	started := other.GetResourceVersion()

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	s, watches := &sink{}, 0
	f := &bookmark.Follower{Store: s, Last: started, Source: &reflector.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			if watches++; options.ResourceVersion != started || watches == 4 {
				cancel() // there was a bookmark, or there won't be one
			}
			options.FieldSelector = "metadata.name=mine"
			seconds := int64(3)
			options.TimeoutSeconds = &seconds
			w, err := objects.Watch(ctx, options)
			if err != nil {
				return nil, err
			}
			other.SetAnnotations(map[string]string{"changed": fmt.Sprint(watches, " times")})
			other, err = objects.Update(ctx, other, metav1.UpdateOptions{})
			resumes.NoError(t, err, "change the ConfigMap that nobody follows")
			return w, nil
		},
	}}
	resumes.NoError(t, f.Run(ctx), "follow one ConfigMap for some seconds, while another one changes")
	stored.Equal(t, 0, len(s.told), "count what came to the store (%q) of a ConfigMap that isn't there", s.told)
	resumes.Equal(t, true, number(t, f.Last) >= number(t, other.GetResourceVersion()),
		"is Last, which was %s and is %s, as new as the change of the other ConfigMap, %s", started, f.Last, other.GetResourceVersion())
}

func number(t *testing.T, version string) int {
	t.Helper()
	n, err := strconv.Atoi(version)
	resumes.NoError(t, err, "read the version %q", version)
	return n
}

func named(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name}}}
}
