package fifo_test

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/fifo"
)

func BenchmarkAddPop(b *testing.B) {
	for name, q := range map[string]fifo.Queue{
		"DeltaFIFO": fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{}),
		"RealFIFO":  fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, UnlockWhileProcessing: true}),
	} {
		b.Run(name, func(b *testing.B) {
			obj := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "apple"}}
			b.ReportAllocs()
			for b.Loop() {
				q.Add(obj)
				q.Pop(func(any, bool) error { return nil })
			}
		})
	}
}

func BenchmarkBatch(b *testing.B) {
	for _, size := range []int{1, 10, fifo.MaxBatch} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			objs := make([]*metav1.PartialObjectMetadata, size)
			for i := range objs {
				objs[i] = &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprint(i)}}
			}
			q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, UnlockWhileProcessing: true})
			b.ReportAllocs()
			for b.Loop() {
				for _, obj := range objs {
					q.Add(obj)
				}
				q.PopBatch(func([]fifo.Delta, bool) error { return nil }, func(any, bool) error { return nil })
			}
		})
	}
}
