package clientcmd

import (
	"fmt"
	"path/filepath"
	"strings"

	"client-go-workbook/lib/clientcmd/api"
)

// ResolveLocalPaths makes the relative paths in config absolute, each relative to the folder of the file that its
// cluster or user came from. What came from no file is left alone.
func ResolveLocalPaths(config *api.Config) error {
	for _, cluster := range config.Clusters {
		if err := resolveAt(cluster.LocationOfOrigin, GetClusterFileReferences(cluster)); err != nil {
			return err
		}
	}
	for _, user := range config.AuthInfos {
		if err := resolveAt(user.LocationOfOrigin, GetAuthInfoFileReferences(user)); err != nil {
			return err
		}
	}
	return nil
}

func resolveAt(origin string, refs []*string) error {
	if origin == "" {
		return nil
	}
	base, err := folderOf(origin)
	if err != nil {
		return err
	}
	return ResolvePaths(refs, base)
}

func folderOf(file string) (string, error) {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return "", fmt.Errorf("find the folder of kubeconfig %s: %w", file, err)
	}
	return dir, nil
}

// RelativizeClusterLocalPaths makes the cluster's paths relative to the folder of the file that it came from, as far
// as they are beneath it. A path that is relative already is taken as relative to that folder.
func RelativizeClusterLocalPaths(cluster *api.Cluster) error {
	if cluster.LocationOfOrigin == "" {
		return fmt.Errorf("relativize paths: %v comes from no file", cluster)
	}
	return relativizeAt(cluster.LocationOfOrigin, GetClusterFileReferences(cluster))
}

// RelativizeAuthInfoLocalPaths is RelativizeClusterLocalPaths for a user.
func RelativizeAuthInfoLocalPaths(authInfo *api.AuthInfo) error {
	if authInfo.LocationOfOrigin == "" {
		return fmt.Errorf("relativize paths: %v comes from no file", authInfo)
	}
	return relativizeAt(authInfo.LocationOfOrigin, GetAuthInfoFileReferences(authInfo))
}

func relativizeAt(origin string, refs []*string) error {
	base, err := folderOf(origin)
	if err != nil {
		return err
	}
	if err := ResolvePaths(refs, base); err != nil {
		return err
	}
	return RelativizePathWithNoBacksteps(refs, base)
}

// ResolveConfigPaths makes all relative paths in config absolute, relative to base.
func ResolveConfigPaths(config *api.Config, base string) error {
	return ResolvePaths(GetConfigFileReferences(config), base)
}

// RelativizeConfigPaths makes all paths in config that are beneath base relative to it.
func RelativizeConfigPaths(config *api.Config, base string) error {
	return RelativizePathWithNoBacksteps(GetConfigFileReferences(config), base)
}

// GetConfigFileReferences returns the fields of config that hold paths.
func GetConfigFileReferences(config *api.Config) []*string {
	var refs []*string
	for _, cluster := range config.Clusters {
		refs = append(refs, GetClusterFileReferences(cluster)...)
	}
	for _, user := range config.AuthInfos {
		refs = append(refs, GetAuthInfoFileReferences(user)...)
	}
	return refs
}

// GetClusterFileReferences returns the fields of cluster that hold paths.
func GetClusterFileReferences(cluster *api.Cluster) []*string {
	return []*string{&cluster.CertificateAuthority}
}

// GetAuthInfoFileReferences returns the fields of authInfo that hold paths. An exec command without a folder is not
// among them: it is looked up in PATH.
func GetAuthInfoFileReferences(authInfo *api.AuthInfo) []*string {
	refs := []*string{&authInfo.ClientCertificate, &authInfo.ClientKey, &authInfo.TokenFile}
	if exec := authInfo.Exec; exec != nil && strings.ContainsRune(exec.Command, filepath.Separator) {
		refs = append(refs, &exec.Command)
	}
	return refs
}

// ResolvePaths joins each relative path to base. Empty and absolute paths stay. It never fails.
func ResolvePaths(refs []*string, base string) error {
	for _, ref := range refs {
		*ref = api.ResolvePath(*ref, base)
	}
	return nil
}

// RelativizePathWithNoBacksteps makes each path that is beneath base relative to it. Others stay if they are absolute;
// a relative path that leads out of base is an error.
func RelativizePathWithNoBacksteps(refs []*string, base string) error {
	for _, ref := range refs {
		rel, err := MakeRelative(*ref, base)
		switch {
		case err == nil && (rel == "" || filepath.IsLocal(rel)):
			*ref = rel
		case err != nil || !filepath.IsAbs(*ref):
			return fmt.Errorf("relativize paths: %q is neither absolute nor beneath %s", *ref, base)
		}
	}
	return nil
}

// MakeRelative returns path as seen from base. An empty path stays empty.
func MakeRelative(path, base string) (string, error) {
	if path == "" {
		return "", nil
	}
	rel, err := filepath.Rel(base, path)
	if err != nil {
		return path, err
	}
	return rel, nil
}
