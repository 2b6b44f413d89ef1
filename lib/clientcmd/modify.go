package clientcmd

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	utilerrors "k8s.io/apimachinery/pkg/util/errors"

	"client-go-workbook/lib/clientcmd/api"
)

// UseModifyConfigLock makes ModifyConfig lock the files against other processes. Turning it off is for those who lock
// by other means.
var UseModifyConfigLock = true

// ModifyConfig changes the files behind configAccess so that they hold newConfig. Each cluster, user and context is
// written to the file that its LocationOfOrigin names, or to the default file if it is new; what newConfig lacks is
// deleted from where it was. Top-level extensions are left alone. Each changed file is written once.
// With relativizePaths, paths beneath a file's folder become relative to it; new paths must be absolute.
// If another process holds the lock, ModifyConfig fails at once, with an error that is fs.ErrExist.
func ModifyConfig(configAccess ConfigAccess, newConfig api.Config, relativizePaths bool) error {
	if !UseModifyConfigLock {
		return modify(configAccess, &newConfig, relativizePaths)
	}
	unlock, err := lockFiles(configAccess.GetLoadingPrecedence())
	if err != nil {
		return err
	}
	return errors.Join(modify(configAccess, &newConfig, relativizePaths), unlock())
}

func modify(access ConfigAccess, want *api.Config, relativize bool) error {
	have, err := access.GetStartingConfig()
	if err != nil {
		return err
	}
	e := edits{access: access, relativize: relativize, byFile: map[string][]edit{}}
	if err := e.compare(have, want); err != nil {
		return fmt.Errorf("modify kubeconfig: %w", err)
	}
	return e.write()
}

// edit is one change of one file.
type edit func(*api.Config) error

// edits collects what is to be changed, so that nothing is written before all is known.
type edits struct {
	access     ConfigAccess
	relativize bool
	byFile     map[string][]edit
}

func (e *edits) add(file string, do edit) { e.byFile[file] = append(e.byFile[file], do) }

// compare collects the edits that lead from have to want.
func (e *edits) compare(have, want *api.Config) error {
	var errs []error
	if have.CurrentContext != want.CurrentContext {
		errs = append(errs, e.currentContext(want.CurrentContext))
	}
	if !reflect.DeepEqual(have.Preferences, want.Preferences) {
		errs = append(errs, e.preferences(want.Preferences))
	}
	errs = append(errs, clusters.compare(e, have, want), users.compare(e, have, want), contexts.compare(e, have, want))
	return utilerrors.NewAggregate(errs)
}

// write changes file after file, each as it is now: the same file may be known by two names.
func (e *edits) write() error {
	for _, file := range slices.Sorted(maps.Keys(e.byFile)) {
		config, err := loadOrEmpty(file)
		if err != nil {
			return err
		}
		for _, do := range e.byFile[file] {
			if err := do(config); err != nil {
				return fmt.Errorf("modify kubeconfig %s: %w", file, err)
			}
		}
		if err := WriteToFile(*config, file); err != nil {
			return fmt.Errorf("modify kubeconfig %s: %w", file, err)
		}
	}
	return nil
}

func loadOrEmpty(file string) (*api.Config, error) {
	config, err := LoadFromFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return api.NewConfig(), nil
	}
	return config, err
}

// home is the file of an entry that came from origin.
func (e *edits) home(origin string) (string, error) {
	file := cmp.Or(origin, e.access.GetDefaultFilename())
	if file == "" {
		return "", errors.New("there is no file to write to")
	}
	return file, nil
}

// currentContext is set in the default file, but cleared in the file that sets it.
func (e *edits) currentContext(name string) error {
	file, err := e.home("")
	if name == "" {
		file, err = e.first(func(c *api.Config) bool { return c.CurrentContext != "" })
	}
	e.add(file, func(c *api.Config) error {
		c.CurrentContext = name
		return nil
	})
	return err
}

// preferences are changed in the first file that has others.
func (e *edits) preferences(want api.Preferences) error {
	file, err := e.first(func(c *api.Config) bool { return !reflect.DeepEqual(c.Preferences, want) })
	e.add(file, func(c *api.Config) error {
		c.Preferences = want
		return nil
	})
	return err
}

// first returns the first file that matches, or the explicit one if there is one.
func (e *edits) first(match func(*api.Config) bool) (string, error) {
	if e.access.IsExplicitFile() {
		return e.access.GetExplicitFile(), nil
	}
	for _, file := range e.access.GetLoadingPrecedence() {
		config, err := loadOrEmpty(file)
		if err != nil {
			return "", err
		}
		if match(config) {
			return file, nil
		}
	}
	return "", errors.New("no file holds what is to be changed")
}

// kind is what clusters, users and contexts have in common.
type kind[V any] struct {
	name       string
	of         func(*api.Config) map[string]*V
	origin     func(*V) *string
	copy       func(*V) *V
	relativize func(*V) error
}

var (
	clusters = kind[api.Cluster]{
		name:       "cluster",
		of:         func(c *api.Config) map[string]*api.Cluster { return c.Clusters },
		origin:     func(v *api.Cluster) *string { return &v.LocationOfOrigin },
		copy:       (*api.Cluster).DeepCopy,
		relativize: RelativizeClusterLocalPaths,
	}
	users = kind[api.AuthInfo]{
		name:       "user",
		of:         func(c *api.Config) map[string]*api.AuthInfo { return c.AuthInfos },
		origin:     func(v *api.AuthInfo) *string { return &v.LocationOfOrigin },
		copy:       (*api.AuthInfo).DeepCopy,
		relativize: RelativizeAuthInfoLocalPaths,
	}
	contexts = kind[api.Context]{
		name:       "context",
		of:         func(c *api.Config) map[string]*api.Context { return c.Contexts },
		origin:     func(v *api.Context) *string { return &v.LocationOfOrigin },
		copy:       (*api.Context).DeepCopy,
		relativize: func(*api.Context) error { return nil }, // holds no paths
	}
)

// compare collects the edits of one kind of entry.
func (k kind[V]) compare(e *edits, have, want *api.Config) error {
	for name, v := range k.of(want) {
		if v == nil {
			return fmt.Errorf("%s %q is nil", k.name, name)
		}
		if reflect.DeepEqual(v, k.of(have)[name]) {
			continue
		}
		file, err := e.home(*k.origin(v))
		if err != nil {
			return err
		}
		e.add(file, k.set(name, v, file, e.relativize))
	}
	for name, v := range k.of(have) {
		if _, kept := k.of(want)[name]; kept {
			continue
		}
		file, err := e.home(*k.origin(v))
		if err != nil {
			return err
		}
		e.add(file, func(c *api.Config) error {
			delete(k.of(c), name)
			return nil
		})
	}
	return nil
}

// set writes a copy of v, whose paths are made relative to file if asked for.
func (k kind[V]) set(name string, v *V, file string, relativize bool) edit {
	return func(c *api.Config) error {
		v := k.copy(v)
		*k.origin(v) = file
		k.of(c)[name] = v
		if !relativize {
			return nil
		}
		return k.relativize(v)
	}
}

// lockFiles creates a lock file beside each file, or none of them. Locking in one order keeps two processes from
// waiting for each other, and not waiting at all keeps a crashed one from blocking everybody in silence.
func lockFiles(files []string) (unlock func() error, err error) {
	var locks []string
	unlock = func() error {
		var errs []error
		for _, lock := range locks {
			errs = append(errs, os.Remove(lock))
		}
		return errors.Join(errs...)
	}
	files = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(files))), func(f string) bool { return f == "" })
	for _, file := range files {
		lock := file + ".lock"
		if err := createLock(lock); err != nil {
			return nil, errors.Join(fmt.Errorf("lock kubeconfig %s: %w", file, err), unlock())
		}
		locks = append(locks, lock)
	}
	return unlock, nil
}

func createLock(lock string) error {
	if err := os.MkdirAll(filepath.Dir(lock), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("another process is changing it, or one crashed and left the lock: %w", err)
	}
	if err != nil {
		return err
	}
	return f.Close()
}
