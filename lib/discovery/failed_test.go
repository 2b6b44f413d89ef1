package discovery_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/discovery"
)

func TestErrGroupDiscoveryFailed(t *testing.T) {
	groups := map[schema.GroupVersion]error{
		{Group: "b", Version: "v1"}: apierrors.NewNotFound(schema.GroupResource{}, "b"),
		{Group: "a", Version: "v1"}: errors.New("away"),
		{Group: "c", Version: "v1"}: errors.New("away"),
		{Group: "d", Version: "v1"}: errors.New("away"),
		{Group: "e", Version: "v1"}: errors.New("away"),
	}
	err := error(&discovery.ErrGroupDiscoveryFailed{Groups: groups})
	require.EqualError(t, err, `unable to retrieve the complete list of server APIs: a/v1: away, b/v1:  "b" not found, c/v1: away, d/v1: away, e/v1: away`, "in order")

	for name, err := range map[string]error{"bare": err, "wrapped": fmt.Errorf("map kinds: %w", err)} {
		require.ErrorIs(t, err, &discovery.ErrGroupDiscoveryFailed{}, name)
		require.True(t, discovery.IsGroupDiscoveryFailedError(err), name)
		got, ok := discovery.GroupDiscoveryFailedErrorGroups(err)
		require.True(t, ok, name)
		require.Equal(t, groups, got, name)
		require.False(t, apierrors.IsNotFound(err), "%s: one group's 404 isn't everybody's", name)
	}
	for _, err := range []error{nil, errors.New("other")} {
		require.False(t, discovery.IsGroupDiscoveryFailedError(err))
		_, ok := discovery.GroupDiscoveryFailedErrorGroups(err)
		require.False(t, ok)
	}
}
