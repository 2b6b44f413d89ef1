// Package v1beta1 is the wire format between client and exec plugin before v1. Only the version's name differs, so the
// types are v1's.
//
// Upstream: pkg/apis/clientauthentication/v1beta1.
package v1beta1

import (
	v1 "client-go-workbook/lib/rest/exec/clientauthentication/v1"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// SchemeGroupVersion is client.authentication.k8s.io/v1beta1.
var SchemeGroupVersion = schema.GroupVersion{Group: v1.SchemeGroupVersion.Group, Version: "v1beta1"}

type (
	ExecCredential       = v1.ExecCredential
	ExecCredentialSpec   = v1.ExecCredentialSpec
	ExecCredentialStatus = v1.ExecCredentialStatus
	Cluster              = v1.Cluster
)
