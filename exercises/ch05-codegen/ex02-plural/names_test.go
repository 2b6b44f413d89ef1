package plural_test

import (
	"math/rand/v2"
	"testing"

	"go.uber.org/goleak"

	plural "client-go-workbook/exercises/ch05-codegen/ex02-plural"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/codegen/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	rules = invariant.Invariant{
		Says: "the last two letters say how a type gets its plural",
		Read: "names.go, Of; lib/codegen/model/name.go, Plural",
	}
	exception = invariant.Invariant{
		Says: "an exception is the plural, whatever the rules say",
		Read: "README.md, third paragraph; lib/codegen/model/name.go, Plural",
	}
	forms = invariant.Invariant{
		Says: "the three forms are one name: they differ in which letters are capital",
		Read: "README.md, Invariant; lib/codegen/model/name.go, Names",
	}
	asLib = invariant.Invariant{
		Says: "the clients of lib/ have the same names",
		Read: "lib/codegen/model/name.go, Plural",
	}
)

var names = plural.Names{Exceptions: map[string]string{"Endpoints": "Endpoints", "DNSClass": "dnsKinds", "Child": "Children"}}

func check(t *testing.T, rule invariant.Invariant, each ...[2]string) {
	t.Helper()
	for _, c := range each {
		rule.Equal(t, c[1], names.Of(c[0]).Public, "name many objects of type %s", c[0])
	}
}

func TestMostTypesGetAnS(t *testing.T) {
	check(t, rules, [2]string{"Pod", "Pods"}, [2]string{"Node", "Nodes"}, [2]string{"Lease", "Leases"}, [2]string{"Scale", "Scales"}, [2]string{"Website", "Websites"})
}

func TestHissingSoundsGetES(t *testing.T) {
	check(t, rules, [2]string{"Ingress", "Ingresses"}, [2]string{"StorageClass", "StorageClasses"}, [2]string{"Box", "Boxes"}, [2]string{"Quiz", "Quizes"},
		[2]string{"Branch", "Branches"}, [2]string{"Mesh", "Meshes"})
	check(t, rules, [2]string{"Path", "Paths"}, [2]string{"Graph", "Graphs"}, [2]string{"Horizontalh", "Horizontalhs"})
}

func TestYBecomesIES(t *testing.T) {
	check(t, rules, [2]string{"NetworkPolicy", "NetworkPolicies"}, [2]string{"CSIStorageCapacity", "CSIStorageCapacities"}, [2]string{"Registry", "Registries"})
}

func TestYBehindAVowelStays(t *testing.T) {
	check(t, rules, [2]string{"Gateway", "Gateways"}, [2]string{"Key", "Keys"}, [2]string{"Envoy", "Envoys"}, [2]string{"Buy", "Buys"})
}

func TestCapitalsAreNoEnglish(t *testing.T) {
	check(t, rules, [2]string{"PolicY", "PolicYs"}, [2]string{"CSIBY", "CSIBYs"}, [2]string{"Xy", "Xys"}, [2]string{"DNS", "DNSs"})
}

func TestFBecomesVES(t *testing.T) {
	check(t, rules, [2]string{"Leaf", "Leaves"}, [2]string{"Shelf", "Shelves"}, [2]string{"Knife", "Knives"}, [2]string{"Safe", "Saves"})
}

func TestExceptions(t *testing.T) {
	check(t, exception, [2]string{"Endpoints", "Endpoints"}, [2]string{"Child", "Children"}, [2]string{"DNSClass", "DnsKinds"})
	check(t, exception, [2]string{"GrandChild", "GrandChilds"}, [2]string{"EndpointSlice", "EndpointSlices"}, [2]string{"Children", "Childrens"})
}

func TestWithoutExceptions(t *testing.T) {
	rules.Equal(t, "Pods", plural.Names{}.Of("Pod").Public, "name many objects of type Pod, with the zero Names")
	rules.Equal(t, "Endpointses", plural.Names{}.Of("Endpoints").Public, "name many objects of type Endpoints, with the zero Names")
}

func TestOneLetter(t *testing.T) {
	check(t, rules, [2]string{"X", "X"}, [2]string{"Y", "Y"}, [2]string{"S", "S"})
	check(t, rules, [2]string{"Ax", "Axes"}, [2]string{"Io", "Ios"})
}

func TestThreeForms(t *testing.T) {
	for _, c := range []struct {
		typeName string
		want     plural.Plural
	}{
		{"Deployment", plural.Plural{Public: "Deployments", Private: "deployments", Resource: "deployments"}},
		{"NetworkPolicy", plural.Plural{Public: "NetworkPolicies", Private: "networkPolicies", Resource: "networkpolicies"}},
		{"CSIDriver", plural.Plural{Public: "CSIDrivers", Private: "cSIDrivers", Resource: "csidrivers"}},
		{"Endpoints", plural.Plural{Public: "Endpoints", Private: "endpoints", Resource: "endpoints"}},
		{"DNSClass", plural.Plural{Public: "DnsKinds", Private: "dnsKinds", Resource: "dnskinds"}},
		{"website", plural.Plural{Public: "Websites", Private: "websites", Resource: "websites"}},
		{"X", plural.Plural{Public: "X", Private: "x", Resource: "x"}},
	} {
		forms.Equal(t, c.want, names.Of(c.typeName), "name many objects of type %s", c.typeName)
	}
}

// Each random name ends in two of the letters that rules are about.
func TestRandomNames(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 2))
	const letters = "aebcdfghjklmnopqrstuvwxyzBEFHSY"
	var lib model.Names
	for range 5000 {
		name := "T"
		for range 1 + random.IntN(3) {
			name += string(letters[random.IntN(len(letters))])
		}
		typ := &model.Type{Name: name}
		want := plural.Plural{Public: lib.PublicPlural(typ), Private: lib.PrivatePlural(typ), Resource: lib.LowerPlural(typ)}
		asLib.Equal(t, want, plural.Names{}.Of(name), "name many objects of type %s, with the zero Names", name)
	}
}
