package informer_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

var anyOptions = informer.HandlerOptions{}

func TestHandlersAreToldOfEveryChange(t *testing.T) {
	tell(t, 0, func(s *story) {
		j := s.listen(anyOptions)
		s.run()
		require.Equal(t, []string{"add shop/db=0 (initial)", "add shop/web=0 (initial)"}, j.read())

		s.set("shop/new", "1")
		s.set("shop/web", "2")
		s.remove("shop/db")
		require.Equal(t, []string{"add shop/new=1", "update shop/web=0 -> shop/web=2", "delete shop/db=0"}, j.read())
		require.ElementsMatch(t, []string{"shop/new", "shop/web"}, s.informer.GetStore().ListKeys())
	}, "shop/db", "shop/web")
}

// Many changes at once are few batches, in which no object comes twice.
func TestManyChangesAtOnceKeepTheirOrder(t *testing.T) {
	tell(t, 0, func(s *story) {
		j := s.listen(anyOptions)
		s.run()
		var want []string
		for i := range 3000 {
			key := fmt.Sprint("shop/", i%700)
			s.set(key, fmt.Sprint(i))
			if i < 700 {
				want = append(want, fmt.Sprintf("add %s=%d", key, i))
			} else {
				want = append(want, fmt.Sprintf("update %s=%d -> %s=%d", key, i-700, key, i))
			}
		}
		require.Equal(t, want, j.read())
	})
}

func TestTheStoreChangesBeforeHandlersAreTold(t *testing.T) {
	tell(t, 0, func(s *story) {
		require.NoError(t, s.informer.AddIndexers(byValue))
		j := &journal{t: t}
		j.during = func(line string) {
			// Nothing else happens meanwhile, so that the store is exactly what the line says.
			words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '=' })
			switch key, value := words[len(words)-2], words[len(words)-1]; words[0] {
			case "delete":
				require.Nil(t, s.cached(key))
			default:
				require.Equal(t, key+"="+value, keyAndValue(t, s.cached(key)))
				found, err := s.informer.GetIndexer().IndexKeys("value", value)
				require.NoError(t, err)
				require.Equal(t, []string{key}, found)
			}
		}
		s.register(j, anyOptions)
		s.run()
		s.set("shop/web", "1")
		require.Len(t, j.read(), 1)
		s.set("shop/web", "2")
		require.Len(t, j.read(), 1)
		s.remove("shop/web")
		require.Len(t, j.read(), 1)
	})
}

// A list, too: while its objects are still on their way into the store, nobody is told of them.
func TestTheStoreChangesBeforeHandlersAreToldOfAList(t *testing.T) {
	tell(t, 0, func(s *story) {
		j := &journal{t: t}
		require.NoError(t, s.informer.AddIndexers(store.Indexers{"slow": func(any) ([]string, error) {
			time.Sleep(time.Minute)
			require.Empty(t, j.linesSoFar())
			return nil, nil
		}}))
		s.register(j, anyOptions)
		s.run()
		require.Empty(t, j.read())
		pass(time.Hour)
		require.Len(t, j.read(), 2)
		s.gap(func() { s.removeLocked("shop/db"); s.setLocked("shop/web", "1") })
		pass(time.Hour)
		require.Len(t, j.read(), 2)
	}, "shop/db", "shop/web")
}

// Nothing but the store keeps an object alive that handlers have been told of.
func TestNothingIsKeptAliveForNothing(t *testing.T) {
	tell(t, 0, func(s *story) {
		s.listen(anyOptions)
		s.run()
		old := weak.Make(s.cached("shop/web").(*corev1.ConfigMap))
		s.set("shop/web", "1")
		synctest.Wait()
		deleted := weak.Make(s.cached("shop/web").(*corev1.ConfigMap))
		s.remove("shop/web")
		synctest.Wait()
		runtime.GC()
		require.Nil(t, old.Value())
		require.Nil(t, deleted.Value())
	}, "shop/db", "shop/web") // of which the second is not where the next batch's first will be
}

var byValue = store.Indexers{"value": func(obj any) ([]string, error) { return []string{obj.(*corev1.ConfigMap).Data["v"]}, nil }}

func TestLateHandlerIsGivenTheStateAndThenEveryChangeOnce(t *testing.T) {
	tell(t, 0, func(s *story) {
		s.run()
		s.set("shop/web", "1")
		synctest.Wait()
		late := s.listen(anyOptions)
		s.set("shop/web", "2")
		require.Equal(t, []string{"add shop/web=1 (initial)", "update shop/web=1 -> shop/web=2"}, late.read())
		require.True(t, late.handle.HasSynced())
	}, "shop/web")
}

// No batch comes between what is listed for a late handler and what it is told from then on, and no late handler between
// a batch's way into the store and its being told.
func TestBatchesAndJoiningExcludeEachOther(t *testing.T) {
	tell(t, 0, func(s *story) {
		written, listed := 0, 0
		require.NoError(t, s.informer.AddIndexers(store.Indexers{"spy": func(obj any) ([]string, error) {
			written++
			require.True(t, informer.Exclusive(s.informer), "an index changes within a batch")
			time.Sleep(time.Minute) // while a batch gathers
			return nil, nil
		}}))
		s.run()
		pass(time.Hour)
		require.Equal(t, 1, written, "a list")
		for i := range 10 {
			s.set(fmt.Sprint("shop/", i), "0")
		}
		pass(time.Hour)
		require.Equal(t, 11, written, "a change, and others that came meanwhile")

		informer.WhenListed(s.informer, func() {
			listed++
			require.True(t, informer.Exclusive(s.informer), "the store is listed for who joins")
		})
		s.listen(anyOptions)
		require.Equal(t, 1, listed)
		require.False(t, informer.Exclusive(s.informer))
	}, "shop/web")
}

// Changes rush in while handlers join: each sees every object's last state, and no step of it twice.
func TestHandlersThatJoinAmidChanges(t *testing.T) {
	tell(t, 0, func(s *story) {
		s.run()
		var writing sync.WaitGroup
		writing.Go(func() {
			for i := range 2000 {
				s.set(fmt.Sprint("shop/", i%10), fmt.Sprint(i))
			}
		})
		var handlers []*journal
		for range 50 {
			handlers = append(handlers, s.listen(anyOptions))
		}
		writing.Wait()
		for _, j := range handlers {
			view := map[string]string{}
			for _, line := range j.read() {
				words := strings.Fields(strings.TrimSuffix(line, " (initial)"))
				key, value, _ := strings.Cut(words[len(words)-1], "=")
				if words[0] == "add" {
					require.NotContains(t, view, key, "told twice: %s", line)
				} else {
					require.Equal(t, words[1], key+"="+view[key], "a step is missing before: %s", line)
				}
				view[key] = value
			}
			require.Equal(t, s.values(), view)
		}
	})
}

func TestSlowHandlerHoldsUpNobody(t *testing.T) {
	tell(t, 0, func(s *story) {
		slow := &journal{t: t, during: func(string) { time.Sleep(time.Hour) }}
		s.register(slow, anyOptions)
		quick := s.listen(anyOptions)
		s.run()
		for i := range 10 {
			s.set("shop/web", fmt.Sprint(i))
		}
		require.Len(t, quick.read(), 10)
		require.Equal(t, "shop/web=9", keyAndValue(t, s.cached("shop/web")))
		require.Empty(t, slow.read())
		pass(11 * time.Hour)
		require.Len(t, slow.read(), 10, "what a slow handler was not ready for waits for it")
	})
}

func TestEveryHandlerSyncsByItself(t *testing.T) {
	tell(t, 0, func(s *story) {
		slow := &journal{t: t, during: func(string) { time.Sleep(time.Minute) }}
		s.register(slow, anyOptions)
		quick := s.listen(anyOptions)
		require.False(t, s.informer.HasSynced())
		require.False(t, quick.handle.HasSynced())
		s.run()
		require.True(t, s.informer.HasSynced())
		require.True(t, quick.handle.HasSynced())
		require.False(t, slow.handle.HasSynced(), "two objects, a minute each")
		pass(90 * time.Second)
		require.False(t, slow.handle.HasSynced())
		pass(time.Minute)
		require.True(t, slow.handle.HasSynced())

		late := &journal{t: t, during: func(string) { time.Sleep(time.Minute) }}
		s.register(late, anyOptions)
		pass(90 * time.Second)
		require.False(t, late.handle.HasSynced(), "a late handler's first list is what is in the store")
		pass(time.Minute)
		require.True(t, late.handle.HasSynced())
	}, "shop/db", "shop/web")
}

func TestNothingSyncsBeforeTheFirstList(t *testing.T) {
	reported(t)
	tell(t, 0, func(s *story) {
		s.failLists(1)
		early := s.listen(anyOptions)
		s.run()
		late := s.listen(anyOptions)
		require.False(t, s.informer.HasSynced())
		require.False(t, early.handle.HasSynced())
		require.False(t, late.handle.HasSynced())
		pass(longEnough)
		require.True(t, s.informer.HasSynced())
		require.True(t, early.handle.HasSynced())
		require.True(t, late.handle.HasSynced())
	})
}

// Between the lists a was deleted, b updated, c left alone, d created, and e deleted and created again.
func TestRelistIsToldAsTheDifference(t *testing.T) {
	tell(t, 10*time.Minute, func(s *story) {
		resyncing := s.listen(anyOptions)
		never := s.listen(resyncEvery(0))
		s.run()
		initial := []string{"add shop/a=0 (initial)", "add shop/b=0 (initial)", "add shop/c=0 (initial)", "add shop/e=0 (initial)"}
		require.Equal(t, initial, resyncing.read())
		require.Equal(t, initial, never.read())
		pass(11 * time.Minute) // the first look at who is due
		require.Len(t, resyncing.read(), 4)
		require.Empty(t, never.read())

		s.gap(func() {
			s.removeLocked("shop/a")
			s.setLocked("shop/b", "1")
			s.setLocked("shop/d", "0")
			s.removeLocked("shop/e")
			s.setLocked("shop/e", "1")
		})
		pass(longEnough)
		require.Equal(t, []string{
			"delete shop/a, last seen as shop/a=0",
			"update shop/b=0 -> shop/b=1",
			"update shop/c=0 -> shop/c=0",
			"add shop/d=0",
			"update shop/e=0 -> shop/e=1",
		}, resyncing.read())
		require.Equal(t, []string{
			"delete shop/a, last seen as shop/a=0",
			"update shop/b=0 -> shop/b=1",
			"add shop/d=0",
			"update shop/e=0 -> shop/e=1",
		}, never.read(), "what is still the same is of no use to who doesn't resync")
	}, "shop/a", "shop/b", "shop/c", "shop/e")
}

// As long as nobody has looked at who is due for a resync, everybody is.
func TestRelistWithoutResyncsTellsEverybodyAlsoWhatIsTheSame(t *testing.T) {
	tell(t, 0, func(s *story) {
		j := s.listen(anyOptions)
		s.run()
		j.read()
		s.gap(func() {})
		pass(longEnough)
		require.Equal(t, []string{"update shop/web=0 -> shop/web=0"}, j.read())
	}, "shop/web")
}

func TestResyncPeriods(t *testing.T) {
	day := 24 * time.Hour
	for name, tc := range map[string]struct {
		informer time.Duration
		handlers []time.Duration
		late     bool // the handlers join when the informer runs
		lasts    time.Duration
		want     []int // resyncs in that time
	}{
		"each its own":                             {time.Hour, []time.Duration{time.Hour, 3 * time.Hour, 0}, false, day, []int{24, 8, 0}},
		"a handler wants it more often":            {3 * time.Hour, []time.Duration{time.Hour, 3 * time.Hour}, false, day, []int{24, 8}},
		"a late handler can't have it more often":  {3 * time.Hour, []time.Duration{time.Hour, 6 * time.Hour}, true, day, []int{8, 4}},
		"at the informer's pace":                   {2 * time.Hour, []time.Duration{3 * time.Hour}, false, day, []int{6}},
		"an informer that doesn't resync, doesn't": {0, []time.Duration{time.Hour}, false, day, []int{0}},
		"less than a second is a second":           {day / 2, []time.Duration{time.Millisecond}, false, time.Hour, []int{3600}},
		"nonsense is never":                        {time.Hour, []time.Duration{-time.Hour}, false, day, []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			tell(t, tc.informer, func(s *story) {
				if tc.late {
					s.run()
				}
				var handlers []*journal
				for _, period := range tc.handlers {
					handlers = append(handlers, s.listen(resyncEvery(period)))
				}
				if !tc.late {
					s.run()
				}
				for _, j := range handlers {
					require.Equal(t, []string{"add shop/web=0 (initial)"}, j.read())
				}
				pass(tc.lasts + time.Second/2)
				for i, j := range handlers {
					lines := j.read()
					require.InDelta(t, tc.want[i], len(lines), 1)
					for _, line := range lines {
						require.Equal(t, "update shop/web=0 -> shop/web=0", line)
					}
				}
				require.Equal(t, 1, s.listCount(), "a resync asks nothing of the server")
			}, "shop/web")
		})
	}
}

// A late handler that wants every hour what the informer looks for every three gets it every three, from when it joined.
func TestLateHandlersPeriodBeginsWhenItJoins(t *testing.T) {
	tell(t, 3*time.Hour, func(s *story) {
		s.run()
		pass(time.Hour)
		late := s.listen(resyncEvery(time.Hour))
		require.Equal(t, []string{"add shop/web=0 (initial)"}, late.read())
		pass(2*time.Hour + time.Minute)
		require.Empty(t, late.read(), "the informer looked after three hours; the handler was there for two")
		pass(3 * time.Hour)
		require.Equal(t, []string{"update shop/web=0 -> shop/web=0"}, late.read())
	}, "shop/web")
}

func TestRemovedHandlerIsToldNothingMore(t *testing.T) {
	tell(t, 0, func(s *story) {
		leaving, staying := s.listen(anyOptions), s.listen(anyOptions)
		s.run()
		require.Len(t, leaving.read(), 1)
		require.NoError(t, s.informer.RemoveEventHandler(leaving.handle))
		require.NoError(t, s.informer.RemoveEventHandler(leaving.handle), "once more is no error")
		s.set("shop/web", "1")
		require.Len(t, staying.read(), 2)
		require.Empty(t, leaving.read())
	}, "shop/web")
}

func TestRemoveDoesNotWaitAndShutDownDoes(t *testing.T) {
	tell(t, 0, func(s *story) {
		slow := &journal{t: t, during: func(string) { time.Sleep(time.Minute) }}
		s.register(slow, anyOptions)
		s.run()
		start := time.Now()
		require.NoError(t, s.informer.RemoveEventHandler(slow.handle))
		require.Zero(t, time.Since(start))
		require.NoError(t, informer.ShutDownEventHandler(s.informer, slow.handle))
		require.Equal(t, time.Minute, time.Since(start), "the call that was running has ended")
		require.Equal(t, []string{"add shop/db=0 (initial)"}, slow.read(), "the next one has not begun")
		pass(time.Hour)
		require.Empty(t, slow.read())
		require.NoError(t, informer.ShutDownEventHandler(s.informer, slow.handle), "once more is no error")
	}, "shop/db", "shop/web")
}

func TestShutDownOfHandlerThatWasNeverCalled(t *testing.T) {
	tell(t, 0, func(s *story) {
		j := s.listen(anyOptions)
		require.NoError(t, informer.ShutDownEventHandler(s.informer, j.handle))
		s.run()
		require.Empty(t, j.read())

		kept := s.listen(anyOptions)
		s.stop()
		require.NoError(t, informer.ShutDownEventHandler(s.informer, kept.handle), "the informer has ended, and with it its handlers")
	}, "shop/web")
}

func TestHandlersMayAddAndRemoveHandlers(t *testing.T) {
	tell(t, 0, func(s *story) {
		second := &journal{t: t}
		first := &journal{t: t}
		first.during = func(line string) {
			if line == "update shop/web=0 -> shop/web=1" {
				s.register(second, anyOptions)
				require.NoError(t, s.informer.RemoveEventHandler(first.handle))
			}
		}
		s.register(first, anyOptions)
		s.run()
		s.set("shop/web", "1")
		synctest.Wait()
		s.set("shop/web", "2")
		require.Equal(t, []string{"add shop/web=0 (initial)", "update shop/web=0 -> shop/web=1"}, first.read())
		require.Equal(t, []string{"add shop/web=1 (initial)", "update shop/web=1 -> shop/web=2"}, second.read())
	}, "shop/web")
}

func TestBadHandlersAndRegistrations(t *testing.T) {
	tell(t, 0, func(s *story) {
		_, err := s.informer.AddEventHandler(nil)
		require.EqualError(t, err, "add event handler: the handler is nil")

		other := informer.NewSharedInformer(newBackend(), &corev1.ConfigMap{}, 0)
		foreign, err := other.AddEventHandler(&journal{t: t})
		require.NoError(t, err)
		for name, handle := range map[string]informer.ResourceEventHandlerRegistration{
			"the handler is not one of SharedIndexInformer *v1.ConfigMap":  foreign,
			"<nil> is not a registration of this package":                  nil,
			"informer_test.forgery is not a registration of this package":  forgery{},
			"*informer_test.forgery is not a registration of this package": &forgery{},
		} {
			require.EqualError(t, s.informer.RemoveEventHandler(handle), "remove event handler: "+name)
			require.EqualError(t, informer.ShutDownEventHandler(s.informer, handle), "remove event handler: "+name)
		}
	})
}

type forgery struct {
	informer.ResourceEventHandlerRegistration
}

func TestTheEndOfAnInformer(t *testing.T) {
	tell(t, 0, func(s *story) {
		slow := &journal{t: t, during: func(string) { time.Sleep(time.Minute) }}
		s.register(slow, anyOptions)
		require.False(t, s.informer.IsStopped())
		s.run()
		require.False(t, s.informer.IsStopped())

		start := time.Now()
		s.stop()
		require.Equal(t, time.Minute, time.Since(start), "the call that was running has ended")
		require.Equal(t, []string{"add shop/db=0 (initial)"}, slow.read(), "and no other has begun")
		require.True(t, s.informer.IsStopped())
		require.Len(t, s.informer.GetStore().List(), 2, "the store can still be read")

		_, err := s.informer.AddEventHandler(slow)
		require.EqualError(t, err, "add event handler client-go-workbook/lib/informer_test.journal to SharedIndexInformer *v1.ConfigMap: the informer has been stopped")
		require.EqualError(t, s.informer.AddIndexers(byValue), "add indexers to SharedIndexInformer *v1.ConfigMap: the informer has been stopped")
	}, "shop/db", "shop/web")
}

// When the context has ended, handlers are still in their last call. They may do there what they may do at any time.
func TestHandlersMayUseAnInformerThatEnds(t *testing.T) {
	tell(t, 0, func(s *story) {
		other := s.listen(anyOptions)
		user := &journal{t: t}
		user.during = func(string) {
			time.Sleep(time.Minute) // meanwhile the context ends
			_, err := s.informer.AddEventHandler(user)
			require.ErrorContains(t, err, "the informer has been stopped")
			require.ErrorContains(t, s.informer.AddIndexers(byValue), "the informer has been stopped")
			require.NoError(t, s.informer.RemoveEventHandler(user.handle))
			require.NoError(t, informer.ShutDownEventHandler(s.informer, other.handle))
			require.True(t, s.informer.IsStopped())
			require.True(t, s.informer.HasSynced())
			require.Equal(t, "3", s.informer.LastSyncResourceVersion())
			require.NotNil(t, s.cached("shop/web"))
		}
		s.register(user, anyOptions)
		s.run()
		start := time.Now()
		s.stop()
		require.Equal(t, time.Minute, time.Since(start))
		require.Equal(t, []string{"add shop/db=0 (initial)"}, user.read())
	}, "shop/db", "shop/web")
}

// The batch that is on its way into the store when the context ends is the last, also if more is queued.
func TestTheEndWaitsForNoQueue(t *testing.T) {
	tell(t, 0, func(s *story) {
		require.NoError(t, s.informer.AddIndexers(store.Indexers{"slow": func(any) ([]string, error) {
			time.Sleep(time.Minute)
			return nil, nil
		}}))
		s.run()
		s.set("shop/db", "0")
		synctest.Wait()
		s.set("shop/web", "0")
		synctest.Wait()
		start := time.Now()
		s.stop()
		require.Equal(t, time.Minute, time.Since(start))
		require.Equal(t, []string{"shop/db"}, s.informer.GetStore().ListKeys())
	})
}

func TestInformerRunsOnce(t *testing.T) {
	tell(t, 0, func(s *story) {
		s.run()
		s.informer.RunWithContext(t.Context()) // returns although its context hasn't ended
		require.Equal(t, 1, s.listCount())
		s.stop()
		s.informer.RunWithContext(t.Context())
		require.Equal(t, 1, s.listCount())
	})
}

func TestInformerThatIsStoppedBeforeItSyncs(t *testing.T) {
	reported(t)
	tell(t, 0, func(s *story) {
		s.failLists(1000)
		j := s.listen(anyOptions)
		s.run()
		pass(time.Minute)
		s.stop()
		require.False(t, s.informer.HasSynced())
		require.False(t, j.handle.HasSynced())
		require.Empty(t, j.read())
	}, "shop/web")
}

func TestTransform(t *testing.T) {
	tell(t, 0, func(s *story) {
		require.NoError(t, s.informer.SetTransform(func(obj any) (any, error) {
			slim := obj.(*corev1.ConfigMap).DeepCopy()
			slim.Data = map[string]string{"v": "slim" + slim.Data["v"]}
			return slim, nil
		}))
		j := s.listen(anyOptions)
		s.run()
		s.set("shop/web", "1")
		require.Equal(t, []string{"add shop/web=slim0 (initial)", "update shop/web=slim0 -> shop/web=slim1"}, j.read())
		require.Equal(t, "shop/web=slim1", keyAndValue(t, s.cached("shop/web")))
		require.EqualError(t, s.informer.SetTransform(nil), "set the transform of SharedIndexInformer *v1.ConfigMap: the informer has been started")
	}, "shop/web")
}

// One object of a watch is one less. One of a list is too much: the informer would tell of a deletion that wasn't.
func TestTransformThatFails(t *testing.T) {
	reports := reported(t)
	tell(t, 0, func(s *story) {
		require.NoError(t, s.informer.SetTransform(func(obj any) (any, error) {
			if obj.(*corev1.ConfigMap).Data["v"] == "bad" {
				return nil, errors.New("too bad")
			}
			return obj, nil
		}))
		j := s.listen(anyOptions)
		s.run()
		require.Equal(t, []string{"add shop/db=0 (initial)", "add shop/web=0 (initial)"}, j.read())
		s.set("shop/db", "bad")
		s.set("shop/web", "1")
		require.Equal(t, []string{"update shop/web=0 -> shop/web=1"}, j.read())
		require.Equal(t, "shop/db=0", keyAndValue(t, s.cached("shop/db")))
		require.Len(t, reports(), 1)

		s.gap(func() { s.removeLocked("shop/web") })
		pass(longEnough)
		require.Empty(t, j.read())
		require.NotEmpty(t, reports())
		s.set("shop/db", "good")
		pass(longEnough)
		require.Equal(t, []string{"delete shop/web, last seen as shop/web=1", "update shop/db=0 -> shop/db=good"}, j.read())
	}, "shop/db", "shop/web")
}

// A transform makes one object into what can't be stored. Those that come in the same batch don't suffer.
func TestObjectThatCanNotBeStored(t *testing.T) {
	reports := reported(t)
	tell(t, 0, func(s *story) {
		require.NoError(t, s.informer.AddIndexers(store.Indexers{"slow": func(obj any) ([]string, error) {
			if obj.(*corev1.ConfigMap).Name == "slow" {
				time.Sleep(time.Minute) // while a batch gathers
			}
			return nil, nil
		}}))
		require.NoError(t, s.informer.SetTransform(func(obj any) (any, error) {
			if obj.(*corev1.ConfigMap).Name == "bad" {
				return "no object", nil
			}
			return obj, nil
		}))
		j := s.listen(anyOptions)
		s.run()
		for _, name := range []string{"slow", "first", "bad", "last"} {
			s.set("shop/"+name, "0")
		}
		pass(2 * time.Minute)
		require.Equal(t, []string{"add shop/slow=0", "add shop/first=0", "add shop/last=0"}, j.read())
		require.ElementsMatch(t, []string{"shop/slow", "shop/first", "shop/last"}, s.informer.GetStore().ListKeys())
		require.Len(t, reports(), 1)
	})
}

func TestWatchErrorHandler(t *testing.T) {
	tell(t, 0, func(s *story) {
		var mu sync.Mutex
		var failures []string
		require.NoError(t, s.informer.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *reflector.Reflector, err error) {
			mu.Lock()
			defer mu.Unlock()
			failures = append(failures, err.Error())
		}))
		s.failLists(2)
		s.run()
		pass(longEnough)
		mu.Lock()
		defer mu.Unlock()
		require.Len(t, failures, 2)
		require.ErrorContains(t, fmt.Errorf("%s", failures[0]), "the server is not in the mood")
		require.True(t, s.informer.HasSynced())
		require.EqualError(t, s.informer.SetWatchErrorHandlerWithContext(nil),
			"set the watch error handler of SharedIndexInformer *v1.ConfigMap: the informer has been started")
	})
}

func TestIndexersCanBeAddedToARunningInformer(t *testing.T) {
	tell(t, 0, func(s *story) {
		s.run()
		require.NoError(t, s.informer.AddIndexers(byValue))
		s.set("shop/web", "1")
		synctest.Wait()
		for value, want := range map[string][]string{"0": {"shop/db"}, "1": {"shop/web"}} {
			keys, err := s.informer.GetIndexer().IndexKeys("value", value)
			require.NoError(t, err)
			require.Equal(t, want, keys)
		}
		require.Error(t, s.informer.AddIndexers(byValue), "the name is taken")
	}, "shop/db", "shop/web")
}

func TestResourceVersions(t *testing.T) {
	tell(t, 0, func(s *story) {
		require.Empty(t, s.informer.LastSyncResourceVersion())
		s.run()
		require.Equal(t, "2", s.informer.LastSyncResourceVersion())
		require.Equal(t, "2", s.informer.GetStore().LastStoreSyncResourceVersion())
		s.set("shop/web", "1")
		synctest.Wait()
		require.Equal(t, "3", s.informer.LastSyncResourceVersion())
		s.bookmark()
		synctest.Wait()
		require.Equal(t, "4", s.informer.LastSyncResourceVersion())
		require.Equal(t, "4", s.informer.GetStore().LastStoreSyncResourceVersion(), "the store has been told, too")
	}, "shop/web")
}

// A panic is reported. Where it doesn't end the process, the handler goes on after a second with what follows.
func TestHandlerThatPanics(t *testing.T) {
	reports := reported(t)
	tell(t, 0, func(s *story) {
		clumsy := &journal{t: t, during: func(line string) {
			if strings.HasPrefix(line, "add shop/a") {
				panic("oops at " + line)
			}
		}}
		s.register(clumsy, anyOptions)
		careful := s.listen(anyOptions)
		s.run()
		require.Len(t, careful.read(), 3)
		require.Empty(t, clumsy.read())
		require.Equal(t, []string{"panic: oops at add shop/a=0 (initial)"}, reports())
		require.False(t, clumsy.handle.HasSynced())
		pass(time.Second)
		require.Equal(t, []string{"add shop/b=0 (initial)", "add shop/c=0 (initial)"}, clumsy.read())
		require.True(t, clumsy.handle.HasSynced(), "it has been told of everything")
		require.Empty(t, reports())
	}, "shop/a", "shop/b", "shop/c")
}

func TestHandlerThatLeavesWhileItRecovers(t *testing.T) {
	reported(t)
	tell(t, 0, func(s *story) {
		clumsy := &journal{t: t, during: func(line string) { panic(line) }}
		s.register(clumsy, anyOptions)
		s.run()
		start := time.Now()
		require.NoError(t, informer.ShutDownEventHandler(s.informer, clumsy.handle))
		require.Zero(t, time.Since(start))
	}, "shop/a", "shop/b")
}

func TestOptionsOfAnInformer(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := newBackend("shop/web")
		i := informer.NewSharedIndexInformerWithOptions(b, &corev1.ConfigMap{}, informer.SharedIndexInformerOptions{
			ResyncPeriod:      time.Minute,
			Indexers:          byValue,
			ObjectDescription: "shopping carts",
		})
		var failure error
		require.NoError(t, i.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *reflector.Reflector, err error) { failure = err }))
		b.failLists(1)
		s := &story{T: t, backend: b, informer: i}
		j := s.listen(anyOptions)
		s.run()
		defer s.stop()
		pass(longEnough)
		require.EqualError(t, failure, "list shopping carts: the server is not in the mood")
		require.True(t, slices.Contains(j.read(), "update shop/web=0 -> shop/web=0"))
		keys, err := i.GetIndexer().IndexKeys("value", "0")
		require.NoError(t, err)
		require.Equal(t, []string{"shop/web"}, keys)
	})
}
