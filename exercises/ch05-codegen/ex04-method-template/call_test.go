package methodtemplate_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	"client-go-workbook/lib/rest"
)

// call does what Go would do with the one expression of a method that matters, c.GetClient()….Do(ctx): on a real client of
// apps/v1, in namespace shop, whose requests reach nobody.
type call struct {
	client *rest.RESTClient
	values map[string]any // what parameters and packages hold
	asked  string         // the request, in a line
}

// newCall prepares a call with arguments for the parameters that a method can have.
func newCall(t *testing.T, verb string) *call {
	t.Helper()
	known := runtime.NewScheme()
	metav1.AddToGroupVersion(known, schema.GroupVersion{Version: "v1"})
	for _, add := range []func(*runtime.Scheme) error{appsv1.AddToScheme, autoscalingv1.AddToScheme} {
		if err := add(known); err != nil {
			t.Fatal(err)
		}
	}
	c := &call{values: map[string]any{
		"ctx": t.Context(), "name": "web", "scheme.ParameterCodec": runtime.NewParameterCodec(known),
		"body": &autoscalingv1.Scale{ObjectMeta: metav1.ObjectMeta{Name: "sent"}},
		"opts": map[string]any{
			"create": &metav1.CreateOptions{DryRun: []string{"All"}},
			"update": &metav1.UpdateOptions{DryRun: []string{"All"}},
			"get":    &metav1.GetOptions{ResourceVersion: "7"},
		}[verb],
	}}
	client, err := rest.RESTClientFor(&rest.Config{
		Host: "http://127.0.0.1:1", APIPath: "/apis", Transport: c, QPS: -1,
		ContentConfig: rest.ContentConfig{
			GroupVersion: &appsv1.SchemeGroupVersion, NegotiatedSerializer: serializer.NewCodecFactory(known).WithoutConversion(),
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.client = client
	return c
}

// RoundTrip notes a request, and answers with nothing.
func (c *call) RoundTrip(r *http.Request) (*http.Response, error) {
	c.asked = r.Method + " " + r.URL.RequestURI()
	var body struct{ Metadata struct{ Name string } }
	if r.Body != nil && json.NewDecoder(r.Body).Decode(&body) == nil {
		c.asked += " with " + body.Metadata.Name
	}
	answer := io.NopCloser(strings.NewReader("{}"))
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: answer}, nil
}

// of makes the request of a method, and returns it in a line.
func (c *call) of(method *ast.FuncDecl) (string, error) {
	into, err := findInto(method)
	if err != nil {
		return "", err
	}
	result, err := c.eval(into.Fun.(*ast.SelectorExpr).X)
	if err != nil {
		return "", err
	}
	answer, ok := result.Interface().(rest.Result)
	if !ok {
		return "", fmt.Errorf("Into is called on a %s: there is no Do(ctx) before it", result.Type())
	}
	if c.asked == "" {
		return "", fmt.Errorf("no request is made: %w", answer.Error())
	}
	return c.asked, nil
}

// findInto returns the call with which a request ends. What it decodes into must be what the method returns, and so must its
// error.
func findInto(method *ast.FuncDecl) (*ast.CallExpr, error) {
	var into *ast.CallExpr
	var returned ast.Expr
	fails := false
	ast.Inspect(method.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Into" && len(n.Args) == 1 {
				into = n
			}
		case *ast.ReturnStmt:
			if len(n.Results) > 0 {
				returned = n.Results[0]
			}
			fails = fails || len(n.Results) != 2 || fmt.Sprint(n.Results[1]) != "nil"
		}
		return true
	})
	if into == nil {
		return nil, fmt.Errorf("the method has no Into(result)")
	}
	if !fails {
		return nil, fmt.Errorf("whatever the server says, the method returns no error")
	}
	decoded, isName := into.Args[0].(*ast.Ident)
	if name, ok := returned.(*ast.Ident); ok && isName && name.Name != decoded.Name {
		return nil, fmt.Errorf("Into fills %s, and the method returns %s", decoded.Name, name.Name)
	}
	return into, nil
}

// eval knows the kinds of expressions that a request is made of.
func (c *call) eval(e ast.Expr) (reflect.Value, error) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return reflect.ValueOf(text), err
	case *ast.Ident:
		return c.value(e.Name)
	case *ast.UnaryExpr: // &opts, and values has a pointer
		return c.eval(e.X)
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok && x.Name == "body" {
			body, err := c.value("body")
			if err != nil {
				return body, err
			}
			return body.Elem().FieldByName(e.Sel.Name), nil
		}
		return c.value(fmt.Sprint(e.X, ".", e.Sel.Name))
	case *ast.CallExpr:
		return c.call(e)
	}
	return reflect.Value{}, fmt.Errorf("the test can't follow a %T: write the request as one expression, from c.GetClient() to Into(result)", e)
}

func (c *call) value(name string) (reflect.Value, error) {
	value, ok := c.values[name]
	if !ok {
		return reflect.Value{}, fmt.Errorf("the test can't follow %s: write the request as one expression, from c.GetClient() to Into(result)", name)
	}
	return reflect.ValueOf(value), nil
}

func (c *call) call(e *ast.CallExpr) (reflect.Value, error) {
	fun, ok := e.Fun.(*ast.SelectorExpr)
	if !ok {
		return reflect.Value{}, fmt.Errorf("the test can't follow a call of %s", e.Fun)
	}
	if x, ok := fun.X.(*ast.Ident); ok && x.Name == "c" {
		return map[string]reflect.Value{"GetClient": reflect.ValueOf(c.client), "GetNamespace": reflect.ValueOf("shop")}[fun.Sel.Name], nil
	}
	on, err := c.eval(fun.X)
	if err != nil {
		return on, err
	}
	var args []reflect.Value
	for _, arg := range e.Args {
		value, err := c.eval(arg)
		if err != nil {
			return value, err
		}
		args = append(args, value)
	}
	return on.MethodByName(fun.Sel.Name).Call(args)[0], nil
}
