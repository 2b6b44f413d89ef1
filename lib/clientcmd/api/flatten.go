package api

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// MinifyConfig keeps the current context with its cluster and user, and drops the others.
// It fails, without a change to c, if there is no current context or one of the three is missing.
func MinifyConfig(c *Config) error {
	if c.CurrentContext == "" {
		return errors.New("minify kubeconfig: no current-context is set")
	}
	context, ok := c.Contexts[c.CurrentContext]
	if !ok || context == nil {
		return fmt.Errorf("minify kubeconfig: no context %q", c.CurrentContext)
	}
	clusters, ok := only(c.Clusters, context.Cluster)
	if !ok {
		return fmt.Errorf("minify kubeconfig: context %q: no cluster %q", c.CurrentContext, context.Cluster)
	}
	users, ok := only(c.AuthInfos, context.AuthInfo)
	if !ok {
		return fmt.Errorf("minify kubeconfig: context %q: no user %q", c.CurrentContext, context.AuthInfo)
	}
	c.Clusters, c.AuthInfos = clusters, users
	c.Contexts = map[string]*Context{c.CurrentContext: context}
	return nil
}

// only returns the named entry alone; none for the empty name; false if it is missing.
func only[V any](m map[string]V, name string) (map[string]V, bool) {
	if name == "" {
		return map[string]V{}, true
	}
	v, ok := m[name]
	return map[string]V{name: v}, ok
}

// FlattenConfig replaces the paths of certificates and keys in c by what the files hold, so that c stands alone.
// Token files stay, because they are read again and again.
func FlattenConfig(c *Config) error {
	for name, user := range c.AuthInfos {
		if err := flattenUser(user); err != nil {
			return fmt.Errorf("flatten kubeconfig: user %q: %w", name, err)
		}
	}
	for name, cluster := range c.Clusters {
		dir, err := originDir(cluster.LocationOfOrigin)
		if err == nil {
			err = FlattenContent(&cluster.CertificateAuthority, &cluster.CertificateAuthorityData, dir)
		}
		if err != nil {
			return fmt.Errorf("flatten kubeconfig: cluster %q: certificate-authority: %w", name, err)
		}
	}
	return nil
}

func flattenUser(user *AuthInfo) error {
	dir, err := originDir(user.LocationOfOrigin)
	if err != nil {
		return err
	}
	if err := FlattenContent(&user.ClientCertificate, &user.ClientCertificateData, dir); err != nil {
		return fmt.Errorf("client-certificate: %w", err)
	}
	if err := FlattenContent(&user.ClientKey, &user.ClientKeyData, dir); err != nil {
		return fmt.Errorf("client-key: %w", err)
	}
	return nil
}

func originDir(file string) (string, error) { return MakeAbs(filepath.Dir(file), "") }

// FlattenContent reads *path, relative to baseDir, into *contents and empties *path. An empty path is no work.
// It is an error if both are set.
func FlattenContent(path *string, contents *[]byte, baseDir string) error {
	if *path == "" {
		return nil
	}
	if len(*contents) > 0 {
		return errors.New("both a path and data are set")
	}
	data, err := os.ReadFile(ResolvePath(*path, baseDir))
	if err != nil {
		return err
	}
	*path, *contents = "", data
	return nil
}

// ResolvePath joins a relative path to base. Empty and absolute paths stay as they are.
func ResolvePath(path, base string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}

// MakeAbs joins a relative path to base, or to the working directory if base is empty.
func MakeAbs(path, base string) (string, error) {
	if filepath.IsAbs(path) {
		return path, nil
	}
	if base == "" {
		return filepath.Abs(path)
	}
	return filepath.Join(base, path), nil
}
