package scan_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/codegen/scan"
)

const (
	path = "example.test/apis/shop/v1"

	typeMeta   = "\tmetav1.TypeMeta `json:\",inline\"`\n"
	objectMeta = "\tmetav1.ObjectMeta `json:\"metadata,omitempty\"`\n"
	listMeta   = "\tmetav1.ListMeta `json:\"metadata,omitempty\"`\n"
	object     = "struct {\n" + typeMeta + objectMeta + "\tStatus int\n}\n"
	noStatus   = "struct {\n" + typeMeta + objectMeta + "}\n"
	list       = "struct {\n" + typeMeta + listMeta + "\tItems []Widget\n}\n"
)

// one is a file whose line 5 is the first of the tags, followed by type Widget and whatever else.
func one(tags string, widget string, more ...string) map[string][]byte {
	return map[string][]byte{"types.go": []byte("package v1\n\nimport metav1 \"k8s.io/apimachinery/pkg/apis/meta/v1\"\n\n" +
		tags + "\ntype Widget " + widget + "\n" + strings.Join(more, "\n"))}
}

// tagged has the tags on an object that has all it needs.
func tagged(tags ...string) map[string][]byte {
	return one("// "+strings.Join(tags, "\n// "), object, "type WidgetList "+list)
}

func TestErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		files map[string][]byte
		want  string // all of the error
	}{
		// Tags of the client.
		"unknown tag": {
			tagged("+genclient", "+genclient:nonamespaced"),
			"types.go:6: unknown tag +genclient:nonamespaced; write +genclient:nonNamespaced",
		},
		"unknown tag like nothing we know": {
			tagged("+genclient", "+genclient:frobnicate"),
			"types.go:6: unknown tag +genclient:frobnicate; write +genclient, +genclient:nonNamespaced, +genclient:noStatus, +genclient:noVerbs, +genclient:readonly, +genclient:onlyVerbs, +genclient:skipVerbs or +genclient:method",
		},
		"unknown tag, and no +genclient": {
			tagged("+genclients"),
			"types.go:5: unknown tag +genclients; write +genclient",
		},
		"genclient=true": {
			tagged("+genclient=true"),
			`types.go:5: +genclient takes no value, and this one has "=true"; write +genclient`,
		},
		"genclient=false": {
			tagged("+genclient=false"),
			`types.go:5: +genclient takes no value, and this one has "=false"; write nothing: without the tag, it is as if it were false`,
		},
		"a value where none belongs": {
			tagged("+genclient", "+genclient:nonNamespaced=false"),
			`types.go:6: +genclient:nonNamespaced takes no value, and this one has "=false"; write nothing: without the tag, it is as if it were false`,
		},
		"words behind a tag": {
			tagged("+genclient", "+genclient:noStatus until v2"),
			`types.go:6: +genclient:noStatus takes no value, and this one has "until v2"; write +genclient:noStatus`,
		},
		"words behind a tag, with a value": {
			tagged("+genclient", "+genclient:noStatus until=v2"),
			`types.go:6: +genclient:noStatus takes no value, and this one has "until=v2"; write +genclient:noStatus`,
		},
		"words before a value": {
			tagged("+genclient", "+genclient:onlyVerbs these=get", "+genclient:method GetScale,verb=get", "+resourceName is=widgets"),
			`types.go:6: +genclient:onlyVerbs has "these" before its value; write the value right behind +genclient:onlyVerbs=` + "\n" +
				`types.go:7: +genclient:method has "GetScale,verb" before its value; write the value right behind +genclient:method=` + "\n" +
				`types.go:8: +resourceName has "is" before its value; write the value right behind +resourceName=`,
		},
		"old form nonNamespaced": {
			tagged("+genclient", "+nonNamespaced=true"),
			"types.go:6: +nonNamespaced=true is the old form; write +genclient:nonNamespaced",
		},
		"old form readonly": {
			tagged("+genclient", "+readonly=true"),
			"types.go:6: +readonly=true is the old form; write +genclient:readonly",
		},
		"old form noMethods": {
			tagged("+genclient", "+noMethods=true"),
			"types.go:6: +noMethods=true is the old form; write +genclient:noVerbs",
		},
		"old form genclientstatus": {
			tagged("+genclient", "+genclientstatus=false"),
			"types.go:6: +genclientstatus=false is the old form; write +genclient:noStatus",
		},
		"old form of a no": {
			tagged("+genclient", "+nonNamespaced=false", "+genclientstatus=true"),
			"types.go:6: +nonNamespaced=false is the old form; write nothing: without the tag, it is as if it were false\n" +
				"types.go:7: +genclientstatus=true is the old form; write nothing: without the tag, it is as if it were false",
		},
		"old form with a new tag above": {
			tagged("+genclient:noStatus", "+genclient=true"),
			`types.go:6: +genclient takes no value, and this one has "=true"; write +genclient`,
		},
		"a tag that stands twice": {
			tagged("+genclient", "+genclient:onlyVerbs=get", "+genclient:onlyVerbs=list"),
			"types.go:7: +genclient:onlyVerbs stands here a second time; write it once",
		},
		"a resource name that stands twice": {
			tagged("+genclient", "+resourceName=widgets", "+resourceName=gadgets"),
			"types.go:7: +resourceName stands here a second time; write it once",
		},
		"without genclient": {
			tagged("+genclient:nonNamespaced"),
			"types.go:5: +genclient:nonNamespaced without +genclient; write // +genclient in the line above",
		},
		"resource name without a value": {
			tagged("+genclient", "+resourceName="),
			"types.go:6: +resourceName has no value; write +resourceName=widgets, or the like",
		},
		"resource name for no URL": {
			tagged("+genclient", "+resourceName=My Widgets"),
			"types.go:6: +resourceName=My Widgets cannot stand in a URL; write lower-case letters and digits, such as +resourceName=widgets",
		},

		// Verbs.
		"verbs without a value": {
			tagged("+genclient", "+genclient:onlyVerbs", "+genclient:skipVerbs="),
			"types.go:6: +genclient:onlyVerbs has no value; write +genclient:onlyVerbs=get,list,watch, or the like\n" +
				"types.go:7: +genclient:skipVerbs has no value; write +genclient:skipVerbs=delete,deleteCollection, or the like",
		},
		"unknown verb": {
			tagged("+genclient", "+genclient:skipVerbs=get,UPDATESTATUS,gte"),
			`types.go:6: +genclient:skipVerbs has the unknown verb "UPDATESTATUS"; write updateStatus` + "\n" +
				`types.go:6: +genclient:skipVerbs has the unknown verb "gte"; write get`,
		},
		"unknown verb like nothing we know": {
			tagged("+genclient", "+genclient:onlyVerbs=frobnicate"),
			`types.go:6: +genclient:onlyVerbs has the unknown verb "frobnicate"; write create, update, updateStatus, delete, deleteCollection, get, list, watch, patch, apply or applyStatus`,
		},
		"an empty verb": {
			tagged("+genclient", "+genclient:onlyVerbs=get,"),
			`types.go:6: +genclient:onlyVerbs has an empty verb; write the verbs with one comma between two`,
		},
		"onlyVerbs and skipVerbs": {
			tagged("+genclient", "+genclient:onlyVerbs=get", "+genclient:skipVerbs=list"),
			"types.go:7: +genclient:skipVerbs contradicts +genclient:onlyVerbs; write one of them",
		},
		"readonly and skipVerbs": {
			tagged("+genclient", "+genclient:skipVerbs=list", "+genclient:readonly"),
			"types.go:6: +genclient:skipVerbs contradicts +genclient:readonly; write one of them",
		},
		"noVerbs and any": {
			tagged("+genclient", "+genclient:noVerbs", "+genclient:onlyVerbs=get"),
			"types.go:7: +genclient:onlyVerbs contradicts +genclient:noVerbs; write one of them",
		},
		"noVerbs and skipVerbs": {
			tagged("+genclient", "+genclient:noVerbs", "+genclient:skipVerbs=get"),
			"types.go:7: +genclient:skipVerbs contradicts +genclient:noVerbs; write one of them",
		},
		"noVerbs and readonly": {
			tagged("+genclient", "+genclient:noVerbs", "+genclient:readonly"),
			"types.go:7: +genclient:readonly contradicts +genclient:noVerbs; write one of them",
		},
		"updateStatus without a status": {
			one("// +genclient\n// +genclient:onlyVerbs=updateStatus", noStatus),
			"types.go:6: +genclient:onlyVerbs wants updateStatus, but Widget has no status; write a field Status (and no +genclient:noStatus), or the tag without updateStatus",
		},
		"updateStatus denied": {
			tagged("+genclient", "+genclient:noStatus", "+genclient:onlyVerbs=get,updateStatus"),
			"types.go:7: +genclient:onlyVerbs wants updateStatus, but Widget has no status; write a field Status (and no +genclient:noStatus), or the tag without updateStatus",
		},

		// Methods.
		"method without a value": {
			tagged("+genclient", "+genclient:method"),
			"types.go:6: +genclient:method has no value; write +genclient:method=GetScale,verb=get,subresource=scale, or the like",
		},
		"method without a name": {
			tagged("+genclient", "+genclient:method=verb=get", "+genclient:method=,verb=get"),
			"types.go:6: +genclient:method has no name for the method; write +genclient:method=GetScale,verb=get, or the like\n" +
				"types.go:7: +genclient:method has no name for the method; write +genclient:method=GetScale,verb=get, or the like",
		},
		"method with a name of its own": {
			tagged("+genclient", "+genclient:method=getScale,verb=get", "+genclient:method=Get-Scale,verb=get"),
			`types.go:6: "getScale" is no name for a method that others call; write a Go name that begins with a capital letter, such as GetScale` + "\n" +
				`types.go:7: "Get-Scale" is no name for a method that others call; write a Go name that begins with a capital letter, such as GetScale`,
		},
		"method without a verb": {
			tagged("+genclient", "+genclient:method=GetScale"),
			"types.go:6: method GetScale has no verb; write +genclient:method=GetScale,verb=get, or another of create, update, get, list, patch, apply",
		},
		"method with an unknown verb": {
			tagged("+genclient", "+genclient:method=GetScale,verb=gets"),
			`types.go:6: method GetScale has the unknown verb "gets"; write verb=get`,
		},
		"method with a verb for no method": {
			tagged("+genclient", "+genclient:method=A,verb=watch", "+genclient:method=B,verb=delete", "+genclient:method=C,verb=deleteCollection",
				"+genclient:method=D,verb=updateStatus", "+genclient:method=E,verb=applyStatus"),
			"types.go:6: no method can have the verb watch, as A has; write one of create, update, get, list, patch, apply\n" +
				"types.go:7: no method can have the verb delete, as B has; write one of create, update, get, list, patch, apply\n" +
				"types.go:8: no method can have the verb deleteCollection, as C has; write one of create, update, get, list, patch, apply\n" +
				"types.go:9: no method can have the verb updateStatus, as D has; write one of create, update, get, list, patch, apply\n" +
				"types.go:10: no method can have the verb applyStatus, as E has; write one of create, update, get, list, patch, apply",
		},
		"method that is there already": {
			tagged("+genclient", "+genclient:method=UpdateStatus,verb=update,subresource=status"),
			"types.go:6: method UpdateStatus is there already, from the verb updateStatus; write another name, or +genclient:skipVerbs=updateStatus",
		},
		"method that stands twice": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get", "+genclient:method=GetScale,verb=list"),
			"types.go:7: method GetScale stands here a second time; write another name",
		},
		"unknown setting": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get,subresources=scale", "+genclient:method=List2,verb=list,x"),
			`types.go:6: method GetScale has the unknown setting "subresources"; write subresource` + "\n" +
				`types.go:7: method List2 has the unknown setting "x"; write verb, subresource, input or result`,
		},
		"setting without a value": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get,subresource="),
			"types.go:6: setting subresource of method GetScale has no value; write subresource=…, or leave it out",
		},
		"setting that stands twice": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get,verb=list"),
			"types.go:6: method GetScale has verb twice; write it once",
		},
		"subresource for no URL": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get,subresource=my scale"),
			`types.go:6: subresource "my scale" of method GetScale cannot stand in a URL; write letters and digits, such as subresource=scale`,
		},
		"input for a get": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get,input=Widget"),
			"types.go:6: method GetScale has an input, and a get sends none; write it without input=Widget, or verb=create or update",
		},
		"input of no exported type": {
			tagged("+genclient", "+genclient:method=Scale,verb=update,input=scale,result=k8s.io/api/v1."),
			"types.go:6: input=scale of method Scale is no exported type; write input=Scale or input=k8s.io/api/autoscaling/v1.Scale, or the like\n" +
				"types.go:6: result=k8s.io/api/v1. of method Scale is no exported type; write result=Scale or result=k8s.io/api/autoscaling/v1.Scale, or the like",
		},
		"result of no type here": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get,result=Scale"),
			"types.go:6: result=Scale of method GetScale is no exported type of this package; write result=<import path>.Scale, or declare it here",
		},
		"result of a package's name, which the file imports": {
			tagged("+genclient", "+genclient:method=GetStatus,verb=get,result=metav1.Status"),
			"types.go:6: result=metav1.Status of method GetStatus is no exported type: metav1 is no import path; write result=k8s.io/apimachinery/pkg/apis/meta/v1.Status",
		},
		"result of a package's name, which the file imports by its path": {
			with(tagged("+genclient"), "more.go", "package v1\n\nimport \"k8s.io/api/autoscaling/v2\"\n\nvar _ = v2.Foo\n\n"+
				"// +genclient\n// +genclient:noVerbs\n// +genclient:method=GetScale,verb=get,result=v2.Scale\ntype Gadget struct{ v2.Base }\n"),
			"more.go:9: result=v2.Scale of method GetScale is no exported type: v2 is no import path; write result=k8s.io/api/autoscaling/v2.Scale",
		},
		"result of a package's name": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get,result=v1.Scale"),
			"types.go:6: result=v1.Scale of method GetScale is no exported type: v1 is no import path; write result=<import path>.Scale",
		},
		"result of a relative path": {
			tagged("+genclient", "+genclient:method=GetScale,verb=get,result=../autoscaling/v1.Scale"),
			"types.go:6: result=../autoscaling/v1.Scale of method GetScale is no exported type: ../autoscaling/v1 is no import path; write result=<import path>.Scale",
		},
		"a method that lists what has no list": {
			tagged("+genclient", "+genclient:method=ListParts,verb=list,subresource=parts,result=Widget", "+genclient:method=ListLists,verb=list,result=WidgetList"),
			"types.go:7: WidgetList can be listed, but there is no type WidgetListList; write type WidgetListList struct with metav1.TypeMeta, metav1.ListMeta and Items []WidgetList, or no such method",
		},

		// Types.
		"no struct": {
			one("// +optional\n// +genclient", "map[string]string"),
			"types.go:6: Widget is no struct; write type Widget struct, or leave the tag out",
		},
		"an alias": {
			one("// +genclient", "= struct{}"),
			"types.go:5: Widget is an alias; write +genclient above the struct that it stands for",
		},
		"a generic type": {
			one("// +genclient", "[T any] struct { Spec T }"),
			"types.go:5: Widget is generic, and an API cannot be; write a type without type parameters, and +genclient above that",
		},
		"a type that is not exported": {
			one("", object, "// +genclient\ntype gadget "+object),
			"types.go:12: gadget is not exported; write type Gadget struct",
		},
		"a type that is no kind": {
			one("", object, "// +genclient\n// +genclient:noVerbs\ntype Widget_windows "+object+"// +genclient\n// +genclient:noVerbs\ntype Äpfel "+object),
			"types.go:14: Widget_windows cannot be a kind; write a name of the letters A to Z, a to z and digits\n" +
				"types.go:21: Äpfel cannot be a kind; write a name of the letters A to Z, a to z and digits",
		},
		"a //line comment, which says where something else was": {
			one("//line widget.y:100\n// +genclient\n// +genclient:skipVerbs=list", "struct {\n"+typeMeta+"}"),
			"types.go:8: Widget has no ObjectMeta; write metav1.ObjectMeta `json:\"metadata,omitempty\"` in it",
		},
		"no ObjectMeta": {
			one("// +genclient\n// +genclient:skipVerbs=list", "struct {\n"+typeMeta+"}"),
			"types.go:7: Widget has no ObjectMeta; write metav1.ObjectMeta `json:\"metadata,omitempty\"` in it",
		},
		"ObjectMeta that is not embedded": {
			one("// +genclient\n// +genclient:skipVerbs=list", "struct {\n"+typeMeta+"\tObjectMeta metav1.ObjectMeta\n}"),
			"types.go:7: Widget has no ObjectMeta; write metav1.ObjectMeta `json:\"metadata,omitempty\"` in it",
		},
		"no TypeMeta": {
			one("// +genclient\n// +genclient:skipVerbs=list", "struct {\n"+objectMeta+"}"),
			"types.go:7: Widget has no TypeMeta; write metav1.TypeMeta `json:\",inline\"` in it",
		},
		"nothing in what it embeds": {
			one("// +genclient\n// +genclient:skipVerbs=list", "struct {\n"+typeMeta+"\tBase\n}", "type Base struct { *Widget; Inner }\ntype Inner struct{ A int }"),
			"types.go:7: Widget has no ObjectMeta; write metav1.ObjectMeta `json:\"metadata,omitempty\"` in it",
		},
		"no list": {
			one("// +genclient", object),
			"types.go:6: Widget can be listed, but there is no type WidgetList; write type WidgetList struct with metav1.TypeMeta, metav1.ListMeta and Items []Widget, or +genclient:skipVerbs=list",
		},
		"a list that is no struct": {
			one("// +genclient", object, "type WidgetList []Widget"),
			"types.go:12: WidgetList is no struct; write type WidgetList struct with metav1.TypeMeta, metav1.ListMeta and Items []Widget",
		},
		"a list without Items": {
			one("// +genclient", object, "type WidgetList struct {\n"+typeMeta+listMeta+"}"),
			"types.go:12: WidgetList has no Items; write Items []Widget `json:\"items\"` in it",
		},
		"a list without Items, asked for twice": {
			one("// +genclient\n// +genclient:method=ListNow,verb=list", object, "type WidgetList struct {\n"+typeMeta+listMeta+"}"),
			"types.go:13: WidgetList has no Items; write Items []Widget `json:\"items\"` in it",
		},
		"a list of something else": {
			one("// +genclient", object, "type WidgetList struct {\n"+typeMeta+listMeta+"\tItems []*Widget\n}"),
			"types.go:12: Items of WidgetList is []*Widget; write Items []Widget",
		},
		"a list without metadata": {
			one("// +genclient", object, "type WidgetList struct {\n\tItems [] Widget\n}"),
			"types.go:12: WidgetList has no ListMeta; write metav1.ListMeta `json:\"metadata,omitempty\"` in it\n" +
				"types.go:12: WidgetList has no TypeMeta; write metav1.TypeMeta `json:\",inline\"` in it",
		},
		"a tag above a function": {
			one("", object, "// +genclient\nfunc F() {}"),
			"types.go:12: +genclient stands above no type; write it directly above the type, or at most one blank line above",
		},
		"a tag too far above": {
			one("// +genclient\n\n", object),
			"types.go:5: +genclient stands above no type; write it directly above the type, or at most one blank line above",
		},
		"a tag in a type": {
			one("", "struct {\n\t// +genclient:noStatus\n\tA int\n}"),
			"types.go:7: +genclient:noStatus stands above no type; write it directly above the type, or at most one blank line above",
		},
		"a tag behind a type": {
			one("", "struct{} // +genclient", "type Gadget "+object),
			"types.go:6: +genclient stands above no type; write it directly above the type, or at most one blank line above",
		},

		// Files and packages.
		"no Go": {
			map[string][]byte{"a.go": []byte("package v1\n\ntype A struct {\n"), "b.go": []byte("type B struct{}")},
			"a.go:3: expected '}', found 'EOF'; write what gofmt accepts\nb.go:1: expected 'package', found 'type'; write what gofmt accepts",
		},
		"two packages": {
			map[string][]byte{"a.go": []byte("package v1\n"), "b.go": []byte("// B.\npackage v2\n")},
			"b.go:2: package v2 among files of package v1; write package v1",
		},
		"a program": {
			map[string][]byte{"types.go": bytes.Replace(tagged("+genclient")["types.go"], []byte("package v1"), []byte("package main"), 1)},
			"types.go:6: package main has clients, and is a program that nobody can import; write package v1",
		},
		"a type that is there twice": {
			map[string][]byte{"a.go": []byte("package v1\ntype A int\n"), "b.go": []byte("package v1\n\ntype A string\n")},
			"b.go:3: A is declared again, first in a.go:2; write one of them",
		},
		"two group names": {
			map[string][]byte{"doc.go": []byte("// +groupName=a.example\n\n// +groupName=b.example\npackage v1\n\n// +groupName=a.example\n")},
			"doc.go:3: +groupName=b.example, but +groupName=a.example in doc.go:1; write one of them",
		},
		"a group name where nobody looks": {
			map[string][]byte{"a.go": []byte("// +groupName=a.example\n\npackage v1\n\n// +groupGoName=A\ntype A struct{}\n")},
			"a.go:1: +groupName=a.example says nothing about the package here; write it directly above the package clause, in doc.go as a rule\n" +
				"a.go:5: +groupGoName=A says nothing about the package here; write it directly above the package clause, in doc.go as a rule",
		},
		"another group name where nobody looks": {
			map[string][]byte{"a.go": []byte("// +groupName=a.example\npackage v1\n\n// +groupName=a.example\n// +groupName=b.example\ntype A struct{}\n")},
			"a.go:5: +groupName=b.example says nothing about the package here; write it directly above the package clause, in doc.go as a rule",
		},
		"a group name that is none": {
			with(tagged("+genclient"), "doc.go", "// +groupName=Shop.example.test\npackage v1\n"),
			`doc.go:1: "Shop.example.test" is no name of a group; write +groupName= with a DNS name in lower case, such as +groupName=shop.example.com`,
		},
		"a group without a Go name": {
			with(tagged("+genclient"), "doc.go", "// +groupName=my-shop.example.test\npackage v1\n"),
			`doc.go:1: group "my-shop.example.test" is "My-shop" in Go, which is no exported name; write // +groupGoName=Shop, or the like, above the package clause in doc.go`,
		},
		"a Go name that is none": {
			with(tagged("+genclient"), "doc.go", "// +groupGoName=2shop\npackage v1\n"),
			`doc.go:1: group "shop" is "2shop" in Go, which is no exported name; write // +groupGoName=Shop, or the like, above the package clause in doc.go`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := scan.Source(path, tc.files)
			require.EqualError(t, err, tc.want)
			require.Nil(t, p, "never half a result")
		})
	}
}

func with(files map[string][]byte, name, text string) map[string][]byte {
	files[name] = []byte(text)
	return files
}

func TestWhatTurnsAGeneratorOff(t *testing.T) {
	for source, want := range map[string]string{
		"// +k8s:lister-gen=false\n// +k8s:client-gen=true\npackage v1\n":   "",
		"// +k8s:lister-gen=no\npackage v1\n":                               "a.go:1: +k8s:lister-gen=no is neither true nor false; write +k8s:lister-gen=false, or leave it out",
		"// +k8s:register-gen\npackage v1\n":                                "a.go:1: +k8s:register-gen is neither true nor false; write +k8s:register-gen=false, or leave it out",
		"// +k8s:informer-gen=true\n// +k8s:informer-gen=false\npackage v1": "a.go:2: +k8s:informer-gen=false, but +k8s:informer-gen=true in a.go:1; write one of them",
		"package v1\n\n// +k8s:client-gen=false\ntype A int\n":              "a.go:3: +k8s:client-gen=false says nothing about the package here; write it directly above the package clause, in doc.go as a rule",
	} {
		_, err := scan.Source(path, map[string][]byte{"a.go": []byte(source)})
		if want == "" {
			require.NoError(t, err)
		} else {
			require.EqualError(t, err, want)
		}
	}
}

func TestTagsInOtherCapitals(t *testing.T) {
	_, err := scan.Source(path, map[string][]byte{"a.go": []byte("// +groupname=shop.example\n// +k8s:Lister-gen=false\npackage v1\n\n// +GenClient\n// +resourcename=as\n// +Optional\ntype A struct{}\n")})
	require.EqualError(t, err, "a.go:1: unknown tag +groupname; write +groupName\na.go:2: unknown tag +k8s:Lister-gen; write +k8s:lister-gen\n"+
		"a.go:5: unknown tag +GenClient; write +genclient\na.go:6: unknown tag +resourcename; write +resourceName")
}

func TestTypesThatDifferInCapitals(t *testing.T) {
	files := one("// +genclient", object, "type WidgetList "+list)
	files["more.go"] = []byte(strings.ReplaceAll(string(files["types.go"]), "Widget", "WIDGET"))
	_, err := scan.Source(path, files)
	require.EqualError(t, err, "types.go:6: the clients of WIDGET and of Widget would both be in widget.go; write another name for one of them")
	files["more.go"] = []byte(strings.ReplaceAll(string(files["more.go"]), "+genclient", ""))
	_, err = scan.Source(path, files)
	require.NoError(t, err)
}

// A folder is the group's name if no tag says another, and only where somebody will use it.
func TestPathWithoutAGroup(t *testing.T) {
	const want = `"Shop" is no name of a group; write +groupName= with a DNS name in lower case, such as +groupName=shop.example.com`
	_, err := scan.Source("example.test/apis/Shop/v1", tagged("+genclient"))
	require.EqualError(t, err, "types.go:6: "+want)
	_, err = scan.Source("example.test/apis/Shop/v1", map[string][]byte{"doc.go": []byte("// +k8s:register-gen=true\npackage v1\n")})
	require.EqualError(t, err, "doc.go:1: "+want)
	_, err = scan.Source("example.test/apis/Shop/v1", map[string][]byte{"doc.go": []byte("// +k8s:register-gen=false\npackage v1\n")})
	require.NoError(t, err)
}

// Generated code has a folder with the group's name, and nobody could import it.
func TestFoldersThatNobodyCanImport(t *testing.T) {
	for _, folder := range []string{"internal", "vendor"} {
		files := with(tagged("+genclient"), "doc.go", "// +groupName=shop.example.test\npackage v1\n")
		_, err := scan.Source("example.test/apis/"+folder+"/v1", files)
		require.EqualError(t, err, "types.go:6: the clients of example.test/apis/"+folder+"/v1 would be in a folder "+folder+
			", from which nobody can import them; write the types in another folder, and the group's name in +groupName=")
	}
}

func TestPathWithoutAVersion(t *testing.T) {
	_, err := scan.Source("example.test/apis/shop", tagged("+genclient"))
	require.EqualError(t, err, "types.go:6: package example.test/apis/shop has clients, but its path does not end in a version; write them in a folder such as example.test/apis/shop/v1")
	_, err = scan.Source("example.test/apis/shop", map[string][]byte{"a.go": []byte("package shop\n")})
	require.NoError(t, err, "without clients, no version is needed")
}

// Everything that is wrong is said at once, in the order of the source, and a caller gets at the parts.
func TestAllErrorsAtOnce(t *testing.T) {
	files := map[string][]byte{
		"b.go": []byte("package v1\n\n// +genclient\n// +genclient:onlyVerbs=frob,got\n// +genclient:method=GetScale\ntype Gadget struct {\n\tStatus int\n}\n"),
		"a.go": []byte("package v1\n\n// +genclient=true\ntype Widget struct{}\n\n// +genclient\nvar x int\n"),
	}
	_, err := scan.Source(path, files)
	var lines []string
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var problem *scan.Error
		require.ErrorAs(t, e, &problem)
		lines = append(lines, problem.Pos.String()+" "+problem.What)
	}
	require.Equal(t, []string{
		`a.go:3:1 +genclient takes no value, and this one has "=true"`,
		`a.go:6:1 +genclient stands above no type`,
		`b.go:4:1 +genclient:onlyVerbs has the unknown verb "frob"`,
		`b.go:4:1 +genclient:onlyVerbs has the unknown verb "got"`,
		`b.go:5:1 method GetScale has no verb`,
		`b.go:6:6 Gadget has no ObjectMeta`,
		`b.go:6:6 Gadget has no TypeMeta`,
	}, lines)
}
