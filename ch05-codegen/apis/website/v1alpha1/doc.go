// Package v1alpha1 is the API of websites: what a user writes, what the controller answers.
//
//	website.go      the types, with their tags
//	crd.yaml        the same for the API server, with the rules that input must follow
//	zz_generated.*  what deepcopy-gen and register-gen made of the types
//
// The clientset, the listers and the informers are in ch05-codegen/generated. make generate
// writes them all anew.
//
// +k8s:deepcopy-gen=package
// +groupName=workbook.example.com
package v1alpha1

//go:generate go run client-go-workbook/lib/codegen/cmd/deepcopy-gen --output-file zz_generated.deepcopy.go client-go-workbook/ch05-codegen/apis/website/v1alpha1
//go:generate go run client-go-workbook/lib/codegen/cmd/register-gen --output-file zz_generated.register.go client-go-workbook/ch05-codegen/apis/website/v1alpha1
//go:generate go run client-go-workbook/lib/codegen/cmd/client-gen --prune --clientset-name versioned --input-base client-go-workbook/ch05-codegen/apis --input website/v1alpha1 --output-dir ../../../generated/clientset --output-pkg client-go-workbook/ch05-codegen/generated/clientset
//go:generate go run client-go-workbook/lib/codegen/cmd/lister-gen --prune --output-dir ../../../generated/listers --output-pkg client-go-workbook/ch05-codegen/generated/listers client-go-workbook/ch05-codegen/apis/website/v1alpha1
//go:generate go run client-go-workbook/lib/codegen/cmd/informer-gen --prune --versioned-clientset-package client-go-workbook/ch05-codegen/generated/clientset/versioned --listers-package client-go-workbook/ch05-codegen/generated/listers --output-dir ../../../generated/informers --output-pkg client-go-workbook/ch05-codegen/generated/informers client-go-workbook/ch05-codegen/apis/website/v1alpha1
