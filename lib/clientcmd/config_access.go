package clientcmd

import (
	"os"
	"path/filepath"

	"client-go-workbook/lib/clientcmd/api"
)

// ConfigAccess says which files make up a config, so that ModifyConfig can change the right one.
type ConfigAccess interface {
	// GetLoadingPrecedence returns the files in the order in which they are merged.
	GetLoadingPrecedence() []string
	// GetStartingConfig returns what the files hold now; an empty config if there are none.
	GetStartingConfig() (*api.Config, error)
	// GetDefaultFilename returns the file for entries that are in none yet.
	GetDefaultFilename() string
	// IsExplicitFile reports whether one file is all there is.
	IsExplicitFile() bool
	// GetExplicitFile returns that file.
	GetExplicitFile() string
}

// PathOptions is the ConfigAccess of a program that changes kubeconfigs. It asks the environment each time.
type PathOptions struct {
	// GlobalFile is used where neither the environment nor LoadingRules name a file.
	GlobalFile string
	// EnvVar is the name of the environment variable that lists files. Empty: none.
	EnvVar string
	// ExplicitFileFlag and GlobalFileSubpath are for help texts.
	ExplicitFileFlag  string
	GlobalFileSubpath string
	// LoadingRules load the files. Their Precedence is ignored, their ExplicitPath wins over everything. Not nil.
	LoadingRules *ClientConfigLoadingRules
}

var _ ConfigAccess = (*PathOptions)(nil)

// NewDefaultPathOptions returns the current user's files. Paths in them stay relative, so that they are written back
// as they were.
func NewDefaultPathOptions() *PathOptions {
	rules := NewDefaultClientConfigLoadingRules()
	rules.DoNotResolvePaths = true
	return &PathOptions{
		GlobalFile:        RecommendedHomeFile,
		GlobalFileSubpath: filepath.Join(RecommendedHomeDir, RecommendedFileName),
		EnvVar:            RecommendedConfigPathEnvVar,
		ExplicitFileFlag:  RecommendedConfigPathFlag,
		LoadingRules:      rules,
	}
}

// GetEnvVarFiles returns the files that the environment variable lists, each once.
func (o *PathOptions) GetEnvVarFiles() []string {
	if o.EnvVar == "" {
		return nil
	}
	return splitList(os.Getenv(o.EnvVar))
}

// GetLoadingPrecedence returns the explicit file, or the environment's, or GlobalFile.
func (o *PathOptions) GetLoadingPrecedence() []string {
	if o.IsExplicitFile() {
		return []string{o.GetExplicitFile()}
	}
	if files := o.GetEnvVarFiles(); len(files) > 0 {
		return files
	}
	return []string{o.GlobalFile}
}

// GetStartingConfig loads the files; a missing one is empty.
func (o *PathOptions) GetStartingConfig() (*api.Config, error) {
	rules := *o.LoadingRules
	rules.Precedence = o.GetLoadingPrecedence()
	return rules.GetStartingConfig()
}

// GetDefaultFilename returns the first file that exists, or else the last one.
func (o *PathOptions) GetDefaultFilename() string {
	files := o.GetLoadingPrecedence()
	if existing, ok := firstExisting(files); ok {
		return existing
	}
	return files[len(files)-1]
}

// IsExplicitFile reports whether LoadingRules name one.
func (o *PathOptions) IsExplicitFile() bool { return o.LoadingRules.IsExplicitFile() }

// GetExplicitFile returns the file that LoadingRules name.
func (o *PathOptions) GetExplicitFile() string { return o.LoadingRules.GetExplicitFile() }
