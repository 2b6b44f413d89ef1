package record_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/record"
)

func TestFakeRecorderWritesLines(t *testing.T) {
	f := record.NewFakeRecorder(10)
	f.Event(web, "Normal", "Pulled", "100%d")
	f.Eventf(web, "Normal", "100%", "%d of %d", 1, 2)
	f.AnnotatedEventf(web, map[string]string{"b": "2", "a": "1"}, "Warning", "Failed", "%s", "No image.")
	f.IncludeObject = true
	f.Event(&corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}}, "Normal", "Started", "")
	f.Event(nil, "Normal", "Started", "nobody")
	f.WithLogger(klog.Background()).Event(web, "Normal", "Logged", "")
	close(f.Events)

	var lines []string
	for line := range f.Events {
		lines = append(lines, line)
	}
	require.Equal(t, []string{
		"Normal Pulled 100%d",
		"Normal 100% 1 of 2",
		"Warning Failed No image. map[a:1 b:2]",
		"Normal Started  involvedObject{kind=Pod,apiVersion=v1}",
		"Normal Started nobody",
		"Normal Logged  involvedObject{kind=,apiVersion=}",
	}, lines)
}

func TestFakeRecorderThatForgets(t *testing.T) {
	var f record.FakeRecorder
	f.Event(web, "Normal", "Pulled", "")
	require.Nil(t, f.Events)
}
