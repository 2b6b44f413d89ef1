package fifo_test

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/fifo"
)

func pod(name, version string) *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, ResourceVersion: version}}
}

func print(obj any, _ bool) error {
	for _, delta := range obj.(fifo.Deltas) {
		fmt.Print(" ", delta.Type, " ", delta.Object.(*metav1.PartialObjectMetadata).Name)
	}
	fmt.Println()
	return nil
}

// The update of apple overtakes the arrival of pear, because all that happened to apple comes in one piece.
func ExampleDeltaFIFO() {
	f := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{})
	f.Add(pod("apple", "1"))
	f.Add(pod("pear", "2"))
	f.Update(pod("apple", "3"))
	fmt.Println(f)
	f.Pop(print)
	f.Pop(print)
	// Output:
	// queue [shop/apple shop/pear] items shop/apple[Added Updated] shop/pear[Added]
	//  Added apple Updated apple
	//  Added pear
}

// Each change comes in its turn. A batch ends where an object comes again.
func ExampleRealFIFO() {
	f := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true})
	f.Add(pod("apple", "1"))
	f.Add(pod("pear", "2"))
	f.Update(pod("apple", "3"))
	fmt.Println(f)
	f.PopBatch(func(deltas []fifo.Delta, initial bool) error { return print(fifo.Deltas(deltas), initial) }, print)
	f.PopBatch(nil, print)
	// Output:
	// queue [shop/apple:Added shop/pear:Added shop/apple:Updated]
	//  Added apple Added pear
	//  Updated apple
}
