package informer

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/store"
)

// MutationDetector looks for objects that somebody changes though they are shared.
//
// Upstream: tools/cache/mutation_detector.go.
type MutationDetector interface {
	// AddObject has obj watched from now on, for a while.
	AddObject(obj any)
	// Run looks again and again until stopCh is closed. It panics if an object has changed.
	Run(stopCh <-chan struct{})
}

// NewCacheMutationDetector returns a detector that does its work if the environment variable KUBE_CACHE_MUTATION_DETECTOR
// is true, and one that does nothing otherwise.
func NewCacheMutationDetector(name string) MutationDetector {
	if enabled, _ := strconv.ParseBool(os.Getenv("KUBE_CACHE_MUTATION_DETECTOR")); enabled {
		return newMutationDetector(name)
	}
	return blindDetector{}
}

type blindDetector struct{}

func (blindDetector) AddObject(any)       {}
func (blindDetector) Run(<-chan struct{}) {}

const (
	comparePeriod = time.Second
	retainPeriod  = 2 * time.Minute
)

// copyingDetector keeps a copy of each object. It has an object in recent for up to retainPeriod, and then for another in
// old, so that a change is found at least that long after the object was added.
type copyingDetector struct {
	name string

	mu      sync.Mutex
	recent  []pristine
	old     []pristine
	rotated time.Time
}

// pristine is an object and what it was like.
type pristine struct{ cached, copied runtime.Object }

func newMutationDetector(name string) MutationDetector {
	klog.Background().Info("A mutation detector is on: every cached object is held twice, and longer than needed", "cache", name)
	return &copyingDetector{name: name, rotated: time.Now()}
}

// AddObject ignores what is not a runtime.Object: it can't be copied.
func (d *copyingDetector) AddObject(obj any) {
	object, ok := obj.(runtime.Object)
	if !ok {
		return
	}
	p := pristine{cached: object, copied: object.DeepCopyObject()}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.recent = append(d.recent, p)
}

// Run has no protection against its own panic: a cache that somebody writes to can't be trusted for anything.
func (d *copyingDetector) Run(stopCh <-chan struct{}) {
	ticker := time.NewTicker(comparePeriod)
	defer ticker.Stop()
	for {
		if altered := d.altered(time.Now()); len(altered) > 0 {
			panic(fmt.Sprintf("cache %s modified: %s", d.name, strings.Join(altered, "; ")))
		}
		select {
		case <-stopCh:
			return
		case <-ticker.C:
		}
	}
}

// altered lists which objects were changed, and where. It doesn't say what the values are: they may be secrets.
func (d *copyingDetector) altered(now time.Time) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now.Sub(d.rotated) > retainPeriod {
		d.old, d.recent, d.rotated = d.recent, nil, now
	}
	var altered []string
	for _, p := range slices.Concat(d.old, d.recent) {
		if !reflect.DeepEqual(p.cached, p.copied) {
			key, _ := store.MetaNamespaceKeyFunc(p.copied) // "" without metadata
			altered = append(altered, fmt.Sprintf("%q at %s", key, difference(reflect.ValueOf(p.copied), reflect.ValueOf(p.cached))))
		}
	}
	return altered
}

// difference returns the path to the first place where two unequal values of the same type differ: .Spec.Replicas,
// .Object["spec"]. It doesn't go into lists.
func difference(a, b reflect.Value) string {
	switch {
	case a.Type() != b.Type():
		return ""
	case (a.Kind() == reflect.Pointer || a.Kind() == reflect.Interface) && !a.IsNil() && !b.IsNil():
		return difference(a.Elem(), b.Elem())
	case a.Kind() == reflect.Struct:
		for i := range a.NumField() {
			field := a.Type().Field(i)
			if field.IsExported() && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
				return "." + field.Name + difference(a.Field(i), b.Field(i))
			}
		}
	case a.Kind() == reflect.Map:
		for _, key := range slices.Concat(a.MapKeys(), b.MapKeys()) {
			was, is := a.MapIndex(key), b.MapIndex(key)
			if !was.IsValid() || !is.IsValid() {
				return fmt.Sprintf("[%#v]", key)
			}
			if !reflect.DeepEqual(was.Interface(), is.Interface()) {
				return fmt.Sprintf("[%#v]", key) + difference(was, is)
			}
		}
	}
	return ""
}
