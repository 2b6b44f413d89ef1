// Command 01-tags reads Go source as the generators do, and shows what they know then: first of the chapter's own API, then of
// types that differ in one tag or in their name, last of what is wrong with a file that is full of mistakes. It needs no
// cluster. The sources are in sources.go.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
	"client-go-workbook/lib/demo"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("Tags: what a comment tells a generator")
		return s.Play(ctx,
			demo.Step{Verb: "read", Do: read},
			demo.Step{Verb: "verbs", Do: verbs},
			demo.Step{Verb: "methods", Do: methods},
			demo.Step{Verb: "names", Do: names},
			demo.Step{Verb: "groups", Do: groups},
			demo.Step{Verb: "mistakes", Do: mistakes},
		)
	})
}

// read tells the tags of the chapter's API, and what follows from them.
func read(ctx context.Context) (string, error) {
	packages, err := scan.Packages(ctx, []string{"client-go-workbook/ch05-codegen/apis/website/v1alpha1"}, scan.Options{})
	if err != nil {
		return "", err
	}
	p := packages[0]
	site := p.Clients()[0]
	var rows [][]string
	for _, tag := range slices.Concat(p.Tags, site.Tags) {
		rows = append(rows, []string{filepath.Base(tag.Pos.Filename), written(tag)})
	}
	rows = append(rows,
		[]string{"↓"},
		[]string{"group", p.Group + ", version " + p.Version + ", in Go " + p.GoName() + "()"},
		[]string{"type", fmt.Sprintf("%s: namespaced %t, status %t, %d verbs, %d methods",
			site.Name, !site.Client.NonNamespaced, site.HasStatus(), len(site.Client.Verbs), len(site.Client.Methods))},
	)
	return demo.Columns(rows...), nil
}

// written is a tag as far as a screen has room for it.
func written(tag model.Tag) string {
	text := strings.TrimSuffix("+"+tag.Name+"="+tag.Value, "=")
	if most := 100; len(text) > most {
		text = text[:most] + "…"
	}
	return text
}

// verbs tells what a client can do, tag by tag. A verb that is missing is a method that isn't generated.
func verbs(context.Context) (string, error) {
	var rows [][]string
	for _, s := range []source{
		{},
		{noStatusField: true},
		{tags: []string{"+genclient:noStatus"}},
		{tags: []string{"+genclient:readonly"}},
		{tags: []string{"+genclient:onlyVerbs=get,update,updateStatus"}},
		{tags: []string{"+genclient:skipVerbs=delete,deleteCollection"}},
		{tags: []string{"+genclient:noVerbs"}},
	} {
		_, t, err := s.read()
		if err != nil {
			return "", err
		}
		told := strings.Join(s.tags, " ")
		if s.noStatusField {
			told = "no field Status"
		}
		row := []string{cmp.Or(told, "+genclient")}
		for _, verb := range model.AllVerbs[:len(model.AllVerbs)-2] { // without those that are never generated
			cell := "·"
			if t.Client.Has(verb) {
				cell = string(verb)
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return demo.Columns(rows...), nil
}

// methods tells what a client can do besides.
func methods(context.Context) (string, error) {
	rows := [][]string{{"+genclient:method=", "sends", "to", "and gets"}}
	for _, method := range []string{
		"GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale",
		"Publish,verb=create,subresource=publish,input=Edition",
		"Touch,verb=patch",
	} {
		_, t, err := source{tags: []string{"+genclient:method=" + method}}.read()
		if err != nil {
			return "", err
		}
		m := t.Client.Methods[0]
		sends := string(m.Verb)
		if m.Verb == model.Create || m.Verb == model.Update {
			sends += " " + cmp.Or(m.Input.Name, t.Name)
		}
		rows = append(rows, []string{method, sends, strings.TrimSuffix("websites/{name}/"+m.Subresource, "/"), cmp.Or(m.Result.Name, t.Name)})
	}
	return demo.Columns(rows...), nil
}

// names tells what a type is called where.
func names(context.Context) (string, error) {
	rows := [][]string{{"type", "", "in Go", "in a file", "in URLs"}}
	for _, s := range []source{
		{},
		{tags: []string{"+genclient:nonNamespaced"}},
		{typeName: "Policy"},
		{typeName: "Leaf"},
		{typeName: "Endpoints"},
		{typeName: "Endpoints", exception: "Endpoints:Endpoints"},
		{typeName: "Moose", tags: []string{"+resourceName=moose"}},
	} {
		_, t, err := s.read()
		if err != nil {
			return "", err
		}
		n, err := model.NewNames(slices.DeleteFunc([]string{s.exception}, func(e string) bool { return e == "" })...)
		if err != nil {
			return "", err
		}
		accessor, url := n.PublicPlural(t)+"(namespace)", "namespaces/{namespace}/"+n.Resource(t)
		if t.Client.NonNamespaced {
			accessor, url = n.PublicPlural(t)+"()", n.Resource(t)
		}
		why := strings.Join(s.tags, " ")
		if s.exception != "" {
			why = "--plural-exceptions " + s.exception
		}
		rows = append(rows, []string{t.Name, why, accessor, n.Lower(t) + ".go", url})
	}
	return demo.Columns(rows...), nil
}

// groups tells what a package says of its group: by its path, unless its tags say otherwise.
func groups(context.Context) (string, error) {
	rows := [][]string{{"package", "apiVersion", "in Go", "folder"}}
	for _, s := range []source{
		{path: "k8s.io/api/apps/v1"},
		{path: "k8s.io/api/core/v1"},
		{path: api, doc: "+groupName=workbook.example.com"},
		{path: api, doc: "+groupName=workbook.example.com +groupGoName=Sites"},
	} {
		p, _, err := s.read()
		if err != nil {
			return "", err
		}
		rows = append(rows, []string{s.path, strings.TrimPrefix(p.Group+"/"+p.Version, "/"), p.GoName() + "()", p.Folder(), s.doc})
	}
	return demo.Columns(rows...), nil
}

// mistakes tells what is wrong in a file, and what to write instead: all of it in one run.
func mistakes(context.Context) (string, error) {
	_, err := scan.Source(api, map[string][]byte{"website.go": []byte(wrong)})
	var all interface{ Unwrap() []error }
	if !errors.As(err, &all) {
		return "", fmt.Errorf("the file has mistakes, and all that was found is: %v", err)
	}
	var rows [][]string
	for _, err := range all.Unwrap() {
		mistake := (*scan.Error)(nil)
		if !errors.As(err, &mistake) {
			return "", err
		}
		rows = append(rows,
			[]string{fmt.Sprintf("%s:%d", mistake.Pos.Filename, mistake.Pos.Line), demo.Gone.Paint(mistake.What)},
			[]string{"", "write " + demo.Come.Paint(mistake.Instead)})
	}
	return demo.Columns(rows...), nil
}
