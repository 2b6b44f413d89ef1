package conformance_test

import (
	"testing"

	"go.uber.org/goleak"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

func TestMain(m *testing.M) {
	klog.SetLogger(klog.New(nil))   // faults are what the scripts are about, and both sides complain of them
	utilruntime.ErrorHandlers = nil // one of them sleeps until a time that it remembers from the bubble before
	goleak.VerifyTestMain(m)
}
