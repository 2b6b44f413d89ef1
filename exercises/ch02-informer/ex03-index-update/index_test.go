package indexupdate_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"

	indexupdate "client-go-workbook/exercises/ch02-informer/ex03-index-update"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	exact = invariant.Invariant{
		Says: "a key stands under exactly the values that its object has",
		Read: "README.md, Invariant; lib/store/table.go, move",
	}
	noneEmpty = invariant.Invariant{
		Says: "a value that no object has any more is gone from the index, with its empty set",
		Read: "README.md, first paragraph; lib/store/table.go, move",
	}
	allOrNothing = invariant.Invariant{
		Says: "if the values can't be read, the index stays as it was, and the error names the key",
		Read: "README.md, Invariant; lib/store/table.go, move",
	}
)

var errUnreadable = errors.New("unreadable users")

// byUser reads the annotation users, "ernie,bert".
func byUser(obj any) ([]string, error) {
	pod, ok := obj.(*corev1.Pod)
	switch {
	case !ok:
		return nil, fmt.Errorf("the index function was called with %v, which is no pod", obj)
	case strings.Contains(pod.Annotations["users"], "?"):
		return []string{"half"}, errUnreadable
	case pod.Annotations["users"] == "":
		return nil, nil
	}
	return strings.Split(pod.Annotations["users"], ","), nil
}

// of is a pod with these users.
func of(users string) any {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{"users": users}}}
}

// show is "bert={one} ernie={one,tre}".
func show(x *indexupdate.Index) string {
	var lines []string
	for _, value := range slices.Sorted(maps.Keys(x.Keys)) {
		lines = append(lines, fmt.Sprintf("%s={%s}", value, strings.Join(slices.Sorted(maps.Keys(x.Keys[value])), ",")))
	}
	return strings.Join(lines, " ")
}

func set(t *testing.T, x *indexupdate.Index, key string, old, updated any) {
	t.Helper()
	exact.NoError(t, x.Set(key, old, updated), "%s", change(key, old, updated))
}

func change(key string, old, updated any) string {
	users := func(obj any) string {
		if obj == nil {
			return "nothing"
		}
		return fmt.Sprintf("%q", obj.(*corev1.Pod).Annotations["users"])
	}
	return fmt.Sprintf("change %s from %s to %s", key, users(old), users(updated))
}

// sesame has two pods.
func sesame(t *testing.T) *indexupdate.Index {
	t.Helper()
	x := indexupdate.New(byUser)
	set(t, x, "one", nil, of("ernie,bert"))
	set(t, x, "tre", nil, of("ernie,elmo"))
	exact.Equal(t, "bert={one} elmo={tre} ernie={one,tre}", show(x), "add one, of ernie and bert, and tre, of ernie and elmo")
	return x
}

func TestValuesChange(t *testing.T) {
	for _, test := range []struct{ name, users, want string }{
		{"one goes, one comes", "bert,oscar", "bert={one} elmo={tre} ernie={tre} oscar={one}"},
		{"one comes", "bert,ernie,oscar", "bert={one} elmo={tre} ernie={one,tre} oscar={one}"},
		{"one goes", "bert", "bert={one} elmo={tre} ernie={tre}"},
		{"all change", "oscar,grover", "elmo={tre} ernie={tre} grover={one} oscar={one}"},
		{"another's", "elmo", "elmo={one,tre} ernie={tre}"},
		{"the order", "bert,ernie", "bert={one} elmo={tre} ernie={one,tre}"},
		{"none", "ernie,bert", "bert={one} elmo={tre} ernie={one,tre}"},
		{"all go", "", "elmo={tre} ernie={tre}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := sesame(t)
			set(t, x, "one", of("ernie,bert"), of(test.users))
			exact.Equal(t, test.want, show(x), "%s", change("one", of("ernie,bert"), of(test.users)))
		})
	}
}

func TestObjectGoes(t *testing.T) {
	x := sesame(t)
	set(t, x, "tre", of("ernie,elmo"), nil)
	exact.Equal(t, "bert={one} ernie={one}", show(x), "remove tre, which shares ernie with one")
	set(t, x, "one", of("ernie,bert"), nil)
	exact.Equal(t, "", show(x), "remove one, too")
}

func TestObjectWithoutValues(t *testing.T) {
	x := sesame(t)
	set(t, x, "two", nil, of(""))
	exact.Equal(t, "bert={one} elmo={tre} ernie={one,tre}", show(x), "add two, of nobody")
	set(t, x, "two", of(""), of("bert"))
	exact.Equal(t, "bert={one,two} elmo={tre} ernie={one,tre}", show(x), "give two to bert")
	set(t, x, "two", of("bert"), of(""))
	set(t, x, "two", of(""), nil)
	exact.Equal(t, "bert={one} elmo={tre} ernie={one,tre}", show(x), "take two from bert, then remove it")
}

func TestValueThatIsThereTwice(t *testing.T) {
	x := sesame(t)
	set(t, x, "two", nil, of("bert,oscar,bert"))
	exact.Equal(t, "bert={one,two} elmo={tre} ernie={one,tre} oscar={two}", show(x), "add two, of bert, oscar and bert")
	set(t, x, "two", of("bert,oscar,bert"), of("oscar,bert,oscar"))
	exact.Equal(t, "bert={one,two} elmo={tre} ernie={one,tre} oscar={two}", show(x), "now it is of oscar, bert and oscar")
	set(t, x, "two", of("oscar,bert,oscar"), nil)
	exact.Equal(t, "bert={one} elmo={tre} ernie={one,tre}", show(x), "remove two")
}

func TestNothingIsLeftOfWhatIsOver(t *testing.T) {
	x := sesame(t)
	for job := range 1000 {
		pod := of(fmt.Sprintf("job-%d,ernie", job))
		set(t, x, "pod", nil, pod)
		set(t, x, "pod", pod, of("ernie"))
		set(t, x, "pod", of("ernie"), nil)
	}
	noneEmpty.Equal(t, 3, len(x.Keys), "count the values in the index, three of them in use, after a thousand jobs")
}

func TestFailureChangesNothing(t *testing.T) {
	for _, test := range []struct {
		name         string
		old, updated any
	}{
		{"of one that comes", nil, of("bert,?")},
		{"of one that changes", of("ernie,bert"), of("bert,oscar,?")},
		{"of what it was", of("ernie,bert,?"), of("bert,oscar")},
		{"of what it was when it goes", of("ernie,bert,?"), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := sesame(t)
			err := x.Set("one", test.old, test.updated)
			require.ErrorIs(allOrNothing.T(t), err, errUnreadable, change("one", test.old, test.updated))
			allOrNothing.Equal(t, "bert={one} elmo={tre} ernie={one,tre}", show(x), "%s, which fails", change("one", test.old, test.updated))
			require.ErrorContains(allOrNothing.T(t), err, "one", "the error doesn't name the key")
		})
	}
}

// A random story is a few objects that come, change and go; the index is compared with one that is built anew.
func TestIndexIsWhatOneWouldBuildAnew(t *testing.T) {
	users := []string{"ernie", "bert", "oscar", "elmo", "grover"}
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(3, seed))
		x, pods := indexupdate.New(byUser), map[string]any{}
		var story []string
		for range 40 {
			key := fmt.Sprint("pod-", random.IntN(6))
			var updated any
			if random.IntN(4) > 0 {
				var these []string
				for range random.IntN(4) {
					these = append(these, users[random.IntN(len(users))])
				}
				updated = of(strings.Join(these, ","))
			}
			story = append(story, change(key, pods[key], updated))
			told := strings.Join(story[max(0, len(story)-3):], "\n")
			exact.NoError(t, x.Set(key, pods[key], updated), "story %d, its last steps: %s", seed, told)
			if delete(pods, key); updated != nil {
				pods[key] = updated
			}
			anew := indexupdate.New(nil)
			for key, pod := range pods {
				values, _ := byUser(pod)
				for _, value := range values {
					if anew.Keys[value] == nil {
						anew.Keys[value] = sets.Set[string]{}
					}
					anew.Keys[value].Insert(key)
				}
			}
			exact.Equal(t, show(anew), show(x), "story %d, its last steps:\n%s", seed, told)
		}
	}
}
