package relist_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	relist "client-go-workbook/exercises/ch02-informer/ex07-relist"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	notBack = invariant.Invariant{
		Says: "no list is older than what was seen before",
		Read: "README.md, the three versions; lib/reflector/list.go",
	}
	newest = invariant.Invariant{
		Says: "if the server doesn't have the version, the newest state is asked for, at once, and until that succeeds",
		Read: "README.md, Invariant; lib/reflector/list.go",
	}
	others = invariant.Invariant{
		Says: "an error that isn't about versions comes back, and nothing is asked twice",
		Read: "README.md, What the tests verify; lib/reflector/list.go",
	}
)

// answer is a list of this version, with objects of others in it, or an error.
type answer struct {
	version string
	err     error
}

// script is a server that gives these answers, one after the other, and notes what it was asked for.
type script struct {
	answers []answer
	asked   []string
}

func (s *script) ListWithContext(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	s.asked = append(s.asked, fmt.Sprintf("%q", options.ResourceVersion))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if len(s.asked) > len(s.answers) {
		return nil, apierrors.NewServiceUnavailable("the script has no more answers")
	}
	a := s.answers[len(s.asked)-1]
	if a.err != nil {
		return nil, a.err
	}
	return listOf(a.version), nil
}

func listOf(version string) runtime.Object {
	list := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: version}}
	for i, v := range []string{"3", "7", "5"} {
		list.Items = append(list.Items, corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("pod-", i), ResourceVersion: v}})
	}
	return list
}

// play makes a Relister that asks a script.
func play(answers ...answer) (*relist.Relister, *script) {
	s := &script{answers: answers}
	return &relist.Relister{Source: s}, s
}

// lists expects a List to succeed.
func lists(t *testing.T, rule invariant.Invariant, r *relist.Relister, version string) {
	t.Helper()
	list, err := r.List(t.Context())
	rule.NoError(t, err, "list, where the server has version %s", version)
	pods, ok := list.(*corev1.PodList)
	rule.Equal(t, true, ok, "is what List returns the server's list (it is a %T)", list)
	rule.Equal(t, version, pods.ResourceVersion, "look at the version of the list")
}

// expect compares all requests so far.
func (s *script) expect(t *testing.T, rule invariant.Invariant, doing string, versions ...string) {
	t.Helper()
	for i, v := range versions {
		versions[i] = fmt.Sprintf("%q", v)
	}
	rule.Equal(t, strings.Join(versions, " "), strings.Join(s.asked, " "), "%s: look at the versions that were asked for", doing)
}

var (
	expired  = apierrors.NewResourceExpired("The provided resource version is too old.")
	gone     = apierrors.NewGenericServerResponse(410, "list", schema.GroupResource{Resource: "pods"}, "", "too old", 0, false)
	tooLarge = &apierrors.StatusError{ErrStatus: metav1.Status{
		Status: metav1.StatusFailure, Code: 504, Reason: metav1.StatusReasonTimeout,
		Message: "Timeout: Too large resource version: 1105, current: 3",
		Details: &metav1.StatusDetails{
			Causes:            []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge, Message: "Too large resource version"}},
			RetryAfterSeconds: 1,
		},
	}}
)

func TestFirstListTakesWhatTheServerHasInMemory(t *testing.T) {
	r, s := play(answer{version: "1000"})
	lists(t, notBack, r, "1000")
	s.expect(t, notBack, "list for the first time", "0")
}

func TestNextListIsAtLeastAsNew(t *testing.T) {
	r, s := play(answer{version: "1000"}, answer{version: "1042"}, answer{version: "1050"})
	lists(t, notBack, r, "1000")
	lists(t, notBack, r, "1042")
	r.Saw("1049")
	lists(t, notBack, r, "1050")
	s.expect(t, notBack, "list twice, see 1049, list again", "0", "1000", "1049")
}

func TestFirstListMayFail(t *testing.T) {
	r, s := play(answer{err: apierrors.NewServiceUnavailable("starting")}, answer{version: "1000"})
	_, err := r.List(t.Context())
	require.Error(others.T(t), err, "the server is starting")
	lists(t, notBack, r, "1000")
	s.expect(t, notBack, "list twice, where the first fails", "0", "0")
}

func TestVersionThatTheServerDoesNotHave(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{{"expired", expired}, {"gone", gone}, {"too large", tooLarge}, {"wrapped", fmt.Errorf("pods: %w", expired)}} {
		t.Run(test.name, func(t *testing.T) {
			r, s := play(answer{version: "1000"}, answer{err: test.err}, answer{version: "3"}, answer{version: "4"})
			lists(t, newest, r, "1000")
			lists(t, newest, r, "3")
			lists(t, newest, r, "4")
			s.expect(t, newest, "list three times, where the second time 1000 is "+test.name, "0", "1000", "", "3")
		})
	}
}

func TestItStaysWithTheNewestUntilThatSucceeds(t *testing.T) {
	unavailable := apierrors.NewServiceUnavailable("etcd is starting")
	r, s := play(answer{version: "1000"}, answer{err: tooLarge}, answer{err: unavailable}, answer{err: unavailable}, answer{version: "3"}, answer{version: "4"})
	lists(t, newest, r, "1000")
	for range 2 {
		_, err := r.List(t.Context())
		newest.Equal(t, true, apierrors.IsServiceUnavailable(err), "is the error (%v) that of the last request", err)
	}
	lists(t, newest, r, "3")
	lists(t, newest, r, "4")
	s.expect(t, newest, "list, and where 1000 is too large three times, of which the first two fail, and once more", "0", "1000", "", "", "", "3")
}

func TestItAsksOnceMoreNotForEver(t *testing.T) {
	r, s := play(answer{version: "1000"}, answer{err: expired}, answer{err: expired}, answer{version: "1001"})
	lists(t, newest, r, "1000")
	_, err := r.List(t.Context())
	newest.Equal(t, true, apierrors.IsResourceExpired(err), "is the error (%v) the server's, where the newest state is expired, too", err)
	s.expect(t, newest, "list twice, where everything is expired", "0", "1000", "")
}

func TestOtherErrorsComeBack(t *testing.T) {
	for _, test := range []struct {
		name string
		err  *apierrors.StatusError
	}{
		{"forbidden", apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "", errors.New("no"))},
		{"too many requests", apierrors.NewTooManyRequests("slowly", 1)},
		{"timeout", apierrors.NewTimeoutError("the server is slow", 1)},
		{"internal error", apierrors.NewInternalError(errors.New("no"))},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, s := play(answer{version: "1000"}, answer{err: test.err}, answer{version: "1001"})
			lists(t, others, r, "1000")
			_, err := r.List(t.Context())
			others.Equal(t, test.err.ErrStatus.Reason, apierrors.ReasonForError(err), "read the error (%v) of a list", err)
			lists(t, others, r, "1001")
			s.expect(t, others, "list three times, where the second time there is: "+test.name, "0", "1000", "1000")
		})
	}
}

// memories are API servers, each with a memory of its own, of which some are behind; and etcd, which is not.
type memories struct {
	random *rand.Rand
	etcd   int
	behind []int
	told   []string
}

func (m *memories) ListWithContext(_ context.Context, options metav1.ListOptions) (runtime.Object, error) {
	i := m.random.IntN(len(m.behind))
	has := m.etcd - m.behind[i]
	m.told = append(m.told, fmt.Sprintf("server %d, which has %d, is asked for %q; etcd has %d", i, has, options.ResourceVersion, m.etcd))
	switch options.ResourceVersion {
	case "":
		return listOf(strconv.Itoa(m.etcd)), nil
	case "0":
		return listOf(strconv.Itoa(has)), nil
	}
	wanted, err := strconv.Atoi(options.ResourceVersion)
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if wanted > has {
		return nil, tooLarge
	}
	return listOf(strconv.Itoa(has)), nil
}

func TestNeverBackInTime(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(7, seed))
		m := &memories{random: random, etcd: 1000, behind: []int{0, random.IntN(50), random.IntN(50)}}
		r, seen := &relist.Relister{Source: m}, 0
		for range 20 {
			list, err := r.List(t.Context())
			notBack.NoError(t, err, "story %d:\n%s", seed, m.last())
			version, _ := strconv.Atoi(list.(*corev1.PodList).ResourceVersion)
			if version < seen {
				notBack.Broken(t, invariant.Report{
					Doing:    fmt.Sprintf("story %d:\n%s", seed, m.last()),
					Expected: fmt.Sprintf("a list of version %d, which was seen, or newer", seen), Saw: strconv.Itoa(version),
				})
			}
			seen = version
			m.etcd += random.IntN(20)
			if random.IntN(2) == 0 {
				seen = seen + random.IntN(m.etcd-seen+1)
				r.Saw(strconv.Itoa(seen))
				m.told = append(m.told, fmt.Sprintf("the watch comes to %d", seen))
			}
			m.behind[random.IntN(3)] = random.IntN(50)
		}
	}
}

func (m *memories) last() string { return strings.Join(m.told[max(0, len(m.told)-6):], "\n") }
