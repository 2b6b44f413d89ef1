package main

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/store"
)

// journal is where the controller logs to: a klog.LogSink whose lines a step takes out. They
// tell the pod, and the time since the step began.
type journal struct {
	demo.Journal
	began atomic.Pointer[time.Time]
}

var _ klog.LogSink = (*journal)(nil)

// inks are for what the controller logs.
var inks = map[string]demo.Ink{"Labelled": demo.Come, "Trying again": demo.Changed, "Left to the next start": demo.Gone}

// restart is called when a step begins.
func (j *journal) restart() {
	now := time.Now()
	j.began.Store(&now)
}

func (j *journal) note(pod, message string, details ...string) {
	since := time.Since(*j.began.Load())
	if ink, ok := inks[message]; ok {
		message = ink.Paint(message)
	}
	j.Note(pod, fmt.Sprintf("%4d ms", since.Milliseconds()), message, strings.Join(details, ", "))
}

func (j *journal) Init(klog.RuntimeInfo)          {}
func (j *journal) Enabled(level int) bool         { return level == 0 }
func (j *journal) WithValues(...any) klog.LogSink { return j }
func (j *journal) WithName(string) klog.LogSink   { return j }
func (j *journal) Info(_ int, message string, keysAndValues ...any) {
	pod, details := words(keysAndValues)
	j.note(pod, message, details...)
}

func (j *journal) Error(err error, message string, keysAndValues ...any) {
	j.Info(0, message, append(slices.Clip(keysAndValues), "err", err)...)
}

// words finds the pod among what is logged, and puts the rest into words.
func words(keysAndValues []any) (pod string, details []string) {
	pod = "(all)"
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		switch value := keysAndValues[i+1].(type) {
		case store.ObjectName:
			pod = value.Name
		case error:
			reason := string(apierrors.ReasonForError(value))
			if reason == "" {
				reason = value.Error()
			}
			details = append(details, demo.Gone.Paint(reason))
		default:
			details = append(details, fmt.Sprintf("%v: %v", keysAndValues[i], value))
		}
	}
	return pod, details
}

// summary has one line for all the pods that were labelled in a row.
func summary(rows [][]string) [][]string {
	labelled := demo.Come.Paint("Labelled")
	var short [][]string
	n := 0
	for i, row := range rows {
		if row[2] != labelled {
			short = append(short, row)
			continue
		}
		n++
		if i+1 == len(rows) || rows[i+1][2] != labelled {
			short = append(short, []string{fmt.Sprintf("%d pods", n), row[1], labelled})
			n = 0
		}
	}
	return short
}
