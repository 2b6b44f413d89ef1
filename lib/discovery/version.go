package discovery

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
)

// ServerVersionInterface asks which build the server is.
type ServerVersionInterface interface {
	// ServerVersion returns the server's version, such as GitVersion "v1.37.2".
	ServerVersion() (*version.Info, error)
}

// ServerVersionInterfaceWithContext is ServerVersionInterface with a context.
type ServerVersionInterfaceWithContext interface {
	// ServerVersionWithContext returns the server's version, such as GitVersion "v1.37.2".
	ServerVersionWithContext(ctx context.Context) (*version.Info, error)
}

// ServerVersionWithContext reads /version.
func (d *DiscoveryClient) ServerVersionWithContext(ctx context.Context) (*version.Info, error) {
	got, err := d.get(ctx, "/version", AcceptV1)
	if err != nil {
		return nil, err
	}
	info := new(version.Info)
	if err := got.decode(info); err != nil {
		return nil, err
	}
	return info, nil
}

// MatchesServerVersion returns nil if client and server are the same build: version, commit and state of the tree.
func MatchesServerVersion(clientVersion version.Info, client DiscoveryInterface) error {
	server, err := client.ServerVersion()
	if err != nil {
		return fmt.Errorf("compare with the server's version: %w", err)
	}
	if build(clientVersion) != build(*server) {
		return fmt.Errorf("server version (%#v) differs from client version (%#v)", *server, clientVersion)
	}
	return nil
}

func build(v version.Info) [3]string {
	return [3]string{v.GitVersion, v.GitCommit, v.GitTreeState}
}

// ServerSupportsVersion returns nil if the server lists requiredGV, and also if it lists nothing at all, as a server
// does for a user who may not see its groups.
func ServerSupportsVersion(client DiscoveryInterface, requiredGV schema.GroupVersion) error {
	groups, err := client.ServerGroups()
	if err != nil {
		return err
	}
	served := metav1.ExtractGroupVersions(groups)
	if len(served) > 0 && !slices.Contains(served, requiredGV.String()) {
		return fmt.Errorf("server does not support API version %q", requiredGV)
	}
	return nil
}
