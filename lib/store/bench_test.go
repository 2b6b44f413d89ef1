package store_test

import (
	"strconv"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/store"
)

// lib/conformance compares with client-go; this is to see what a change of this package does.
func BenchmarkIndexer(b *testing.B) {
	const objects = 10_000
	pods := make([]any, objects)
	for i := range pods {
		p := pod("team-"+strconv.Itoa(i%20), "web-"+strconv.Itoa(i))
		p.Spec.NodeName = strconv.Itoa(i % 100)
		pods[i] = p
	}
	byNode := func(obj any) ([]string, error) { return []string{obj.(*corev1.Pod).Spec.NodeName}, nil }
	s := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc, "node": byNode})
	if err := s.Replace(pods, ""); err != nil {
		b.Fatal(err)
	}
	for _, bm := range []struct {
		name string
		do   func(i int)
	}{
		{"Update", func(i int) { _ = s.Update(pods[i%objects]) }},
		{"DeleteAdd", func(i int) { _, _ = s.Delete(pods[i%objects]), s.Add(pods[i%objects]) }},
		{"Get", func(i int) { _, _, _ = s.Get(pods[i%objects]) }},
		{"ByIndex", func(i int) { _, _ = s.ByIndex("node", strconv.Itoa(i%100)) }},
		{"List", func(int) { s.List() }},
		{"Replace", func(int) { _ = s.Replace(pods, "") }},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				bm.do(i * 7919)
			}
		})
	}
}
