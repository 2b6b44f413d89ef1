package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/codegen/cmd/internal/command"
	"client-go-workbook/lib/codegen/cmd/internal/golden"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func clientGen() command.Command { return new(generator).command() }

func TestGolden(t *testing.T) { golden.Generator{Command: clientGen}.Test(t) }

// shopArgs generate the module of testdata/every-tag.txtar.
var shopArgs = []string{"--output-dir", ".", "--output-pkg", "example.test/shop", "-n", "clients", "--input-base", "./apis", "--input", "shop/v1beta1"}

// inShop changes into a copy of that module, where nothing is generated so far.
func inShop(t *testing.T) { golden.Unpack(t, "testdata/every-tag.txtar") }

func read(t *testing.T, path string) string {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func run(args ...string) (out, messages string, err error) {
	var o, m bytes.Buffer
	err = clientGen().Run(context.Background(), args, &o, &m)
	return o.String(), m.String(), err
}

func TestWrongArguments(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string // in the message
	}{
		"nothing at all":           {nil, "no input: name packages, or --input group/version with --input-base"},
		"no output":                {[]string{"./apis/..."}, "no output: --output-dir is the folder for the clientset\n--output-pkg \"\" is no import path: write that of --output-dir"},
		"a folder for a path":      {with("--output-pkg", "./clients"), `--output-pkg "./clients" is no import path`},
		"a path with a slash more": {with("--output-pkg", "example.test/shop/"), `--output-pkg "example.test/shop/" is no import path`},
		"no Go name":               {with("--clientset-name", "client-set"), `--clientset-name "client-set" is no name for a Go package`},
		"a program":                {with("--clientset-name", "main"), `--clientset-name "main" is no name for a Go package that others import`},
		"a file":                   {with("./apis/shop/v1beta1/small.go"), "./apis/shop/v1beta1/small.go is a file; write the folder or import path of its package"},
		"a path with a space":      {with("--output-pkg", "example.test/my shop"), `--output-pkg "example.test/my shop" is no import path`},
		"a Go keyword":             {with("--clientset-name", "type"), `--clientset-name "type" is no name for a Go package`},
		"a relative API path":      {with("--clientset-api-path", "apis"), `--clientset-api-path "apis": write it with a slash at the start`},
		"a slash behind it":        {with("--clientset-api-path", "/apis/"), `--clientset-api-path "/apis/": write it with a slash at the start and none at the end`},
		"no version":               {with("--input", "shop"), `--input "shop": write group/version, as in apps/v1`},
		"no such folder":           {with("--input", "shop/v2"), "apis/shop/v2"},
		"a plural with no type":    {with("--plural-exceptions", "Endpoints"), "write Type:Plural"},
		"no such type":             {with("--included-types-overrides", "shop/v1beta1/Shoe"), "--included-types-overrides shop/v1beta1/Shoe: there is no such type with +genclient"},
		"a type without its group": {with("--included-types-overrides", "Shop"), "write group/version/Type, as in apps/v1/Deployment"},
		"apply configurations":     {with("--apply-configuration-package", "example.test/apply"), "--apply-configuration-package is not supported"},
		"no such header":           {with("--go-header-file", "nowhere.txt"), "nowhere.txt"},
		"no such flag":             {with("--fake-client"), "-fake-client"},
	} {
		t.Run(name, func(t *testing.T) {
			inShop(t)
			out, messages, err := run(c.args...)
			require.Error(t, err)
			require.Contains(t, messages, c.want)
			require.Empty(t, out)
			require.NoFileExists(t, "clients/clientset.go", "nothing is written after an error")
		})
	}
}

// with adds arguments to those that are right; the last of a flag counts.
func with(args ...string) []string { return append(slices.Clone(shopArgs), args...) }

func TestTagsThatCannotBeGenerated(t *testing.T) {
	for name, c := range map[string]struct{ replace, with, want string }{
		"a collection without a list type": {"+genclient:onlyVerbs=create", "+genclient:onlyVerbs=create,deleteCollection", "small.go:7: Till has deleteCollection, but there is no type TillList; write that type, or"},
		"what scan reports":                {"+genclient:onlyVerbs=create", "+genclient:onlyVerbs=crate", "small.go:6: +genclient:onlyVerbs has the unknown verb \"crate\"; write create"},
	} {
		t.Run(name, func(t *testing.T) {
			inShop(t)
			source := strings.Replace(read(t, "apis/shop/v1beta1/small.go"), c.replace, c.with, 1)
			require.NoError(t, os.WriteFile("apis/shop/v1beta1/small.go", []byte(source), 0o644))
			_, messages, err := run(shopArgs...)
			require.Error(t, err)
			require.Contains(t, messages, c.want)
			require.NoFileExists(t, "clients/clientset.go")
		})
	}
}

func TestAnInputWithoutClients(t *testing.T) {
	inShop(t)
	require.NoError(t, os.MkdirAll("apis/empty/v1", 0o755))
	require.NoError(t, os.WriteFile("apis/empty/v1/doc.go", []byte("package v1\n"), 0o644))

	_, messages, err := run(with("--input", "empty/v1")...)
	require.Error(t, err)
	require.Contains(t, messages, "--input empty/v1: no type there has a client; write // +genclient above one, and no +k8s:client-gen=false, or leave the input out")

	out, messages, err := run(with("./apis/...")...)
	require.NoError(t, err, "what a pattern happens to match is passed over: %s", messages)
	require.Contains(t, out, " files written")

	require.NoError(t, os.WriteFile("apis/shop/v1beta1/off.go", []byte("// +k8s:client-gen=false\npackage v1beta1\n"), 0o644))
	_, messages, err = run(shopArgs...)
	require.Error(t, err)
	require.Contains(t, messages, "--input shop/v1beta1: no type there has a client; write // +genclient above one, and no +k8s:client-gen=false")

	_, messages, err = run("--output-dir", ".", "--output-pkg", "example.test/shop", "./apis/empty/...")
	require.Error(t, err)
	require.Contains(t, messages, "no type of ./apis/empty/... has a client")
}

func TestWhatAnEarlierRunLeft(t *testing.T) {
	inShop(t)
	_, messages, err := run(shopArgs...)
	require.NoError(t, err, messages)
	require.FileExists(t, "clients/typed/shop/v1beta1/fake/fake_sale.go")

	fewer := with("--fake-clientset=false", "--included-types-overrides", "shop/v1beta1/Shop,shop/v1beta1/Till")
	out, _, err := run(fewer...)
	require.NoError(t, err)
	require.Contains(t, out, "typed/shop/v1beta1/sale.go no longer belongs: remove it, or have it removed by --prune\n")
	require.FileExists(t, "clients/typed/shop/v1beta1/sale.go")

	out, _, err = run(append(fewer, "--prune")...)
	require.NoError(t, err)
	require.Contains(t, out, "removed typed/shop/v1beta1/fake/fake_sale.go, which no longer belongs\n")
	require.NoFileExists(t, "clients/typed/shop/v1beta1/sale.go")
	require.NoFileExists(t, "clients/fake/clientset_generated.go")
	require.FileExists(t, "clients/typed/shop/v1beta1/fake/fake_shop_expansion.go", "it is hand-written")
	require.NotContains(t, read(t, "clients/typed/shop/v1beta1/shop_client.go"), "Sales()")
}

func TestOnlyTheClientset(t *testing.T) {
	inShop(t)
	_, messages, err := run(shopArgs...)
	require.NoError(t, err, messages)
	require.NoError(t, os.Remove("clients/clientset.go"))
	require.NoError(t, os.Remove("clients/typed/shop/v1beta1/sale.go"))

	out, _, err := run(with("--clientset-only")...)
	require.NoError(t, err)
	require.FileExists(t, "clients/clientset.go")
	require.NoFileExists(t, "clients/typed/shop/v1beta1/sale.go")
	require.NotContains(t, out, "no longer belongs")
}

func TestAHandWrittenPackageCommentStays(t *testing.T) {
	inShop(t)
	const own = "// Package clients is described by hand.\npackage clients\n"
	require.NoError(t, os.WriteFile("clients/doc.go", []byte(own), 0o644))
	_, messages, err := run(shopArgs...)
	require.NoError(t, err, messages)
	require.Equal(t, own, read(t, "clients/doc.go"))
	require.Contains(t, read(t, "clients/scheme/doc.go"), "DO NOT EDIT")
}

// Kubernetes asks for coordination/v1alpha2 before v1. Where nobody asks for an order, the most stable version is first.
func TestOrderOfVersions(t *testing.T) {
	order := func(args ...string) string {
		dir := t.TempDir()
		_, messages, err := run(append([]string{"--output-dir", dir, "--output-pkg", "example.test/x"}, args...)...)
		require.NoError(t, err, messages)
		var all []string
		for line := range strings.Lines(read(t, filepath.Join(dir, "internalclientset/scheme/register.go"))) {
			if name, is := strings.CutSuffix(strings.TrimSpace(line), ".AddToScheme,"); is {
				all = append(all, name)
			}
		}
		return strings.Join(all, " ")
	}
	require.Equal(t, "appsv1 coordinationv1alpha2 coordinationv1beta1 coordinationv1",
		order("--input-base", "k8s.io/api", "--input", "coordination/v1alpha2,coordination/v1beta1,coordination/v1", "--input", "apps/v1"))
	require.Equal(t, "appsv1 coordinationv1 coordinationv1beta1 coordinationv1alpha2",
		order("k8s.io/api/coordination/...", "k8s.io/api/apps/v1"))
}

func TestAllOfKubernetes(t *testing.T) {
	dir := t.TempDir()
	out, messages, err := run("--output-dir", dir, "--output-pkg", "example.test/x", "--plural-exceptions", "Endpoints:Endpoints", "--prefers-protobuf", "k8s.io/api/...")
	require.NoError(t, err, messages)
	groups, err := filepath.Glob(filepath.Join(dir, "internalclientset/typed/*/*/doc.go"))
	require.NoError(t, err)
	fakes, err := filepath.Glob(filepath.Join(dir, "internalclientset/typed/*/*/fake/fake_*.go"))
	require.NoError(t, err)
	require.Len(t, groups, 56)
	require.Len(t, fakes, 163+56, "one a type, and one a group version")
	require.Contains(t, out, ", 0 as they were")
}

func TestHelp(t *testing.T) {
	out, messages, err := run("--help")
	require.NoError(t, err)
	require.Empty(t, out)
	for _, flag := range []string{"--input group/version", "--input-base path", "--output-dir folder", "--clientset-name name", "--prefers-protobuf"} {
		require.Contains(t, messages, flag)
	}
}
