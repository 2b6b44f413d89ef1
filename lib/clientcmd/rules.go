package clientcmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// Where kubeconfigs are by convention.
const (
	RecommendedConfigPathFlag   = "kubeconfig"
	RecommendedConfigPathEnvVar = "KUBECONFIG"
	RecommendedHomeDir          = ".kube"
	RecommendedFileName         = "config"
)

// The conventional folder and file of this user, as the home directory was when the program started.
var (
	RecommendedConfigDir = filepath.Join(homeDir(), RecommendedHomeDir)
	RecommendedHomeFile  = filepath.Join(RecommendedConfigDir, RecommendedFileName)
)

// homeDir is empty for a user without one: then the conventional file is looked for in the working directory.
func homeDir() string {
	dir, _ := os.UserHomeDir()
	return dir
}

// ClientConfigLoader loads a config, and says where from.
type ClientConfigLoader interface {
	ConfigAccess
	// IsDefaultConfig reports whether the config is what comes out where nobody configured anything.
	IsDefaultConfig(*rest.Config) bool
	// Load returns the current config. It reads the files again each time.
	Load() (*api.Config, error)
}

// ClientConfigLoadingRules says which files make up the config. The zero value reads none.
// ExplicitPath, if set, is the only file, and must exist. Otherwise the files of Precedence are merged in this order,
// and missing ones are skipped.
type ClientConfigLoadingRules struct {
	ExplicitPath string
	Precedence   []string

	// MigrationRules maps new places to old ones. Before loading, a file that is only in its old place is copied.
	MigrationRules map[string]string

	// DoNotResolvePaths leaves relative paths as they are in the files.
	DoNotResolvePaths bool

	// DefaultClientConfig, if set, is what IsDefaultConfig compares with. It should have the loader's overrides.
	DefaultClientConfig ClientConfig

	// WarnIfAllMissing passes a MissingConfigError to Warner if none of the files exists.
	WarnIfAllMissing bool
	Warner           WarningHandler
}

var _ ClientConfigLoader = (*ClientConfigLoadingRules)(nil)

// WarningHandler receives warnings; nil logs them at verbosity 1.
type WarningHandler func(error)

// Warn passes err on.
func (handler WarningHandler) Warn(err error) {
	if handler != nil {
		handler(err)
		return
	}
	klog.Background().V(1).Info("Warning from loading kubeconfigs", "warning", err)
}

// MissingConfigError lists the files that should have been there.
type MissingConfigError struct {
	Missing []string
}

func (e MissingConfigError) Error() string {
	return "Config not found: " + strings.Join(e.Missing, ", ")
}

// NewDefaultClientConfigLoadingRules returns the rules of the current user: the files that KUBECONFIG lists, or
// ~/.kube/config where it isn't set.
func NewDefaultClientConfigLoadingRules() *ClientConfigLoadingRules {
	rules := &ClientConfigLoadingRules{
		Precedence: []string{RecommendedHomeFile},
		// What the file was called in Kubernetes' first year.
		MigrationRules: map[string]string{RecommendedHomeFile: filepath.Join(RecommendedConfigDir, ".kubeconfig")},
	}
	if list := os.Getenv(RecommendedConfigPathEnvVar); list != "" {
		rules.Precedence = splitList(list)
		rules.WarnIfAllMissing = true
	}
	return rules
}

// splitList returns the files of a list such as KUBECONFIG, each once.
func splitList(list string) []string {
	var files []string
	for _, file := range filepath.SplitList(list) {
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	return files
}

// Load reads the files and merges them: for each single value, and for each cluster, user and context as a whole,
// the first file that has it wins. Relative paths become absolute, unless DoNotResolvePaths is set.
// Where some files are broken, the error lists them all, and the config holds the others.
func (rules *ClientConfigLoadingRules) Load() (*api.Config, error) {
	if err := rules.Migrate(); err != nil {
		return nil, err
	}
	var loaded []*api.Config
	var missing []string
	var errs []error
	for _, file := range rules.GetLoadingPrecedence() {
		if file == "" {
			continue
		}
		config, err := LoadFromFile(file)
		switch {
		case err == nil:
			loaded = append(loaded, config)
		case !errors.Is(err, fs.ErrNotExist):
			errs = append(errs, err)
		case rules.IsExplicitFile():
			return nil, err
		default:
			missing = append(missing, file)
		}
	}
	if rules.WarnIfAllMissing && len(missing) > 0 && len(loaded) == 0 {
		rules.Warner.Warn(MissingConfigError{Missing: missing})
	}
	merged := api.NewConfig()
	for _, config := range slices.Backward(loaded) { // what comes later wins, so the first file comes last
		overlay(merged, config)
	}
	if rules.ResolvePaths() {
		errs = append(errs, ResolveLocalPaths(merged))
	}
	return merged, utilerrors.NewAggregate(errs)
}

// Migrate copies files from old places to new ones, as MigrationRules say. A place that may not be looked at counts as
// one where nothing is to be done.
func (rules *ClientConfigLoadingRules) Migrate() error {
	for to, from := range rules.MigrationRules {
		if err := migrate(to, from); err != nil {
			return fmt.Errorf("migrate kubeconfig %s to %s: %w", from, to, err)
		}
	}
	return nil
}

func migrate(to, from string) error {
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		if errors.Is(err, fs.ErrPermission) {
			return nil
		}
		return err // nil if the new file exists
	}
	data, err := os.ReadFile(from)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	return replaceFile(to, data)
}

// ResolvePaths reports whether Load makes relative paths absolute.
func (rules ClientConfigLoadingRules) ResolvePaths() bool { return !rules.DoNotResolvePaths }

// GetLoadingPrecedence returns the files that Load reads, first one first. The caller may change the slice.
func (rules *ClientConfigLoadingRules) GetLoadingPrecedence() []string {
	if rules.IsExplicitFile() {
		return []string{rules.ExplicitPath}
	}
	return slices.Clone(rules.Precedence)
}

// GetStartingConfig is Load, with an empty config for a missing file.
func (rules *ClientConfigLoadingRules) GetStartingConfig() (*api.Config, error) {
	config, err := rules.Load()
	if errors.Is(err, fs.ErrNotExist) {
		return api.NewConfig(), nil
	}
	if err != nil {
		return nil, err
	}
	return config, nil
}

// GetDefaultFilename returns the explicit file, or the first that exists, or the first of all.
func (rules *ClientConfigLoadingRules) GetDefaultFilename() string {
	files := rules.GetLoadingPrecedence()
	if len(files) == 0 {
		return ""
	}
	if existing, ok := firstExisting(files); ok {
		return existing
	}
	return files[0]
}

func firstExisting(files []string) (string, bool) {
	i := slices.IndexFunc(files, func(file string) bool {
		_, err := os.Stat(file)
		return err == nil
	})
	if i < 0 {
		return "", false
	}
	return files[i], true
}

// IsExplicitFile reports whether ExplicitPath is set.
func (rules *ClientConfigLoadingRules) IsExplicitFile() bool { return rules.ExplicitPath != "" }

// GetExplicitFile returns ExplicitPath.
func (rules *ClientConfigLoadingRules) GetExplicitFile() string { return rules.ExplicitPath }

// IsDefaultConfig reports whether config equals what DefaultClientConfig gives.
func (rules *ClientConfigLoadingRules) IsDefaultConfig(config *rest.Config) bool {
	if rules.DefaultClientConfig == nil {
		return false
	}
	standard, err := rules.DefaultClientConfig.ClientConfig()
	return err == nil && reflect.DeepEqual(config, standard)
}

// KubeconfigGetter loads a kubeconfig from wherever it is.
type KubeconfigGetter func() (*api.Config, error)

// ClientConfigGetter is the ClientConfigLoader of a KubeconfigGetter. It knows of no files.
type ClientConfigGetter struct {
	kubeconfigGetter KubeconfigGetter
}

var _ ClientConfigLoader = (*ClientConfigGetter)(nil)

// Load calls the getter.
func (g *ClientConfigGetter) Load() (*api.Config, error) { return g.kubeconfigGetter() }

// GetStartingConfig calls the getter.
func (g *ClientConfigGetter) GetStartingConfig() (*api.Config, error) { return g.kubeconfigGetter() }

// GetLoadingPrecedence returns nil: there are no files.
func (g *ClientConfigGetter) GetLoadingPrecedence() []string { return nil }

// GetDefaultFilename returns "": there are no files.
func (g *ClientConfigGetter) GetDefaultFilename() string { return "" }

// IsExplicitFile returns false: there are no files.
func (g *ClientConfigGetter) IsExplicitFile() bool { return false }

// GetExplicitFile returns "": there are no files.
func (g *ClientConfigGetter) GetExplicitFile() string { return "" }

// IsDefaultConfig returns false: somebody wrote the getter.
func (g *ClientConfigGetter) IsDefaultConfig(*rest.Config) bool { return false }
