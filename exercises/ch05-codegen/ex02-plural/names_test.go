package plural_test

import (
	"math/rand/v2"
	"strings"
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

// check holds plurals against what Of makes of their types: "Pod Pods".
func check(t *testing.T, rule invariant.Invariant, each ...string) {
	t.Helper()
	for _, c := range each {
		typeName, want, _ := strings.Cut(c, " ")
		rule.Equal(t, want, names.Of(typeName).Public, "name many objects of type %s", typeName)
	}
}

func TestMostTypesGetAnS(t *testing.T) {
	check(t, rules, "Pod Pods", "Node Nodes", "Lease Leases", "Scale Scales", "Website Websites")
}

func TestHissingSoundsGetES(t *testing.T) {
	check(t, rules, "Ingress Ingresses", "StorageClass StorageClasses", "Box Boxes", "Quiz Quizes", "Branch Branches", "Mesh Meshes")
	check(t, rules, "Path Paths", "Graph Graphs", "Horizontalh Horizontalhs")
}

func TestYBecomesIES(t *testing.T) {
	check(t, rules, "NetworkPolicy NetworkPolicies", "CSIStorageCapacity CSIStorageCapacities", "Registry Registries")
}

func TestYBehindAVowelStays(t *testing.T) {
	check(t, rules, "Gateway Gateways", "Key Keys", "Envoy Envoys", "Buy Buys")
}

func TestCapitalsAreNoEnglish(t *testing.T) {
	check(t, rules, "PolicY PolicYs", "CSIBY CSIBYs", "Xy Xys", "DNS DNSs")
}

func TestFBecomesVES(t *testing.T) {
	check(t, rules, "Leaf Leaves", "Shelf Shelves", "Knife Knives", "Safe Saves")
}

func TestExceptions(t *testing.T) {
	check(t, exception, "Endpoints Endpoints", "Child Children", "DNSClass DnsKinds")
	check(t, exception, "GrandChild GrandChilds", "EndpointSlice EndpointSlices", "Children Childrens")
}

func TestWithoutExceptions(t *testing.T) {
	rules.Equal(t, "Pods", plural.Names{}.Of("Pod").Public, "name many objects of type Pod, with the zero Names")
	rules.Equal(t, "Endpointses", plural.Names{}.Of("Endpoints").Public, "name many objects of type Endpoints, with the zero Names")
}

func TestOneLetter(t *testing.T) {
	check(t, rules, "X X", "Y Y", "S S")
	check(t, rules, "Ax Axes", "Io Ios")
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
