package record_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/record"
)

// What the tests of this package have in common: a pod, a source, a log to read, and a sink that answers as it is told.

var (
	web    = &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web", UID: "u-1", ResourceVersion: "7"}}
	source = corev1.EventSource{Component: "shopkeeper", Host: "node-1"}

	errAway = errors.New("connection refused")
)

// logbook is a logger that can be read.
type logbook struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *logbook) logger(verbosity int) klog.Logger {
	return textlogger.NewLogger(textlogger.NewConfig(textlogger.Verbosity(verbosity), textlogger.Output(l)))
}

func (l *logbook) context(t *testing.T, verbosity int) context.Context {
	return klog.NewContext(t.Context(), l.logger(verbosity))
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

var logLine = regexp.MustCompile(`(?m)^([EI])\d{4} .*?\] "([^"]*)"`)

// lines are severity and message: "E Event not written".
func (l *logbook) lines() []string {
	var lines []string
	for _, m := range logLine.FindAllStringSubmatch(l.String(), -1) {
		lines = append(lines, m[1]+" "+m[2])
	}
	return lines
}

// call is what a sink was asked to do, and when, counted from its first call.
type call struct {
	verb  string
	event corev1.Event
	patch string
	at    time.Duration
}

// sink keeps what it is asked for. Its answers are those of answer, which gets calls from 0 on; nil is all is well.
type sink struct {
	answer func(n int, c call) error

	mu    sync.Mutex
	first time.Time
	calls []call
}

func (s *sink) do(verb string, event *corev1.Event, patch []byte) (*corev1.Event, error) {
	s.mu.Lock()
	n := len(s.calls)
	if n == 0 {
		s.first = time.Now()
	}
	c := call{verb, *event, string(patch), time.Since(s.first)}
	s.calls = append(s.calls, c)
	s.mu.Unlock()
	if s.answer != nil {
		if err := s.answer(n, c); err != nil {
			return nil, err
		}
	}
	stored := *event
	stored.ResourceVersion = fmt.Sprint(n + 1)
	return &stored, nil
}

func (s *sink) Create(event *corev1.Event) (*corev1.Event, error) { return s.do("create", event, nil) }
func (s *sink) Update(event *corev1.Event) (*corev1.Event, error) { return s.do("update", event, nil) }
func (s *sink) Patch(event *corev1.Event, data []byte) (*corev1.Event, error) {
	return s.do("patch", event, data)
}

func (s *sink) all() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[:len(s.calls):len(s.calls)]
}

// story is one line a call: "create Pulled".
func (s *sink) story() []string {
	lines := []string{}
	for _, c := range s.all() {
		lines = append(lines, c.verb+" "+c.event.Reason)
	}
	return lines
}

// reasons is what each of a watcher's events said, in order.
type reasons struct {
	mu   sync.Mutex
	seen []string
}

func (r *reasons) handle(e *corev1.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, e.Reason)
}

func (r *reasons) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.seen...)
}

func numbered(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprint("Reason", i))
	}
	return all
}

// say records an event about the pod for each reason.
func say(b record.EventBroadcaster, reasons ...string) {
	recorder := b.NewRecorder(scheme.Scheme, source)
	for _, reason := range reasons {
		recorder.Event(web, corev1.EventTypeNormal, reason, "It happened.")
	}
}
