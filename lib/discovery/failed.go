package discovery

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ErrGroupDiscoveryFailed comes with an incomplete answer: the group-versions in Groups are missing from it, the rest
// is good. A server behind an APIService that is down is the usual reason.
//
// It doesn't unwrap to its parts on purpose: a 404 of one group must not look like a 404 of the whole question.
type ErrGroupDiscoveryFailed struct {
	// Groups says of each missing group-version why it is missing.
	Groups map[schema.GroupVersion]error
}

// Error lists the group-versions in alphabetical order.
func (e *ErrGroupDiscoveryFailed) Error() string {
	reasons := make([]string, 0, len(e.Groups))
	for gv, err := range e.Groups {
		reasons = append(reasons, fmt.Sprintf("%s: %v", gv, err))
	}
	slices.Sort(reasons)
	return "unable to retrieve the complete list of server APIs: " + strings.Join(reasons, ", ")
}

// Is reports whether target is any ErrGroupDiscoveryFailed, whatever its groups.
func (e *ErrGroupDiscoveryFailed) Is(target error) bool {
	_, ok := target.(*ErrGroupDiscoveryFailed)
	return ok
}

// IsGroupDiscoveryFailedError reports whether err says that the answer beside it is incomplete.
func IsGroupDiscoveryFailedError(err error) bool {
	_, ok := GroupDiscoveryFailedErrorGroups(err)
	return ok
}

// GroupDiscoveryFailedErrorGroups returns what failed, and why, if err says that the answer beside it is incomplete.
func GroupDiscoveryFailedErrorGroups(err error) (map[schema.GroupVersion]error, bool) {
	if failed, ok := errors.AsType[*ErrGroupDiscoveryFailed](err); ok {
		return failed.Groups, true
	}
	return nil, false
}

// StaleGroupVersionError is the reason in ErrGroupDiscoveryFailed for a group-version that the server itself could
// not reach when it wrote its aggregated answer.
type StaleGroupVersionError struct {
	gv schema.GroupVersion
}

func (s StaleGroupVersionError) Error() string {
	return fmt.Sprintf("stale GroupVersion discovery: %v", s.gv)
}
