package methodtemplate_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// world is what generated code can import: of each package just the part that a method needs, by the name in the code.
// It compiles in a millisecond, which the real packages don't.
var world = []struct{ name, source string }{
	{"context", `type Context interface{ Done() <-chan struct{} }`},
	{"metav1", `type (
		ObjectMeta    struct{ Name, Namespace string }
		CreateOptions struct{ DryRun []string }
		UpdateOptions struct{ DryRun []string }
		GetOptions    struct{ ResourceVersion string }
		Options       interface{ *CreateOptions | *UpdateOptions | *GetOptions }
	)`},
	{"appsv1", `import "metav1"; type Deployment struct { metav1.ObjectMeta; Spec struct{} }`},
	{"autoscalingv1", `import "metav1"; type Scale struct { metav1.ObjectMeta; Spec struct{} }`},
	{"corev1", `import "metav1"; type (Pod struct { metav1.ObjectMeta }; Namespace struct { metav1.ObjectMeta }; ServiceAccount struct { metav1.ObjectMeta })`},
	{"authenticationv1", `import "metav1"; type TokenRequest struct { metav1.ObjectMeta }`},
	{"scheme", `type Codec struct{}; var ParameterCodec Codec`},
	{"rest", `import ("context"; "scheme")
		type Interface interface { Post() *Request; Put() *Request; Get() *Request; Delete() *Request }
		type Request struct{}
		func (r *Request) Namespace(namespace string) *Request { return r }
		func (r *Request) Resource(resource string) *Request { return r }
		func (r *Request) Name(name string) *Request { return r }
		func (r *Request) SubResource(subresources ...string) *Request { return r }
		func (r *Request) VersionedParams(options any, codec scheme.Codec) *Request { return r }
		func (r *Request) Body(body any) *Request { return r }
		func (r *Request) Do(ctx context.Context) Result { return Result{} }
		type Result struct{}
		func (r Result) Into(object any) error { return nil }
		func (r Result) Error() error { return nil }`},
}

type packages map[string]*types.Package

func (p packages) Import(path string) (*types.Package, error) {
	if p[path] == nil {
		return nil, fmt.Errorf("there is no package %s", path)
	}
	return p[path], nil
}

// compile type-checks a method, and that it is the one that the signature says. It returns the method's syntax.
func compile(client, method, signature string) (*ast.FuncDecl, error) {
	known := packages{}
	for _, p := range world {
		checked, _, err := typeCheck(known, p.name, "package "+p.name+"; "+p.source)
		if err != nil {
			return nil, fmt.Errorf("the test's own package: %w", err)
		}
		known[p.name] = checked
	}
	var source strings.Builder
	source.WriteString("package v1; import (")
	for _, p := range world {
		fmt.Fprintf(&source, "%q; ", p.name)
	}
	fmt.Fprintf(&source, "); type %[1]s struct{}; func (c *%[1]s) GetClient() rest.Interface { return nil }; ", client)
	fmt.Fprintf(&source, "func (c *%s) GetNamespace() string { return \"\" }; var _ interface { %s } = (*%s)(nil)\n//line method.go:1\n%s\n", client, signature, client, method)
	_, file, err := typeCheck(known, "v1", source.String())
	if err != nil {
		return nil, err
	}
	last, ok := file.Decls[len(file.Decls)-1].(*ast.FuncDecl)
	if !ok {
		return nil, errors.New("the source ends with something that is no method")
	}
	return last, nil
}

// typeCheck reports all errors but imports that aren't used: those of a method are the test's.
func typeCheck(known packages, name, source string) (*types.Package, *ast.File, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "signature", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	var wrong []error
	config := types.Config{Importer: known, Error: func(err error) {
		if !strings.Contains(err.Error(), "imported and not used") {
			wrong = append(wrong, err)
		}
	}}
	checked, _ := config.Check(name, fset, []*ast.File{file}, nil)
	return checked, file, errors.Join(wrong...)
}
