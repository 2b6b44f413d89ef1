package rest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
)

// DefaultKubernetesUserAgent names the program, its version, the platform and the commit it was built from:
//
//	controller/v1.2.0 (linux/amd64) kubernetes/4f2a9b1
//
// Version and commit come from the build information that Go puts into a binary; what isn't there is "unknown".
func DefaultKubernetesUserAgent() string { return defaultUserAgent() }

var defaultUserAgent = sync.OnceValue(func() string {
	command, version, commit := "unknown", "unknown", "unknown"
	if len(os.Args) > 0 && os.Args[0] != "" {
		command = filepath.Base(os.Args[0])
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		// A version like v1.2.0-beta.1 is shortened: servers group clients by it. "(devel)" would end the comment.
		if v, _, _ := strings.Cut(info.Main.Version, "-"); strings.HasPrefix(v, "v") {
			version = v
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 7 {
				commit = s.Value[:7]
			}
		}
	}
	return fmt.Sprintf("%s/%s (%s/%s) kubernetes/%s", command, version, runtime.GOOS, runtime.GOARCH, commit)
})

// AddUserAgent sets config's user agent to the default one with "/" and userAgent behind it, and returns config.
func AddUserAgent(config *Config, userAgent string) *Config {
	config.UserAgent = DefaultKubernetesUserAgent() + "/" + userAgent
	return config
}
