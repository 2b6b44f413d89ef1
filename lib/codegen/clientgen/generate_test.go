package clientgen_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/codegen/clientgen"
	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// What is generated for whole modules, and the command's flags, are tested in cmd/client-gen.

const (
	header = "package v1\n\nimport metav1 \"k8s.io/apimachinery/pkg/apis/meta/v1\"\n\n"
	till   = "// +genclient\ntype Till struct {\n\tmetav1.TypeMeta\n\tmetav1.ObjectMeta\n}\n\n"
	list   = "type TillList struct {\n\tmetav1.TypeMeta\n\tmetav1.ListMeta\n\tItems []Till\n}\n"
)

// api is a package of group "shop" with these types.
func api(t *testing.T, types ...string) *model.Package {
	p, err := scan.Source("example.test/apis/shop/v1", map[string][]byte{"types.go": []byte(header + strings.Join(types, "\n"))})
	require.NoError(t, err)
	return p
}

var options = clientgen.Options{OutputDir: "nowhere", OutputPackage: "example.test/shop", ClientsetName: "clients"}

func TestFiles(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*clientgen.Options)
		want   string
	}{
		"all": {func(*clientgen.Options) {}, "clientset.go doc.go fake/clientset_generated.go fake/doc.go fake/register.go scheme/doc.go scheme/register.go " +
			"typed/shop/v1/doc.go typed/shop/v1/fake/doc.go typed/shop/v1/fake/fake_shop_client.go typed/shop/v1/fake/fake_till.go " +
			"typed/shop/v1/generated_expansion.go typed/shop/v1/shop_client.go typed/shop/v1/till.go"},
		"no fakes": {func(o *clientgen.Options) { o.NoFakes = true }, "clientset.go doc.go scheme/doc.go scheme/register.go " +
			"typed/shop/v1/doc.go typed/shop/v1/generated_expansion.go typed/shop/v1/shop_client.go typed/shop/v1/till.go"},
		"no typed clients": {func(o *clientgen.Options) { o.ClientsetOnly = true }, "clientset.go doc.go fake/clientset_generated.go fake/doc.go fake/register.go scheme/doc.go scheme/register.go"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options
			tc.change(&o)
			files, err := clientgen.Files([]*model.Package{api(t, till, list)}, o)
			require.NoError(t, err)
			texts, err := files.Format()
			require.NoError(t, err)
			require.Equal(t, tc.want, strings.Join(slices.Sorted(maps.Keys(texts)), " "))
		})
	}
}

func TestListsThatAreMissing(t *testing.T) {
	only := func(name, verbs string) string {
		return "// +genclient:onlyVerbs=" + verbs + "\n" + strings.ReplaceAll(till, "Till", name)
	}
	_, err := clientgen.Files([]*model.Package{api(t, only("Till", "get,deleteCollection"), only("Safe", "get"), only("Desk", "deleteCollection"))}, options)
	require.EqualError(t, err, "types.go:7: Till has deleteCollection, but there is no type TillList; write that type, or leave deleteCollection out of its verbs\n"+
		"types.go:23: Desk has deleteCollection, but there is no type DeskList; write that type, or leave deleteCollection out of its verbs")
}

func TestMethodsThatHideParts(t *testing.T) {
	methods := "// +genclient:method=Resource,verb=get\n// +genclient:method=GetResource,verb=get\n// +genclient:method=Fake,verb=create,subresource=fake\n"
	_, err := clientgen.Files([]*model.Package{api(t, methods+till, list)}, options)
	require.EqualError(t, err, "types.go:5: method Resource would hide a part of the client; write another name\n"+
		"types.go:7: method Fake would hide a part of the client; write another name")
}

// A type can be called as if it were the whole group version. Half of the code would not compile.
func TestNamesThatMeet(t *testing.T) {
	files, err := clientgen.Files([]*model.Package{api(t, strings.ReplaceAll(till+list, "Till", "ShopV1"))}, options)
	require.NoError(t, err)
	_, err = files.Format()
	require.ErrorContains(t, err, "typed/shop/v1/shop_client.go and typed/shop/v1/shopv1.go would both declare ShopV1Interface; write another name")
}

// Go takes x_test.go for a test and x_windows.go for one system's; variables are called err and action; acronyms stay as they are.
func TestNamesThatMeanSomethingElse(t *testing.T) {
	only := func(name string, tags ...string) string {
		tags = append(tags, "onlyVerbs=get,update")
		return "// +genclient:" + strings.Join(tags, "\n// +genclient:") + "\n" + strings.ReplaceAll(till, "Till", name)
	}
	files, err := clientgen.Files([]*model.Package{api(t, only("Test"), only("Windows"), only("PodIP"), only("TestPodIPAM"),
		only("Err", "method=Put,verb=update", "method=Rename,verb=create,subresource=name,input=ErrName"), "type ErrName struct{}\n")}, options)
	require.NoError(t, err)
	texts, err := files.Format()
	require.NoError(t, err)
	for _, path := range []string{"test.go", "windows.go", "fake/fake_test_type.go", "fake/fake_windows_type.go", "fake/fake_podip.go"} {
		require.Contains(t, texts, "typed/shop/v1/"+path)
	}
	for path, want := range map[string]string{
		"podip.go":         "the pod IPs of",
		"testpodipam.go":   "the test pod IPAMs of",
		"err.go":           "Put(ctx context.Context, errObject *shopv1.Err, opts",
		"fake/fake_err.go": "Rename(ctx context.Context, errName string, errNameObject *shopv1.ErrName, opts",
	} {
		require.Contains(t, string(texts["typed/shop/v1/"+path]), want)
	}
}
