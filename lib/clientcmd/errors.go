package clientcmd

import (
	"errors"

	utilerrors "k8s.io/apimachinery/pkg/util/errors"
)

var (
	// ErrNoContext says that no context was named and there is no current one.
	ErrNoContext = errors.New("no context chosen")
	// ErrEmptyConfig says that there is no config at all. IsEmptyConfig tests for it.
	ErrEmptyConfig = NewEmptyConfigError("no configuration has been provided, try setting KUBERNETES_MASTER environment variable")
	// ErrEmptyCluster says that a cluster has not even a server.
	ErrEmptyCluster = errors.New("cluster has no server defined")
)

type emptyConfig struct{ message string }

func (e *emptyConfig) Error() string { return e.message }

// NewEmptyConfigError returns an error that IsEmptyConfig is true of.
func NewEmptyConfigError(message string) error { return &emptyConfig{message} }

type contextNotFound struct{ name string }

func (e *contextNotFound) Error() string {
	return "context was not found for specified context: " + e.name
}

// invalidConfig is everything that is wrong with a config.
type invalidConfig []error

func (e invalidConfig) Error() string {
	return "invalid configuration: " + utilerrors.NewAggregate(e).Error()
}

func (e invalidConfig) Unwrap() []error { return e }

// Errors makes it a utilerrors.Aggregate.
func (e invalidConfig) Errors() []error { return e }

// Is says the same as errors.Is; a utilerrors.Aggregate has it.
func (e invalidConfig) Is(target error) bool { return utilerrors.NewAggregate(e).Is(target) }

// invalid returns nil if there is nothing wrong.
func invalid(errs []error) error {
	if len(errs) == 0 {
		return nil
	}
	return invalidConfig(errs)
}

// IsContextNotFound reports whether err says that a context doesn't exist, or that none was named.
func IsContextNotFound(err error) bool {
	var notFound *contextNotFound
	return errors.As(err, &notFound) || errors.Is(err, ErrNoContext)
}

// IsEmptyConfig reports whether err says that there is no config. It is said alone or not at all.
func IsEmptyConfig(err error) bool {
	var empty *emptyConfig
	return errors.As(err, &empty)
}

// IsConfigurationInvalid reports whether err says that a config is wrong in itself, as opposed to unreadable.
func IsConfigurationInvalid(err error) bool {
	var all invalidConfig
	return errors.As(err, &all) || IsContextNotFound(err)
}
