package conformance_test

import (
	"math/rand/v2"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// newPod makes one of a few pods: so few that scripts meet the same ones again and again.
func newPod(random *rand.Rand) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: pick(random, "shop", "bank"), Name: pick(random, "a", "b", "c", "d", "e", "f")}}
	change(random, pod)
	return pod
}

// change gives a pod other users, to be found by.
func change(random *rand.Rand, pod *corev1.Pod) {
	pod.Annotations = map[string]string{"users": pick(random, "", "ernie", "bert", "ernie,bert", "bert,oscar", "elmo,elmo"), "noise": pick(random, "1", "2", "3")}
}

func splitUsers(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }
