package kubernetes_test

import (
	"context"
	"iter"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
)

// typeClient is one type's client as reflection finds it: what CoreV1().Pods("shop") returns.
type typeClient struct {
	name       string        // "Pods"
	value      reflect.Value // a PodInterface: it has the methods that are declared, not all of the client's
	namespaced bool
	kind       schema.GroupVersionKind // of what Get returns
}

// typeClients finds the clients of all types that can be created, by walking the clientset's interface.
func typeClients(t *testing.T, cs kubernetes.Interface) []typeClient {
	t.Helper()
	var found []typeClient
	for groupName, group := range methods(reflect.ValueOf(&cs).Elem()) {
		if groupName == "Discovery" {
			continue
		}
		for name, getter := range methods(group.Call(nil)[0]) {
			if name == "RESTClient" {
				continue
			}
			c := typeClient{name: name}
			var args []reflect.Value
			if c.namespaced = getter.Type().NumIn() == 1; c.namespaced {
				args = append(args, reflect.ValueOf("shop"))
			}
			c.value = getter.Call(args)[0]
			if c.has("Create") { // all but those with +genclient:noVerbs
				c.kind = kindOf(t, c.value.MethodByName("Create").Type().Out(0))
				found = append(found, c)
			}
		}
	}
	return found
}

// methods is the methods that v's interface declares.
func methods(v reflect.Value) iter.Seq2[string, reflect.Value] {
	return func(yield func(string, reflect.Value) bool) {
		for i := range v.NumMethod() {
			if !yield(v.Type().Method(i).Name, v.Method(i)) {
				return
			}
		}
	}
}

func kindOf(t *testing.T, pointer reflect.Type) schema.GroupVersionKind {
	t.Helper()
	kinds, _, err := scheme.Scheme.ObjectKinds(reflect.New(pointer.Elem()).Interface().(runtime.Object))
	require.NoError(t, err)
	return kinds[0]
}

// call passes zero values for what args doesn't give, and returns the method's error.
func (c typeClient) call(ctx context.Context, method string, args ...any) error {
	m := c.value.MethodByName(method)
	in := []reflect.Value{reflect.ValueOf(ctx)}
	for _, arg := range args {
		in = append(in, reflect.ValueOf(arg))
	}
	required := m.Type().NumIn()
	if m.Type().IsVariadic() {
		required--
	}
	for i := len(in); i < required; i++ {
		in = append(in, reflect.Zero(m.Type().In(i)))
	}
	out := m.Call(in)
	err, _ := out[len(out)-1].Interface().(error)
	return err
}

func (c typeClient) has(method string) bool { return c.value.MethodByName(method).IsValid() }

func (c typeClient) object(name string) runtime.Object {
	object, err := scheme.Scheme.New(c.kind)
	if err != nil {
		panic(err)
	}
	object.(metav1.Object).SetName(name)
	return object
}

// collection is the path that the type's kind and the rules for plurals lead to, not the client's own idea of it.
func (c typeClient) collection() string {
	plural, _ := meta.UnsafeGuessKindToResource(c.kind)
	path := "/apis/" + c.kind.Group + "/" + c.kind.Version + "/"
	if c.kind.Group == "" {
		path = "/api/" + c.kind.Version + "/"
	}
	if c.namespaced {
		path += "namespaces/shop/"
	}
	return path + plural.Resource
}

// These files differ in names only, and a wrong name compiles. So each type's client is called, and what it sends
// is held against what the type itself says. Which methods there are is up to the tags in k8s.io/api.
func TestEveryTypesClientSpeaksOfItsType(t *testing.T) {
	const protobuf = "application/vnd.kubernetes.protobuf"
	server := apitest.Start(t, apitest.Config{})
	server.Inject(apitest.Fault{Times: apitest.Always, Do: apitest.HTML(http.StatusNotFound)})
	clients := typeClients(t, newClientset(t, server))
	require.Equal(t, 160, len(clients), "the walk has lost some") // and three types have no verbs

	for _, c := range clients {
		t.Run(c.kind.GroupVersion().String()+" "+c.name, func(t *testing.T) {
			one, all := c.collection()+"/x", c.collection()
			for _, call := range []struct {
				method string
				args   []any
				sent   string
				kind   string // of the body
			}{
				{"Get", []any{"x"}, "GET " + one, ""},
				{"List", nil, "GET " + all, ""},
				{"Watch", nil, "GET " + all + "?watch=true", ""},
				{"Create", []any{c.object("x")}, "POST " + all, c.kind.Kind},
				{"Update", []any{c.object("x")}, "PUT " + one, c.kind.Kind},
				{"UpdateStatus", []any{c.object("x")}, "PUT " + one + "/status", c.kind.Kind},
				{"Delete", []any{"x"}, "DELETE " + one, "DeleteOptions"},
				{"DeleteCollection", nil, "DELETE " + all, "DeleteOptions"},
				{"Patch", []any{"x", types.MergePatchType, []byte("{}")}, "PATCH " + one, ""},
			} {
				if !c.has(call.method) {
					continue
				}
				require.True(t, apierrors.IsNotFound(c.call(t.Context(), call.method, call.args...)))
				sent := last(server)
				require.Equal(t, call.sent, sent.Method+" "+sent.URL.RequestURI())
				require.True(t, strings.HasPrefix(sent.Header.Get("Accept"), protobuf), sent.Header.Get("Accept"))
				if call.kind == "" {
					continue
				}
				require.Equal(t, protobuf, sent.Header.Get("Content-Type"))
				_, gvk, err := scheme.Codecs.UniversalDeserializer().Decode(sent.Payload, nil, nil)
				require.NoError(t, err)
				require.Equal(t, call.kind, gvk.Kind)
			}
		})
	}
}

// A type's Get and List return its own type and list, and only a type with a status to write has UpdateStatus.
func TestEveryTypesMethodsFitTheType(t *testing.T) {
	for _, c := range typeClients(t, newClientset(t, apitest.Start(t, apitest.Config{}))) {
		t.Run(c.kind.GroupVersion().String()+" "+c.name, func(t *testing.T) {
			if c.has("Get") {
				require.Equal(t, c.kind, kindOf(t, c.value.MethodByName("Get").Type().Out(0)))
			}
			if c.has("List") {
				list := kindOf(t, c.value.MethodByName("List").Type().Out(0))
				require.Equal(t, c.kind.GroupVersion().WithKind(c.kind.Kind+"List"), list)
			}
			if c.has("UpdateStatus") {
				_, hasStatus := reflect.TypeOf(c.object("x")).Elem().FieldByName("Status")
				require.True(t, hasStatus)
			}
		})
	}
}
