// Package v1beta1 is an older version of the group.
//
// +groupName=shop.example.test
// +groupGoName=Retail
package v1beta1
