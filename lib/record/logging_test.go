package record_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/record"
	"client-go-workbook/lib/reference"
)

func TestStartLogging(t *testing.T) {
	b := record.NewBroadcaster()
	var lines []string
	b.StartLogging(func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) })
	say(b, "Pulled", "Started")
	b.Shutdown()
	const pod = `v1.ObjectReference{Kind:"Pod", Namespace:"shop", Name:"web", UID:"u-1", APIVersion:"v1", ResourceVersion:"7", FieldPath:""}`
	require.Equal(t, []string{
		"Event(" + pod + "): type: 'Normal' reason: 'Pulled' It happened.",
		"Event(" + pod + "): type: 'Normal' reason: 'Started' It happened.",
	}, lines)
}

func TestStartStructuredLogging(t *testing.T) {
	for verbosity, want := range map[int]string{
		2: `"Event occurred" object="shop/web" fieldPath="spec.containers{web}" kind="Pod" apiVersion="v1" type="Warning" reason="Failed" message="No image."` + "\n",
		1: "",
	} {
		var log logbook
		b := record.NewBroadcaster(record.WithContext(log.context(t, verbosity)))
		b.StartStructuredLogging(2)
		about, err := reference.GetPartialReference(scheme.Scheme, web, "spec.containers{web}")
		require.NoError(t, err)
		b.NewRecorder(scheme.Scheme, source).Event(about, "Warning", "Failed", "No image.")
		b.Shutdown()
		require.Contains(t, log.String(), want)
		require.Equal(t, want == "", log.String() == "")
	}
}
