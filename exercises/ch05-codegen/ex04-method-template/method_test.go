package methodtemplate_test

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	methodtemplate "client-go-workbook/exercises/ch05-codegen/ex04-method-template"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	isGo = invariant.Invariant{
		Says: "what the template makes of any method compiles, and is the method that was asked for",
		Read: "README.md, Invariant; lib/codegen/clientgen/templates/method.tmpl",
	}
	path = invariant.Invariant{
		Says: "each part of the path is there if, and only if, the method is about it",
		Read: "README.md, second paragraph; lib/codegen/clientgen/templates/method.tmpl",
	}
	asData = invariant.Invariant{
		Says: "nothing in the method is from elsewhere than its data: neither names nor types",
		Read: "README.md, Invariant; method.go, Method",
	}
)

// deployment is a method of the client for deployments.
func deployment(name, verb, subresource, input, result string) methodtemplate.Method {
	return methodtemplate.Method{
		Struct: "deployments", Type: "appsv1.Deployment", Resource: "deployments", Namespaced: true,
		Name: name, Verb: verb, Subresource: subresource, Input: input, Result: result,
	}
}

// namespace is a method of the client for namespaces, which live in none.
func namespace(name, verb, subresource, input, result string) methodtemplate.Method {
	return methodtemplate.Method{
		Struct: "namespaces", Type: "corev1.Namespace", Resource: "namespaces",
		Name: name, Verb: verb, Subresource: subresource, Input: input, Result: result,
	}
}

// check renders a method, compiles it and calls it. The signature says which method it is to be, the request what it is
// to ask for when it is called with the name web and an object whose name is sent.
func check(t *testing.T, rule invariant.Invariant, m methodtemplate.Method, signature, request string) {
	t.Helper()
	source, err := methodtemplate.Render(m)
	isGo.NoError(t, err, "render %+v", m)
	syntax, err := compile(m.Struct, source, signature)
	if err != nil {
		isGo.Broken(t, invariant.Report{
			Doing: "compile what the template makes of " + m.Name, Expected: "a method\n" + signature, Saw: err.Error() + "\n\n" + source,
		})
	}
	asked, err := newCall(t, m.Verb).of(syntax)
	if err != nil {
		asked = err.Error()
	}
	if asked != request {
		rule.Broken(t, invariant.Report{
			Doing: "call " + m.Name + " in namespace shop, with name web", Expected: request, Saw: asked + "\n\n" + source,
		})
	}
}

const scale = "autoscalingv1.Scale"

func TestGetOfASubresource(t *testing.T) {
	check(t, path, deployment("GetScale", "get", "scale", "", scale),
		"GetScale(context.Context, string, metav1.GetOptions) (*autoscalingv1.Scale, error)",
		"GET /apis/apps/v1/namespaces/shop/deployments/web/scale?resourceVersion=7")
}

func TestGetOfTheObject(t *testing.T) {
	check(t, path, deployment("Read", "get", "", "", ""),
		"Read(context.Context, string, metav1.GetOptions) (*appsv1.Deployment, error)",
		"GET /apis/apps/v1/namespaces/shop/deployments/web?resourceVersion=7")
}

func TestUpdateOfASubresource(t *testing.T) {
	check(t, path, deployment("UpdateScale", "update", "scale", scale, scale),
		"UpdateScale(context.Context, string, *autoscalingv1.Scale, metav1.UpdateOptions) (*autoscalingv1.Scale, error)",
		"PUT /apis/apps/v1/namespaces/shop/deployments/web/scale?dryRun=All with sent")
}

func TestUpdateOfTheObject(t *testing.T) {
	check(t, path, deployment("Replace", "update", "", "", ""),
		"Replace(context.Context, *appsv1.Deployment, metav1.UpdateOptions) (*appsv1.Deployment, error)",
		"PUT /apis/apps/v1/namespaces/shop/deployments/sent?dryRun=All with sent")
}

func TestCreateOfASubresource(t *testing.T) {
	check(t, path, deployment("CreateToken", "create", "token", "authenticationv1.TokenRequest", "authenticationv1.TokenRequest"),
		"CreateToken(context.Context, string, *authenticationv1.TokenRequest, metav1.CreateOptions) (*authenticationv1.TokenRequest, error)",
		"POST /apis/apps/v1/namespaces/shop/deployments/web/token?dryRun=All with sent")
}

func TestCreateAmongTheObjects(t *testing.T) {
	check(t, path, deployment("Ask", "create", "", scale, ""),
		"Ask(context.Context, *autoscalingv1.Scale, metav1.CreateOptions) (*appsv1.Deployment, error)",
		"POST /apis/apps/v1/namespaces/shop/deployments?dryRun=All with sent")
}

func TestOutsideNamespaces(t *testing.T) {
	check(t, path, namespace("Finalize", "update", "finalize", "", ""),
		"Finalize(context.Context, string, *corev1.Namespace, metav1.UpdateOptions) (*corev1.Namespace, error)",
		"PUT /apis/apps/v1/namespaces/web/finalize?dryRun=All with sent")
	check(t, path, namespace("GetScale", "get", "scale", "", scale),
		"GetScale(context.Context, string, metav1.GetOptions) (*autoscalingv1.Scale, error)",
		"GET /apis/apps/v1/namespaces/web/scale?resourceVersion=7")
	check(t, path, namespace("Make", "create", "", "", ""),
		"Make(context.Context, *corev1.Namespace, metav1.CreateOptions) (*corev1.Namespace, error)",
		"POST /apis/apps/v1/namespaces?dryRun=All with sent")
}

func TestInputAndResultAreChosenApart(t *testing.T) {
	check(t, asData, deployment("Resize", "update", "scale", scale, ""),
		"Resize(context.Context, string, *autoscalingv1.Scale, metav1.UpdateOptions) (*appsv1.Deployment, error)",
		"PUT /apis/apps/v1/namespaces/shop/deployments/web/scale?dryRun=All with sent")
	check(t, asData, deployment("Measure", "create", "scale", "", scale),
		"Measure(context.Context, string, *appsv1.Deployment, metav1.CreateOptions) (*autoscalingv1.Scale, error)",
		"POST /apis/apps/v1/namespaces/shop/deployments/web/scale?dryRun=All with sent")
}

// The resource of a client need not be named as its struct is, nor a subresource as the method.
func TestNamesAreTheData(t *testing.T) {
	m := deployment("Grow", "update", "size", "corev1.Pod", scale)
	m.Struct, m.Resource = "sites", "web-sites"
	check(t, asData, m,
		"Grow(context.Context, string, *corev1.Pod, metav1.UpdateOptions) (*autoscalingv1.Scale, error)",
		"PUT /apis/apps/v1/namespaces/shop/web-sites/web/size?dryRun=All with sent")
}

func TestEveryCombinationCompiles(t *testing.T) {
	for _, verb := range []string{"create", "update", "get"} {
		for _, subresource := range []string{"", "scale"} {
			for _, namespaced := range []bool{true, false} {
				m := deployment("Do", verb, subresource, "", scale)
				m.Namespaced = namespaced
				source, err := methodtemplate.Render(m)
				isGo.NoError(t, err, "render %+v", m)
				if _, err := compile(m.Struct, source, ""); err != nil {
					isGo.Broken(t, invariant.Report{Doing: fmt.Sprintf("compile what the template makes of %+v", m), Expected: "a method", Saw: err.Error() + "\n\n" + source})
				}
			}
		}
	}
}
