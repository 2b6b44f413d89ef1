package record_test

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/kubernetes"
	typedcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
	"client-go-workbook/lib/rest"
)

// stall is a server, a broadcaster that records to it over HTTP, and its log.
type stall struct {
	server  *apitest.Server
	clients kubernetes.Interface
	b       record.EventBroadcaster
	log     logbook
}

// atStall runs a story on fake time.
func atStall(t *testing.T, story func(t *testing.T, s *stall)) {
	synctest.Test(t, func(t *testing.T) {
		server, err := apitest.New(apitest.Config{InMemory: true})
		require.NoError(t, err)
		defer server.Close()
		transport := &http.Transport{DialContext: server.Dial}
		defer transport.CloseIdleConnections()
		clients, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL, Transport: transport, QPS: -1})
		require.NoError(t, err)
		s := &stall{server: server, clients: clients}
		s.b = record.NewBroadcaster(record.WithContext(s.log.context(t, 0)))
		s.b.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: clients.CoreV1().Events("")})
		story(t, s)
		s.b.Shutdown()
	})
}

// stored is what is in the API now, by reason: how often each event counts.
func (s *stall) stored() map[string]int32 {
	objects, _ := s.server.Objects(schema.GroupVersionResource{Version: "v1", Resource: "events"})
	counts := map[string]int32{}
	for _, o := range objects {
		event := o.(*corev1.Event)
		counts[event.Reason] += event.Count
	}
	return counts
}

func (s *stall) requests() []string {
	var verbs []string
	for _, r := range s.server.Requests() {
		verbs = append(verbs, r.Verb)
	}
	return verbs
}

func TestFaultsOfTheServer(t *testing.T) {
	const notYet, refused = "E Event not written yet", "E Event not written: the server refused it"
	for name, tt := range map[string]struct {
		fault    apitest.Fault
		requests []string         // up to that of the second event
		stored   map[string]int32 // in the end
		log      []string
	}{
		"none": {
			requests: []string{"create", "create"},
			stored:   map[string]int32{"First": 1, "Next": 1},
		},
		"429, for a while: the client itself waits": {
			fault:    apitest.Fault{Times: 2, Do: apitest.TooManyRequests(time.Second)},
			requests: []string{"create", "create", "create", "create"},
			stored:   map[string]int32{"First": 1, "Next": 1},
		},
		"500": {
			fault:    apitest.Fault{Do: apitest.Respond(apierrors.NewInternalError(errors.New("oops")))},
			requests: []string{"create", "create"},
			stored:   map[string]int32{"Next": 1},
			log:      []string{refused},
		},
		"403": {
			fault:    apitest.Fault{Do: apitest.Respond(apierrors.NewForbidden(eventsResource, "", nil))},
			requests: []string{"create", "create"},
			stored:   map[string]int32{"Next": 1},
			log:      []string{refused},
		},
		"404, the namespace is gone": {
			fault:    apitest.Fault{Do: apitest.Respond(apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "shop"))},
			requests: []string{"create", "create"},
			stored:   map[string]int32{"Next": 1},
			log:      []string{refused},
		},
		"400": {
			fault:    apitest.Fault{Do: apitest.Respond(apierrors.NewBadRequest("no"))},
			requests: []string{"create", "create"},
			stored:   map[string]int32{"Next": 1},
			log:      []string{refused},
		},
		"502, with a web page for an answer": {
			fault:    apitest.Fault{Do: apitest.HTML(http.StatusBadGateway)},
			requests: []string{"create", "create"},
			stored:   map[string]int32{"Next": 1},
			log:      []string{refused},
		},
		"the connection breaks before the server has read anything": {
			fault:    apitest.Fault{Times: 2, Do: func(http.ResponseWriter, *apitest.Request, func(http.ResponseWriter)) { panic(http.ErrAbortHandler) }},
			requests: []string{"create", "create", "create", "create"},
			stored:   map[string]int32{"First": 1, "Next": 1},
			log:      []string{notYet, notYet},
		},
		"the answer is lost: the event is there, once": {
			fault:    apitest.Fault{Do: apitest.Cut(0, 10)},
			requests: []string{"create", "create", "create"},
			stored:   map[string]int32{"First": 1, "Next": 1},
			log:      []string{notYet},
		},
	} {
		t.Run(name, func(t *testing.T) {
			atStall(t, func(t *testing.T, s *stall) {
				if tt.fault.Do != nil {
					s.server.Inject(tt.fault)
				}
				say(s.b, "First", "Next")
				time.Sleep(time.Minute)
				require.Equal(t, tt.requests, s.requests())
				require.Equal(t, tt.stored, s.stored())
				require.Equal(t, tt.log, s.log.lines())
			})
		})
	}
}

// A patch says how often in all, not once more. So the answer to it may be lost as well.
func TestALostAnswerToAPatchCountsOnce(t *testing.T) {
	atStall(t, func(t *testing.T, s *stall) {
		s.server.Inject(apitest.Fault{On: apitest.On("patch", "events"), Do: apitest.Cut(0, 10)})
		say(s.b, "Again", "Again", "Again")
		time.Sleep(time.Minute)
		require.Equal(t, []string{"create", "patch", "patch", "patch"}, s.requests())
		require.Equal(t, map[string]int32{"Again": 3}, s.stored())
	})
}

func TestAnEventThatHasExpiredBeginsAgain(t *testing.T) {
	atStall(t, func(t *testing.T, s *stall) {
		say(s.b, "Again")
		synctest.Wait()
		objects, _ := s.server.Objects(schema.GroupVersionResource{Version: "v1", Resource: "events"})
		require.Len(t, objects, 1)
		require.NoError(t, s.server.Delete(objects[0]))

		say(s.b, "Again")
		synctest.Wait()
		require.Equal(t, []string{"create", "patch", "create"}, s.requests())
		require.Equal(t, map[string]int32{"Again": 2}, s.stored())
	})
}

// It answers nothing, and doesn't hang up: Shutdown takes its request back.
func TestShutdownDoesNotWaitForAServerThatHangs(t *testing.T) {
	atStall(t, func(t *testing.T, s *stall) {
		s.server.Inject(apitest.Fault{Times: apitest.Always, Do: apitest.Hang()})
		say(s.b, "First", "Next")
		time.Sleep(time.Hour)
		begin := time.Now()
		s.b.Shutdown()
		require.Equal(t, 5*time.Second, time.Since(begin))
		require.Equal(t, []string{"create"}, s.requests())
		const lost = "E Event not written: the broadcaster is shut down"
		require.Equal(t, []string{"E Event not written yet", lost, lost}, s.log.lines())
	})
}

// guarded is a sink of the API with a say in what is created.
type guarded struct {
	*typedcorev1.EventSinkImpl
}

func (g guarded) Create(event *corev1.Event) (*corev1.Event, error) {
	if event.Reason == "Secret" {
		return event, nil
	}
	return g.EventSinkImpl.Create(event)
}

func TestASinkMadeOfTheAPIsIsAsked(t *testing.T) {
	atStall(t, func(t *testing.T, s *stall) {
		b := record.NewBroadcaster()
		b.StartRecordingToSink(guarded{&typedcorev1.EventSinkImpl{Interface: s.clients.CoreV1().Events("")}})
		say(b, "Secret", "Public", "Public")
		b.Shutdown()
		require.Equal(t, map[string]int32{"Public": 2}, s.stored())
	})
}

func TestShutdownWhileNobodyListens(t *testing.T) {
	atStall(t, func(t *testing.T, s *stall) {
		s.server.Close()
		say(s.b, numbered(20)...)
		time.Sleep(5 * time.Second)
		begin := time.Now()
		s.b.Shutdown()
		require.Zero(t, time.Since(begin))
	})
}

// A client of one namespace has no request for an event of another, now or later.
func TestAnEventOfAnotherNamespaceHoldsUpNobody(t *testing.T) {
	atStall(t, func(t *testing.T, s *stall) {
		s.b.StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: s.clients.CoreV1().Events("bank")})
		say(s.b, "First", "Next")
		begin := time.Now()
		s.b.Shutdown()
		require.Zero(t, time.Since(begin))
		const noRequest = "E Event not written: there is no request for it"
		require.Equal(t, []string{noRequest, noRequest}, s.log.lines())
		require.Equal(t, map[string]int32{"First": 1, "Next": 1}, s.stored(), "by the sink of all namespaces")
	})
}
