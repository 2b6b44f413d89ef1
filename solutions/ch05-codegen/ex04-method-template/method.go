// Package methodtemplate writes the methods that a client has besides its verbs.
//
//	+genclient:method=UpdateScale,verb=update,subresource=scale,input=…/v1.Scale,result=…/v1.Scale
//	        │
//	        ▼ Method, Template
//	func (c *deployments) UpdateScale(ctx context.Context, name string, body *autoscalingv1.Scale, …
//	        │
//	        ▼ when it is called
//	PUT /apis/apps/v1/namespaces/shop/deployments/web/scale
package methodtemplate

// Method is what a tag asks for: the data of the template. Types are as generated code has them: "autoscalingv1.Scale".
type Method struct {
	Struct     string // the client, on which the method is: "deployments"
	Type       string // what it is a client of: "appsv1.Deployment"
	Resource   string // the same in URLs: "deployments"
	Namespaced bool

	Name        string // "UpdateScale"
	Verb        string // "create", "update" or "get"
	Subresource string // "scale"; empty: the method is about the object itself
	Input       string // what create and update send; empty: Type
	Result      string // what comes back; empty: Type
}

// Template is the text/template of a method. It is executed with a Method, and has quote, which makes a Go string of a text.
//
//	create   POST   CreateOptions   with a subresource: to that of the named object; else to all objects
//	update   PUT    UpdateOptions   with a subresource: to that of the named object; else to the object that body is
//	get      GET    GetOptions      of the named object, or of its subresource
//
// The method's parameters are, in this order: ctx context.Context; name string, if it is about a named object; body, a pointer
// to the input, if it sends one; opts, the metav1 options of its verb. It returns a pointer to the result, and an error.
//
// What it can use: c.GetClient(), a rest.Interface; c.GetNamespace(); scheme.ParameterCodec. A request is built step by
// step: Namespace (for a namespaced resource), Resource, Name, SubResource, VersionedParams(&opts, scheme.ParameterCodec),
// Body, then Do(ctx).Into(result).
func Template() string {
	// BEGIN SOLUTION: Return the text of the template.
	// {{- eats the line break before it; gofmt cares for the rest.

	return `
func (c *{{.Struct}}) {{.Name}}(ctx context.Context
{{- if or .Subresource (eq .Verb "get")}}, name string{{end}}
{{- if ne .Verb "get"}}, body *{{or .Input .Type}}{{end}}
{{- if eq .Verb "create"}}, opts metav1.CreateOptions
{{- else if eq .Verb "update"}}, opts metav1.UpdateOptions
{{- else}}, opts metav1.GetOptions
{{- end}}) (*{{or .Result .Type}}, error) {
	result := &{{or .Result .Type}}{}
	err := c.GetClient().
{{- if eq .Verb "create"}}
		Post().
{{- else if eq .Verb "update"}}
		Put().
{{- else}}
		Get().
{{- end}}
{{- if .Namespaced}}
		Namespace(c.GetNamespace()).
{{- end}}
		Resource({{quote .Resource}}).
{{- if or .Subresource (eq .Verb "get")}}
		Name(name).
{{- else if eq .Verb "update"}}
		Name(body.Name).
{{- end}}
{{- if .Subresource}}
		SubResource({{quote .Subresource}}).
{{- end}}
		VersionedParams(&opts, scheme.ParameterCodec).
{{- if ne .Verb "get"}}
		Body(body).
{{- end}}
		Do(ctx).
		Into(result)
	return result, err
}
`
	// END SOLUTION
}
