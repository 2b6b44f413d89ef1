package clientgen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// input is what there is to generate: packages with clients, groups in the order of their names and the versions of each
// as Inputs has them, or else the most stable first. A scheme prefers the version that it saw first.
func (o Options) input(ctx context.Context) ([]*model.Package, error) {
	all, err := scan.Packages(ctx, o.patterns(), scan.Options{Dir: o.Dir})
	if err != nil {
		return nil, err
	}
	if err := o.includeTypes(all); err != nil {
		return nil, err
	}
	packages := slices.DeleteFunc(all, func(p *model.Package) bool { return len(p.Clients()) == 0 || !p.Wants(generator) })
	order, err := o.order(packages)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(packages, func(a, b *model.Package) int {
		return cmp.Or(
			cmp.Compare(a.GroupPackage, b.GroupPackage),
			cmp.Compare(order[a.Folder()], order[b.Folder()]),
			version.CompareKubeAwareVersionStrings(b.Version, a.Version))
	})
	return packages, nil
}

// order numbers the inputs, by their packages' folders. Each must have a client.
func (o Options) order(packages []*model.Package) (map[string]int, error) {
	found := map[string]bool{}
	for _, p := range packages {
		found[p.Folder()] = true
	}
	order := map[string]int{}
	var wrong []error
	for i, input := range o.Inputs {
		group, v := path.Split(trim(input))
		folder := strings.ToLower(path.Base(group) + "/" + v)
		if !found[folder] {
			wrong = append(wrong, fmt.Errorf("--input %s: no type there has a client; write // +genclient above one, and no +k8s:client-gen=false, or leave the input out", input))
		}
		if _, twice := order[folder]; !twice {
			order[folder] = i - len(o.Inputs) // before those that no input names
		}
	}
	if len(packages) == 0 && len(wrong) == 0 {
		wrong = append(wrong, fmt.Errorf("no type of %s has a client; write // +genclient above one", strings.Join(o.Packages, " ")))
	}
	return order, errors.Join(wrong...)
}

// includeTypes takes the clients of types away that IncludedTypes leaves out.
func (o Options) includeTypes(packages []*model.Package) error {
	var wrong []error
	included := map[string][]string{} // folder → types
	for _, name := range o.IncludedTypes {
		folder, typeName := path.Split(name)
		folder = strings.ToLower(strings.TrimSuffix(folder, "/"))
		if !hasClient(packages, folder, typeName) {
			wrong = append(wrong, fmt.Errorf("--included-types-overrides %s: there is no such type with +genclient; write group/version/Type, as in apps/v1/Deployment", name))
		}
		included[folder] = append(included[folder], typeName)
	}
	for _, p := range packages {
		types := included[p.Folder()]
		for _, t := range p.Types {
			if types != nil && !slices.Contains(types, t.Name) {
				t.Client = nil
			}
		}
	}
	return errors.Join(wrong...)
}

func hasClient(packages []*model.Package, folder, typeName string) bool {
	return slices.ContainsFunc(packages, func(p *model.Package) bool {
		return p.Folder() == folder && slices.ContainsFunc(p.Clients(), func(t *model.Type) bool { return t.Name == typeName })
	})
}
