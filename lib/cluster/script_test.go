package cluster_test

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestScriptsRefuseWhatIsWrongAtOnce: nothing is built, started or asked before.
func TestScriptsRefuseWhatIsWrongAtOnce(t *testing.T) {
	for _, test := range []struct {
		script string
		env    []string
		want   string
	}{
		{"cluster-up.sh", []string{"CLUSTER=minikube"}, "CLUSTER=minikube is none of embedded, kind, existing.\n"},
		{"cluster-up.sh", []string{"CLUSTER=existing"}, "CLUSTER=existing needs both WORKBOOK_KUBECONFIG=<file> and WORKBOOK_CONTEXT=<context>.\n"},
		{"cluster-up.sh", []string{"CLUSTER=existing", "WORKBOOK_CONTEXT=mine"}, "CLUSTER=existing needs both WORKBOOK_KUBECONFIG=<file> and WORKBOOK_CONTEXT=<context>.\n"},
		{"kind-up.sh", []string{"EVENT_TTL=soon"}, "EVENT_TTL=soon is not a duration such as 30m or 1h\n"},
		{"kind-up.sh", []string{"EVENT_TTL=0s"}, "EVENT_TTL=0s is not a duration such as 30m or 1h\n"},
	} {
		cmd := exec.CommandContext(t.Context(), "../../scripts/"+test.script)
		cmd.Env = append(os.Environ(), append([]string{"WORKBOOK_KUBECONFIG=", "WORKBOOK_CONTEXT=", "LC_ALL=C"}, test.env...)...)
		said, err := cmd.CombinedOutput()
		require.Error(t, err, test)
		require.Equal(t, test.want, string(said))
	}
}
