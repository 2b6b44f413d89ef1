package apipath_test

import (
	"testing"

	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/runtime/schema"

	apipath "client-go-workbook/exercises/ch01-clients/ex01-api-path"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var onePath = invariant.Invariant{
	Says: "a path is absolute, with one slash between parts and none at its end",
	Read: "lib/rest/config_url.go, DefaultVersionedAPIPath",
}

func TestCoreGroupHasNoNameInItsPath(t *testing.T) {
	check(t, "/api", "", "v1", "/api/v1")
}

func TestNamedGroupsStandBelowTheirRoot(t *testing.T) {
	check(t, "/apis", "apps", "v1", "/apis/apps/v1")
	check(t, "/apis", "autoscaling", "v2", "/apis/autoscaling/v2")
}

func TestGroupKeepsItsWholeName(t *testing.T) {
	check(t, "/apis", "rbac.authorization.k8s.io", "v1", "/apis/rbac.authorization.k8s.io/v1")
	check(t, "/apis", "stable.example.com", "v1beta1", "/apis/stable.example.com/v1beta1")
}

func TestRootIsTheCallersChoice(t *testing.T) {
	for _, c := range []struct{ name, root string }{
		{"bare", "apis"}, {"with a slash behind", "/apis/"}, {"with one in front", "/apis"},
	} {
		t.Run(c.name, func(t *testing.T) { check(t, c.root, "apps", "v1", "/apis/apps/v1") })
	}
	t.Run("another", func(t *testing.T) { check(t, "/oapi", "", "v1", "/oapi/v1") })
}

func TestNothingIsLeftOfWhatIsEmpty(t *testing.T) {
	check(t, "/api", "", "", "/api")
	check(t, "", "", "", "/")
}

func check(t *testing.T, root, group, version, expected string) {
	t.Helper()
	gv := schema.GroupVersion{Group: group, Version: version}
	saw := apipath.DefaultVersionedAPIPath(root, gv)
	onePath.Equal(t, expected, saw, "DefaultVersionedAPIPath(%q, %#v)", root, gv)
}
