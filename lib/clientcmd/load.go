package clientcmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/clientcmd/api/latest"
)

// LoadFromFile reads a kubeconfig and notes in each cluster, user and context where it came from.
// The error names the file and what is wrong in it; os.IsNotExist and errors.Is see whether it is missing.
func LoadFromFile(filename string) (*api.Config, error) {
	config, err := readConfig(filename)
	if err != nil {
		return nil, &fs.PathError{Op: "load kubeconfig", Path: filename, Err: err}
	}
	klog.Background().V(6).Info("Loaded kubeconfig", "file", filename)
	for _, cluster := range config.Clusters {
		cluster.LocationOfOrigin = filename
	}
	for _, user := range config.AuthInfos {
		user.LocationOfOrigin = filename
	}
	for _, context := range config.Contexts {
		context.LocationOfOrigin = filename
	}
	return config, nil
}

func readConfig(filename string) (*api.Config, error) {
	data, err := os.ReadFile(filename)
	if err == nil {
		return decode(data)
	}
	// The path is said once, by the caller.
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err
	}
	return nil, err
}

// Load reads a kubeconfig from YAML or JSON. No bytes are an empty config. Fields that it doesn't know are ignored.
func Load(data []byte) (*api.Config, error) {
	config, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	return config, nil
}

func decode(data []byte) (*api.Config, error) {
	config := api.NewConfig()
	if len(data) == 0 {
		return config, nil
	}
	want := latest.ExternalVersion.WithKind("Config")
	_, got, err := latest.Codec.Decode(data, &want, config)
	switch {
	case err != nil:
		return nil, explain(data, err)
	case *got != want: // the internal version, which has no business in a file
		return nil, wrongKind(*got)
	}
	return config, nil
}

// Write returns config as YAML. What is known only at run time, such as LocationOfOrigin, isn't in it.
func Write(config api.Config) ([]byte, error) {
	data, err := runtime.Encode(latest.Codec, &config)
	if err != nil {
		return nil, fmt.Errorf("write kubeconfig: %w", err)
	}
	return data, nil
}

// WriteToFile writes config to a file as a whole: a reader sees the old file or the new one, and so does everybody
// after a crash. Where that can't be, as in a folder that may not be written to, the file is written in place.
// A new file has mode 0600; an existing one keeps its mode. Missing folders are made.
func WriteToFile(config api.Config, filename string) error {
	data, err := Write(config)
	if err != nil {
		return err
	}
	return replaceFile(filename, data)
}

// replaceFile writes another file and renames it. A symbolic link stays, and what it points to is replaced.
func replaceFile(name string, data []byte) error {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	dir, mode := filepath.Dir(name), fs.FileMode(0o600)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() { // a device or a pipe can't be renamed over
			return os.WriteFile(name, data, mode)
		}
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(name)+".*")
	if err != nil {
		return os.WriteFile(name, data, mode)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name())) // as with a full disk: better the old file than half a new one
	}
	if os.Rename(f.Name(), name) == nil {
		return nil
	}
	// A file that is mounted by itself, as into a container, can't be replaced.
	return errors.Join(os.Remove(f.Name()), os.WriteFile(name, data, mode))
}
