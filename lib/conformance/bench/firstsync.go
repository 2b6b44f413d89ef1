package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"syscall"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
)

// The first sync is measured by the client itself, in a process that does nothing else:
//
//	time        from the start of the informer until its handler has been told of all pods
//	peak heap   the most bytes of objects on the heap meanwhile, dead ones that are not collected yet included:
//	            /memory/classes/heap/objects:bytes, looked at every millisecond, with the same GOGC on both sides
//	CPU         user and system time of the whole process: what a busy machine distorts least
//	live heap   what is left of it after a forced collection, while the informer runs on
//	peak RSS    what the whole process has needed of the machine's memory (VmHWM), binary and all; Linux only
func firstSyncExperiments(s scale) (out []experiment) {
	for _, path := range []struct {
		name string
		list bool
		peak float64
	}{{"list", true, listPeak}, {"watch-list", false, noWorse}} {
		for format, mediaType := range formats {
			name := fmt.Sprintf("first sync, %s pods, %s, %s: ", short(s.pods), path.name, format)
			out = append(out, experiment{
				metrics: []metric{
					{name + "time", seconds, noWorse},
					{name + "CPU", seconds, noWorse},
					{name + "peak heap", megabytes, path.peak},
					{name + "live heap", megabytes, noWorse},
					{name + "peak RSS", megabytes, noWorse},
				},
				rounds:  s.processRounds,
				prepare: prepareClients(client{MediaType: mediaType, List: path.list, Pods: s.pods}, "/sync"),
			})
		}
	}
	return out
}

// formats by their short names, in the order of the table.
func formats(yield func(name, mediaType string) bool) {
	_ = yield("JSON", runtime.ContentTypeJSON) && yield("protobuf", runtime.ContentTypeProtobuf)
}

// prepareClients returns a pair that starts a child for each measurement.
func prepareClients(c client, place string) func(context.Context, *servers) (pair, error) {
	return func(ctx context.Context, s *servers) (pair, error) {
		url, err := s.url()
		if err != nil {
			return pair{}, fmt.Errorf("start the server: %w", err)
		}
		c.URL = url + place
		theirs, ours := c, c
		ours.Ours = true
		return pair{theirs: theirs.inChild(ctx), ours: ours.inChild(ctx)}, nil
	}
}

// patience is how long a child may take. They take seconds.
const patience = 3 * time.Minute

func (c client) inChild(ctx context.Context) contender {
	return func() (values []float64, err error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		child, err := startChild(ctx, role{Client: &c}, c.env())
		if err != nil {
			return nil, err
		}
		line, err := child.line()
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(line), &values); err != nil {
			return nil, err
		}
		return values, child.close()
	}
}

func (c *client) measureFirstSync(ctx context.Context, run run) ([]float64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h := &handler{onUpdate: func() {}}
	var values []float64
	peak := watchHeap()
	start := time.Now()
	err := run(ctx, h, func() {
		took, used := time.Since(start).Seconds(), processorTime()
		values = []float64{took, used, float64(peak()), float64(liveHeap()), residentPeak()}
		cancel()
	})
	switch {
	case err != nil:
		return nil, err
	case values == nil:
		return nil, fmt.Errorf("ended before it was in sync: %w", context.Cause(ctx))
	case h.adds != c.Pods:
		return nil, fmt.Errorf("told of %d pods, not %d", h.adds, c.Pods)
	}
	return values, nil
}

// watchHeap looks at the heap every millisecond, until peak is called.
func watchHeap() (peak func() uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	stop, highest := make(chan struct{}), make(chan uint64)
	go func() {
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		most := uint64(0)
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-ticker.C:
			case <-stop:
				highest <- most
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-highest
	}
}

// processorTime returns the seconds that this process has computed so far.
func processorTime() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}

// residentPeak returns VmHWM in bytes, or 1 on a system that does not say.
func residentPeak() float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kilobytes, _ := strconv.ParseFloat(fields[1], 64)
			return kilobytes * 1024
		}
	}
	return 1
}
