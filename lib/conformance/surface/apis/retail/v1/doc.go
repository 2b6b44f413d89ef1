// Package v1 has a type for each of the tags that k8s.io/api has no use for, and some names.
//
// +groupName=shop.example.test
// +groupGoName=Retail
package v1
