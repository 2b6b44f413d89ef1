package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/yaml"
)

// kubeconfig is as much of the format as we write. Entries of others are kept
// as they are, whatever they hold.
type kubeconfig struct {
	APIVersion     string         `json:"apiVersion"`
	Kind           string         `json:"kind"`
	CurrentContext string         `json:"current-context"`
	Clusters       []entry        `json:"clusters"`
	Contexts       []entry        `json:"contexts"`
	Users          []entry        `json:"users"`
	Preferences    map[string]any `json:"preferences,omitempty"`
}

// entry is a named cluster, context or user: the name, and one more field.
type entry map[string]any

// Login is one cluster with the ways to log in to it.
type Login struct {
	Context string // names the cluster too
	Server  string
	CA      []byte
	Users   []User // the context's user is the first
}

// User logs in by a certificate or by a token.
type User struct {
	Name      string
	Cert, Key []byte
	Token     string
}

// AddTo writes the login into the kubeconfig file, beside what others have there,
// and makes it the current one.
func (l Login) AddTo(file string) error {
	return editKubeconfig(file, func(c *kubeconfig) {
		l.removeFrom(c)
		c.Clusters = append(c.Clusters, entry{"name": l.Context, "cluster": map[string]any{
			"server": l.Server, "certificate-authority-data": l.CA,
		}})
		for _, u := range l.Users {
			user := map[string]any{}
			if u.Token != "" {
				user["token"] = u.Token
			} else {
				user["client-certificate-data"], user["client-key-data"] = u.Cert, u.Key
			}
			c.Users = append(c.Users, entry{"name": u.Name, "user": user})
		}
		c.Contexts = append(c.Contexts, entry{"name": l.Context, "context": map[string]any{
			"cluster": l.Context, "user": l.Users[0].Name,
		}})
		c.CurrentContext = l.Context
	})
}

// RemoveFrom takes the login out of the file. If it was the current one, the
// next context that is left becomes that.
func (l Login) RemoveFrom(file string) error {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return editKubeconfig(file, func(c *kubeconfig) {
		l.removeFrom(c)
		if c.CurrentContext == l.Context {
			c.CurrentContext = ""
			if len(c.Contexts) > 0 {
				c.CurrentContext, _ = c.Contexts[0]["name"].(string)
			}
		}
	})
}

func (l Login) removeFrom(c *kubeconfig) {
	ours := func(e entry) bool { return e["name"] == l.Context }
	c.Clusters = slices.DeleteFunc(c.Clusters, ours)
	c.Contexts = slices.DeleteFunc(c.Contexts, ours)
	c.Users = slices.DeleteFunc(c.Users, func(e entry) bool {
		return slices.ContainsFunc(l.Users, func(u User) bool { return e["name"] == u.Name })
	})
}

// writeTo writes a file with nothing but this login, for one part's own use.
func (l Login) writeTo(file string) error {
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return l.AddTo(file)
}

// readKubeconfig reads the file; one that is not there is empty.
func readKubeconfig(file string) (*kubeconfig, error) {
	c := &kubeconfig{APIVersion: "v1", Kind: "Config"}
	data, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(data, c)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the kubeconfig %s cannot be read; remove it, the next start writes a new one: %w", file, err)
	}
	return c, nil
}

func editKubeconfig(file string, edit func(*kubeconfig)) error {
	c, err := readKubeconfig(file)
	if err != nil {
		return err
	}
	edit(c)
	data, err := yaml.Marshal(c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return writeFile(file, data)
}
