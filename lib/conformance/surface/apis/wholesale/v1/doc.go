// Package v1 is of another group whose name begins in the same way.
//
// +groupName=shop.wholesale.test
// +groupGoName=Wholesale
package v1
