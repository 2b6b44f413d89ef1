package sharedvalues_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	sharedvalues "client-go-workbook/exercises/ch02-informer/ex02-shared-values"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	anyValue = invariant.Invariant{
		Says: "Index finds each object that shares at least one value, and no others",
		Read: "README.md, Invariant; lib/store/query.go, Index",
	}
	once = invariant.Invariant{
		Says: "an object is found once, however many values it shares",
		Read: "README.md, Invariant; lib/store/query.go, Index",
	}
	stored = invariant.Invariant{
		Says: "what is found is what is stored; what is asked about need not be",
		Read: "README.md, Task; lib/store/query.go, Index",
	}
	untouched = invariant.Invariant{
		Says: "to ask an index changes nothing in it",
		Read: "README.md, What the tests verify; lib/store/query.go, Index",
	}
	told = invariant.Invariant{
		Says: "a question that can't be answered is an error, not an empty answer",
		Read: "README.md, Task; lib/store/query.go, Index",
	}
)

var errNoPod = errors.New("this is no pod")

// byUser reads the annotation users, "ernie,bert".
func byUser(obj any) ([]string, error) {
	pod, ok := obj.(*corev1.Pod)
	if !ok {
		return nil, errNoPod
	}
	if pod.Annotations["users"] == "" {
		return nil, nil
	}
	return strings.Split(pod.Annotations["users"], ","), nil
}

func byNode(obj any) ([]string, error) { return []string{obj.(*corev1.Pod).Spec.NodeName}, nil }

func pod(name, users string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, Annotations: map[string]string{"users": users}}}
}

func stock(t *testing.T, pods ...*corev1.Pod) *sharedvalues.Indexer {
	t.Helper()
	x := sharedvalues.New(store.Indexers{"byUser": byUser, "byNode": byNode})
	for _, p := range pods {
		anyValue.NoError(t, x.Add(p), "add pod %s of %q", p.Name, p.Annotations["users"])
	}
	return x
}

// sesame has three pods, of whose users each has two.
func sesame(t *testing.T) *sharedvalues.Indexer {
	t.Helper()
	return stock(t, pod("one", "ernie,bert"), pod("two", "bert,oscar"), pod("tre", "ernie,elmo"))
}

// names are those of the pods in found, sorted: an index has no order.
func names(found []any) string {
	var names []string
	for _, obj := range found {
		if p, ok := obj.(*corev1.Pod); ok {
			names = append(names, p.Name)
		} else {
			names = append(names, fmt.Sprintf("a %T", obj))
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func sharing(t *testing.T, rule invariant.Invariant, x *sharedvalues.Indexer, p *corev1.Pod, want string) {
	t.Helper()
	found, err := x.Index("byUser", p)
	rule.NoError(t, err, "ask who shares a user with a pod of %q", p.Annotations["users"])
	rule.Equal(t, want, names(found), "ask who shares a user with a pod of %q", p.Annotations["users"])
}

func TestOneSharedValueIsEnough(t *testing.T) {
	sharing(t, anyValue, sesame(t), pod("new", "oscar"), "two")
	sharing(t, anyValue, sesame(t), pod("new", "elmo,oscar"), "tre two")
	sharing(t, anyValue, sesame(t), pod("new", "elmo,grover"), "tre")
}

func TestObjectIsFoundOnce(t *testing.T) {
	sharing(t, once, sesame(t), pod("new", "ernie,bert"), "one tre two")
	sharing(t, once, sesame(t), pod("new", "bert,bert"), "one two")
}

func TestNothingInCommon(t *testing.T) {
	sharing(t, anyValue, sesame(t), pod("new", "grover"), "")
	sharing(t, anyValue, sesame(t), pod("new", ""), "")
}

// The second value is the one that counts here, and a value is never a part of another.
func TestValuesAreWhole(t *testing.T) {
	x := stock(t, pod("one", "bert"), pod("two", "berta"), pod("tre", "ernie,bert"))
	sharing(t, anyValue, x, pod("new", "oscar,bert"), "one tre")
	sharing(t, anyValue, x, pod("new", "oscar,berta"), "two")
}

func TestWhatIsFoundIsWhatIsStored(t *testing.T) {
	x := sesame(t)
	asked := pod("one", "oscar") // as it will be; "one" is stored with other users
	sharing(t, stored, x, asked, "two")

	again := pod("two", "bert,oscar")
	found, err := x.Index("byUser", again)
	stored.NoError(t, err, "ask about a pod of which another copy is stored")
	stored.Equal(t, "one two", names(found), "ask about a pod of which another copy is stored")
	for _, obj := range found {
		stored.Equal(t, false, obj == any(again), "is what is found the object that was asked about")
	}
}

func TestStoredObjectSharesWithItself(t *testing.T) {
	p := pod("one", "ernie")
	x := stock(t, p, pod("two", "bert"))
	found, err := x.Index("byUser", p)
	stored.NoError(t, err, "ask about a stored pod")
	stored.Equal(t, "one", names(found), "ask about a stored pod")
}

// A set that the index has is the index's own.
func TestAskingChangesNothing(t *testing.T) {
	x := sesame(t)
	for range 2 {
		sharing(t, untouched, x, pod("new", "oscar,elmo"), "tre two")
		sharing(t, untouched, x, pod("new", "elmo,oscar"), "tre two")
	}
	for _, test := range []struct{ user, want string }{{"oscar", "two"}, {"elmo", "tre"}} {
		found, err := x.ByIndex("byUser", test.user)
		untouched.NoError(t, err, "ask for the pods of %s afterwards", test.user)
		untouched.Equal(t, test.want, names(found), "ask for the pods of %s afterwards", test.user)
	}
}

// Each index has values of its own: bert is a node, too.
func TestIndexesDontMix(t *testing.T) {
	p := pod("one", "ernie")
	p.Spec.NodeName = "bert"
	x := stock(t, p, pod("two", "bert"))
	sharing(t, anyValue, x, pod("new", "bert"), "two")
	found, err := x.Index("byNode", p)
	anyValue.NoError(t, err, "ask which pods are on the node bert")
	anyValue.Equal(t, "one", names(found), "ask which pods are on the node bert")
}

func TestUnknownIndexIsAnError(t *testing.T) {
	found, err := sesame(t).Index("byColour", pod("new", "bert"))
	require.ErrorContains(told.T(t), err, "byColour", "ask an index that nobody made")
	told.Equal(t, 0, len(found), "count what is found beside the error")
}

func TestErrorOfTheFunctionIsTold(t *testing.T) {
	found, err := sesame(t).Index("byUser", &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}})
	require.ErrorIs(told.T(t), err, errNoPod, "ask about a node in an index of pods")
	told.Equal(t, 0, len(found), "count what is found beside the error")
}

// Whatever the pods and their users: the answer is what one finds by looking at each pod.
func TestIndexAgreesWithASearch(t *testing.T) {
	users := []string{"ernie", "bert", "oscar", "elmo", "grover", "kermit", "piggy", "gonzo"}
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(2, seed))
		some := func() string {
			var these []string
			for range random.IntN(4) {
				these = append(these, users[random.IntN(len(users))]) // some twice
			}
			return strings.Join(these, ",")
		}
		var pods []*corev1.Pod
		for i := range random.IntN(30) {
			pods = append(pods, pod(fmt.Sprintf("pod%02d", i), some()))
		}
		x, asked := stock(t, pods...), pod("new", some())
		wanted, _ := byUser(asked)
		var want []any
		for _, p := range pods {
			has, _ := byUser(p)
			if slices.ContainsFunc(has, func(user string) bool { return slices.Contains(wanted, user) }) {
				want = append(want, p)
			}
		}
		sharing(t, anyValue, x, asked, names(want))
	}
}
