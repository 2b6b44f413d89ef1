package discovery_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/discovery"
)

func TestServerVersion(t *testing.T) {
	built := version.Info{Major: "1", Minor: "37", GitVersion: "v1.37.2", GitCommit: "abc", GitTreeState: "clean"}
	client := play(t, map[string]reply{"/version": plain(built)}).client(t)
	got, err := client.ServerVersion()
	require.NoError(t, err)
	require.Equal(t, built, *got)

	require.NoError(t, discovery.MatchesServerVersion(built, client))
	for _, change := range []func(*version.Info){
		func(v *version.Info) { v.GitVersion = "v1.37.3" },
		func(v *version.Info) { v.GitCommit = "def" },
		func(v *version.Info) { v.GitTreeState = "dirty" },
	} {
		other := built
		change(&other)
		require.ErrorContains(t, discovery.MatchesServerVersion(other, client), "differs from client version")
	}
	other := built
	other.BuildDate = "another day"
	require.NoError(t, discovery.MatchesServerVersion(other, client), "when it was built doesn't matter")

	broken := play(t, map[string]reply{"/version": {http.StatusOK, "text/plain", "v1.37.2"}}).client(t)
	_, err = broken.ServerVersion()
	require.ErrorContains(t, err, "discover /version: the answer")
	require.ErrorContains(t, discovery.MatchesServerVersion(built, broken), "compare with the server's version: discover /version")
}

func TestServerSupportsVersion(t *testing.T) {
	v1 := schema.GroupVersion{Group: "apps", Version: "v1"}
	for name, test := range map[string]struct {
		core, apis reply
		fails      string
	}{
		"listed":      {core: coreVersions("v1"), apis: groupList(group("apps", "v1beta1", "v1"))},
		"not listed":  {core: coreVersions("v1"), apis: groupList(group("apps", "v1beta1")), fails: `server does not support API version "apps/v1"`},
		"all hidden":  {core: coreVersions(), apis: groupList()},
		"unreachable": {core: reply{code: http.StatusForbidden}, fails: "discover /api: "},
	} {
		t.Run(name, func(t *testing.T) {
			err := discovery.ServerSupportsVersion(play(t, map[string]reply{"/api": test.core, "/apis": test.apis}).client(t), v1)
			if test.fails == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.fails)
			}
		})
	}
}
