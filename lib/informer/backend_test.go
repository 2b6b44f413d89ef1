package informer_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"
)

// backend is a resource on a server, without the server: a ListerWatcher whose objects a test sets. An object's value is
// its data "v", and its UID counts how often its name was created.
type backend struct {
	mu       sync.Mutex
	version  int
	objects  map[string]*corev1.ConfigMap // by key
	births   int
	log      []change // all that happened since compaction
	oldest   int      // a watch must start here or later
	streams  map[*stream]struct{}
	failLeft int // so many lists fail
	lists    int // so many were answered
}

type change struct {
	version int
	event   watch.Event
}

func newBackend(keys ...string) *backend {
	b := &backend{objects: map[string]*corev1.ConfigMap{}, streams: map[*stream]struct{}{}, version: 1, oldest: 1}
	for _, key := range keys {
		b.set(key, "0")
	}
	return b
}

// set creates or updates an object.
func (b *backend) set(key, value string) *corev1.ConfigMap {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.setLocked(key, value)
}

func (b *backend) setLocked(key, value string) *corev1.ConfigMap {
	b.version++
	object, kind := &corev1.ConfigMap{}, watch.Modified
	if old, ok := b.objects[key]; ok {
		object = old.DeepCopy()
	} else {
		kind = watch.Added
		b.births++
		object.Namespace, object.Name = split(key)
		object.UID = types.UID(strconv.Itoa(b.births))
	}
	object.ResourceVersion = strconv.Itoa(b.version)
	object.Data = map[string]string{"v": value}
	b.objects[key] = object
	b.happenLocked(watch.Event{Type: kind, Object: object})
	return object
}

// remove deletes an object, which has to exist.
func (b *backend) remove(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.removeLocked(key)
}

func (b *backend) removeLocked(key string) {
	b.version++
	last := b.objects[key].DeepCopy()
	last.ResourceVersion = strconv.Itoa(b.version)
	delete(b.objects, key)
	b.happenLocked(watch.Event{Type: watch.Deleted, Object: last})
}

// bookmark tells the watchers the version.
func (b *backend) bookmark() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.version++
	mark := &corev1.ConfigMap{}
	mark.ResourceVersion = strconv.Itoa(b.version)
	b.happenLocked(watch.Event{Type: watch.Bookmark, Object: mark})
}

func (b *backend) happenLocked(event watch.Event) {
	b.log = append(b.log, change{b.version, event})
	for s := range b.streams {
		s.send(event)
	}
}

// cut ends all watches.
func (b *backend) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cutLocked()
}

func (b *backend) cutLocked() {
	for s := range b.streams {
		s.end()
	}
	clear(b.streams)
}

// gap ends all watches, lets things happen, and forgets them, so that only a list can tell.
func (b *backend) gap(happen func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cutLocked()
	happen()
	b.version++
	b.log, b.oldest = nil, b.version
}

// failLists lets the next n lists fail.
func (b *backend) failLists(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failLeft = n
}

func (b *backend) listCount() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lists
}

// values is what the server has: value by key.
func (b *backend) values() map[string]string {
	b.mu.Lock()
	defer b.mu.Unlock()
	values := map[string]string{}
	for key, object := range b.objects {
		values[key] = object.Data["v"]
	}
	return values
}

func (b *backend) ListWithContext(context.Context, metav1.ListOptions) (runtime.Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failLeft > 0 {
		b.failLeft--
		return nil, errors.New("the server is not in the mood")
	}
	b.lists++
	list := &corev1.ConfigMapList{}
	list.ResourceVersion = strconv.Itoa(b.version)
	for _, key := range slices.Sorted(maps.Keys(b.objects)) {
		list.Items = append(list.Items, *b.objects[key].DeepCopy())
	}
	return list, nil
}

func (b *backend) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	from, err := strconv.Atoi(options.ResourceVersion)
	if err != nil {
		return nil, fmt.Errorf("watch from %q: %w", options.ResourceVersion, err)
	}
	if from < b.oldest {
		return nil, apierrors.NewResourceExpired(fmt.Sprintf("%d is gone, the oldest is %d", from, b.oldest))
	}
	s := &stream{backend: b, events: make(chan watch.Event, 1<<12)}
	for _, c := range b.log {
		if c.version > from {
			s.send(c.event)
		}
	}
	b.streams[s] = struct{}{}
	return s, nil
}

// IsWatchListSemanticsUnSupported says that a watch can't begin with a list.
func (b *backend) IsWatchListSemanticsUnSupported() bool { return true }

// stream is one watch. Whoever calls send or end holds backend.mu.
type stream struct {
	backend *backend
	events  chan watch.Event
	ended   bool
}

func (s *stream) send(event watch.Event) {
	s.events <- watch.Event{Type: event.Type, Object: event.Object.DeepCopyObject()}
}

func (s *stream) end() {
	if !s.ended {
		s.ended = true
		close(s.events)
	}
}

func (s *stream) ResultChan() <-chan watch.Event { return s.events }

func (s *stream) Stop() {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	delete(s.backend.streams, s)
	s.end()
}

func split(key string) (namespace, name string) {
	for i := range key {
		if key[i] == '/' {
			return key[:i], key[i+1:]
		}
	}
	return "", key
}

// keyAndValue shows an object as "shop/web=1".
func keyAndValue(t *testing.T, obj any) string {
	object, ok := obj.(*corev1.ConfigMap)
	require.True(t, ok, "a handler was given a %T", obj)
	return object.Namespace + "/" + object.Name + "=" + object.Data["v"]
}
