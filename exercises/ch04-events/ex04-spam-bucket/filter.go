// Package spambucket skips events of which there are too many.
//
//	kubelet, pod web, Warning   [●●●●●●●●●●●●●●●●●●●●●●●●●]   25 at once
//	kubelet, pod api, Warning   [·························]   now one in five minutes
//	                             └ one token for each event ┘
package spambucket

import (
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Filter has a bucket of tokens for each source, object and type of events. It is not safe for use by several goroutines.
type Filter struct {
	Burst int              // tokens in a full bucket
	QPS   float64          // tokens that a bucket gets in a second
	Now   func() time.Time // what the clock says

	buckets map[string]*bucket
}

// bucket is how many tokens there were at a time. It may be a part of one.
type bucket struct {
	tokens float64
	at     time.Time
}

// Key says which events share a bucket: those of one type that one source sends about one object.
func Key(event *corev1.Event) string {
	about := event.InvolvedObject
	return strings.Join([]string{
		event.Source.Component, event.Source.Host,
		about.Kind, about.Namespace, about.Name, string(about.UID), about.APIVersion,
		event.Type,
	}, "\x00")
}

// Skip takes a token for the event out of its bucket, and returns false. If there is not a whole one, it takes nothing and
// returns true.
//
// A bucket is full when its first event comes. From then on it gets QPS tokens a second, evenly, as long as it has room.
// A clock that is set back takes no tokens away.
func (f *Filter) Skip(event *corev1.Event) bool {
	if f.buckets == nil {
		f.buckets = map[string]*bucket{}
	}
	// TODO: Find the bucket, fill in what it has got since, and take a token.
	// Nobody fills buckets while no event comes: how many tokens there would be can be worked out.
	panic("TODO ch04/ex04: fill in Filter.Skip")
}
