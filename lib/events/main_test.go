package events_test

import (
	"testing"

	"go.uber.org/goleak"
	"k8s.io/klog/v2"
)

func TestMain(m *testing.M) {
	klog.SetLogger(klog.New(nil)) // failing writes are what many tests are about; who wants to see a log has its own
	goleak.VerifyTestMain(m)
}
