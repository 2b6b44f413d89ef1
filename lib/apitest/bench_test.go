package apitest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/apitest"
)

// What a first sync costs on this side: 20,000 pods, encoded once and then only joined.
func BenchmarkFirstSync(b *testing.B) {
	srv := apitest.Start(b, apitest.Config{})
	for i := range 20_000 {
		require.NoError(b, srv.Create(&corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("pod-%05d", i), Labels: map[string]string{"app": "shop"}},
			Spec:       corev1.PodSpec{NodeName: "n1", Containers: []corev1.Container{{Name: "app", Image: "app:1"}}},
		}))
	}
	p := peerOf(b, srv)
	for _, accept := range []string{"application/json", protobuf} {
		b.Run("list "+accept, func(b *testing.B) {
			for b.Loop() {
				b.SetBytes(int64(len(p.do("GET", pods, "", "Accept", accept).body)))
			}
		})
	}
	b.Run("pages of 500", func(b *testing.B) {
		for b.Loop() {
			for token, more := "", true; more; more = token != "" {
				token = p.get(pods + "?limit=500&continue=" + token).list().GetContinue()
			}
		}
	})
}
