package conflictretry_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"

	conflictretry "client-go-workbook/exercises/ch01-clients/ex07-conflict-retry"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	nothingLost = invariant.Invariant{
		Says: "every change is made to what is there now, so that nobody's is lost",
		Read: "lib/retry/retry.go, RetryOnConflict",
	}
	onlyConflicts = invariant.Invariant{
		Says: "only a Conflict is worth another attempt; any other error comes back as it is",
		Read: "lib/retry/retry.go, OnError",
	}
	bounded = invariant.Invariant{
		Says: "the backoff says how many attempts there are and how long to wait; the last Conflict comes back",
		Read: "lib/retry/retry.go, OnError",
	}
	ended = invariant.Invariant{
		Says: "when the context ends, nothing more is waited for and nothing more is sent",
		Read: "wait.ExponentialBackoffWithContext in k8s.io/apimachinery",
	}
)

var configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

// doubling has waits of 1, 2 and 4 s between its four attempts.
var doubling = wait.Backoff{Steps: 4, Duration: time.Second, Factor: 2}

// shop is a server with the ConfigMap "stock", in which there are no apples and no pears yet.
type shop struct {
	*apitest.Server
	objects dynamic.ResourceInterface
}

// inShop runs a test on fake time. Whatever waits there, waits for nothing real.
func inShop(t *testing.T, test func(*testing.T, shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := apitest.Start(t, apitest.Config{InMemory: true})
		client, err := dynamic.NewForConfigAndClient(&rest.Config{Host: server.URL, QPS: -1}, server.Client())
		nothingLost.NoError(t, err, "make a client")
		stock := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "stock"}, Data: map[string]string{"apples": "0", "pears": "0"}}
		nothingLost.NoError(t, server.Create(stock), "store the ConfigMap")
		test(t, shop{server, client.Resource(configMaps).Namespace("shop")})
	})
}

func (s shop) updater() *conflictretry.Updater {
	return &conflictretry.Updater{Objects: s.objects, Backoff: doubling}
}

// stock is what the server has.
func (s shop) stock() *corev1.ConfigMap {
	all, _ := s.Objects(configMaps)
	return all[0].(*corev1.ConfigMap)
}

// anotherPear is the other writer: fast, for it needs no network.
func (s shop) anotherPear() {
	stock := s.stock()
	n, _ := strconv.Atoi(stock.Data["pears"])
	stock.Data["pears"] = strconv.Itoa(n + 1)
	if err := s.Update(stock); err != nil {
		panic(err)
	}
}

// beforeUpdates does something just before each of so many updates of a client arrives.
func (s shop) beforeUpdates(times int, do func()) {
	s.Inject(apitest.Fault{On: apitest.On("update", "configmaps"), Times: times, Do: func(w http.ResponseWriter, _ *apitest.Request, serve func(http.ResponseWriter)) {
		do()
		serve(w)
	}})
}

// requests are "get", "update" and so on.
func (s shop) requests() string {
	var verbs []string
	for _, r := range s.Requests() {
		verbs = append(verbs, r.Verb)
	}
	return strings.Join(verbs, " ")
}

// add counts one of these.
func add(fruit string) func(*unstructured.Unstructured) error {
	return func(obj *unstructured.Unstructured) error {
		n, err := count(obj, fruit)
		if err != nil {
			return err
		}
		return unstructured.SetNestedField(obj.Object, strconv.Itoa(n+1), "data", fruit)
	}
}

func count(obj *unstructured.Unstructured, fruit string) (int, error) {
	text, _, err := unstructured.NestedString(obj.Object, "data", fruit)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}

func TestUpdateReturnsWhatTheServerHas(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		updated, err := s.updater().Update(t.Context(), "stock", add("apples"))
		nothingLost.NoError(t, err, "count an apple")
		nothingLost.Equal(t, "1", s.stock().Data["apples"], "look at the server's apples")
		nothingLost.Equal(t, s.stock().ResourceVersion, updated.GetResourceVersion(), "compare the resourceVersion that Update returns with the server's")
		nothingLost.Equal(t, "get update", s.requests(), "count the requests")
		nothingLost.Equal(t, time.Duration(0), s.elapsed(t), "look how long that took")
	})
}

func TestNobodysChangeIsLost(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		s.beforeUpdates(3, s.anotherPear)
		var seen []int
		updated, err := s.updater().Update(t.Context(), "stock", func(obj *unstructured.Unstructured) error {
			pears, err := count(obj, "pears")
			seen = append(seen, pears)
			return errors.Join(err, add("apples")(obj))
		})
		nothingLost.Equal(t, map[string]string{"apples": "1", "pears": "3"}, s.stock().Data, "count one apple, while somebody counts three pears")
		nothingLost.NoError(t, err, "count an apple in the fourth attempt")
		nothingLost.Equal(t, []int{0, 1, 2, 3}, seen, "look at the pears that each attempt saw")
		nothingLost.Equal(t, s.stock().ResourceVersion, updated.GetResourceVersion(), "compare the resourceVersion that Update returns with the server's")
		nothingLost.Equal(t, "get update get update get update get update", s.requests(), "look at the requests")
	})
}

func TestManyWritersShareACounter(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		u := &conflictretry.Updater{Objects: s.objects, Backoff: wait.Backoff{Steps: 1000, Duration: time.Millisecond, Factor: 1, Jitter: 5}}
		var wg sync.WaitGroup
		errs := make([]error, 5)
		for i := range errs {
			wg.Go(func() {
				for range 4 {
					_, err := u.Update(t.Context(), "stock", add("apples"))
					errs[i] = errors.Join(errs[i], err)
				}
			})
		}
		wg.Wait()
		nothingLost.NoError(t, errors.Join(errs...), "count four apples each, five at once")
		nothingLost.Equal(t, "20", s.stock().Data["apples"], "count four apples each, five at once")
	})
}

var stockResource = configMaps.GroupResource()

func TestOtherErrorsEndIt(t *testing.T) {
	for _, test := range []struct {
		name string
		verb string
		err  *apierrors.StatusError
	}{
		{"the object isn't there", "get", apierrors.NewNotFound(stockResource, "stock")},
		{"we may not read it", "get", apierrors.NewForbidden(stockResource, "stock", errors.New("no"))},
		{"we may not write it", "update", apierrors.NewForbidden(stockResource, "stock", errors.New("no"))},
		{"the server has an error", "update", apierrors.NewInternalError(errors.New("no"))},
		{"another 409", "update", apierrors.NewAlreadyExists(stockResource, "stock")},
	} {
		t.Run(test.name, func(t *testing.T) {
			inShop(t, func(t *testing.T, s shop) {
				s.Inject(apitest.Fault{On: apitest.On(test.verb, "configmaps"), Times: apitest.Always, Do: apitest.Respond(test.err)})
				_, err := s.updater().Update(t.Context(), "stock", add("apples"))
				onlyConflicts.Equal(t, test.err.ErrStatus.Reason, apierrors.ReasonForError(err), "read the error (%v) when %s", err, test.name)
				want := "get update"
				if test.verb == "get" {
					want = "get"
				}
				onlyConflicts.Equal(t, want, s.requests(), "look at the requests when %s", test.name)
			})
		})
	}
}

// Somebody was faster, and then removes the object: now that is what is wrong.
func TestLastErrorCounts(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		s.beforeUpdates(1, s.anotherPear)
		s.Inject(apitest.Fault{On: apitest.On("get", "configmaps"), Skip: 1, Do: apitest.Respond(apierrors.NewNotFound(stockResource, "stock"))})
		_, err := s.updater().Update(t.Context(), "stock", add("apples"))
		onlyConflicts.Equal(t, metav1.StatusReasonNotFound, apierrors.ReasonForError(err), "read the error (%v) when the object is gone after a Conflict", err)
	})
}

var errSoldOut = errors.New("sold out")

func TestChangeMayRefuse(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		s.beforeUpdates(1, s.anotherPear)
		updated, err := s.updater().Update(t.Context(), "stock", func(obj *unstructured.Unstructured) error {
			if pears, _ := count(obj, "pears"); pears > 0 {
				return errSoldOut
			}
			return add("apples")(obj)
		})
		require.ErrorIs(onlyConflicts.T(t), err, errSoldOut, "change refuses what it reads after a Conflict")
		onlyConflicts.Equal(t, "get update get", s.requests(), "look at the requests")
		onlyConflicts.Equal(t, true, updated == nil, "is no object returned")
	})
}

// wrapping is a client that says more in its errors, as many do.
type wrapping struct{ dynamic.ResourceInterface }

func (w wrapping) Update(ctx context.Context, obj *unstructured.Unstructured, opts metav1.UpdateOptions, subresources ...string) (*unstructured.Unstructured, error) {
	updated, err := w.ResourceInterface.Update(ctx, obj, opts, subresources...)
	if err != nil {
		return nil, fmt.Errorf("write the stock: %w", err)
	}
	return updated, nil
}

func TestWrappedConflictIsAConflict(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		s.beforeUpdates(1, s.anotherPear)
		u := &conflictretry.Updater{Objects: wrapping{s.objects}, Backoff: doubling}
		_, err := u.Update(t.Context(), "stock", add("apples"))
		onlyConflicts.NoError(t, err, "count an apple after a Conflict that is wrapped")
	})
}

func TestAttemptsAreBounded(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		s.beforeUpdates(20, s.anotherPear)
		updated, err := s.updater().Update(t.Context(), "stock", add("apples"))
		bounded.Equal(t, "get update get update get update get update", s.requests(), "look at the requests of four attempts in vain")
		bounded.Equal(t, metav1.StatusReasonConflict, apierrors.ReasonForError(err), "read the error (%v) after four attempts in vain", err)
		bounded.Equal(t, 7*time.Second, s.elapsed(t), "look how long four attempts took, 1, 2 and 4 s apart")
		bounded.Equal(t, true, updated == nil, "is no object returned")
		bounded.Equal(t, map[string]string{"apples": "0", "pears": "4"}, s.stock().Data, "look at what is there")
	})
}

func TestContextEndsTheWait(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		s.beforeUpdates(20, s.anotherPear)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // in the second wait
		defer cancel()
		_, err := s.updater().Update(ctx, "stock", add("apples"))
		ended.Equal(t, 2*time.Second, s.elapsed(t), "look when it ended, with a context that ends after 2 s")
		ended.Equal(t, "get update get update", s.requests(), "look at the requests until then")
		ended.Equal(t, metav1.StatusReasonConflict, apierrors.ReasonForError(err), "read the error (%v): it says more than the context's", err)
	})
}

func TestContextEndsARequest(t *testing.T) {
	inShop(t, func(t *testing.T, s shop) {
		s.Inject(apitest.Fault{On: apitest.On("get", "configmaps"), Do: apitest.Delay(time.Hour)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.updater().Update(ctx, "stock", add("apples"))
		ended.Equal(t, time.Second, s.elapsed(t), "look when it ended, with a context that ends after 1 s and a server that hangs")
		require.ErrorIs(ended.T(t), err, context.DeadlineExceeded)

		_, err = s.updater().Update(ctx, "stock", add("apples"))
		require.ErrorIs(ended.T(t), err, context.DeadlineExceeded, "the context had ended before")
		ended.Equal(t, "get", s.requests(), "look at the requests")
	})
}

// elapsed is the fake time since the object was made: a bubble's clock starts at the same instant always.
func (s shop) elapsed(t *testing.T) time.Duration {
	t.Helper()
	return time.Since(s.stock().CreationTimestamp.Time)
}
