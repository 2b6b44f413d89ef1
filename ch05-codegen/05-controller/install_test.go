package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"sigs.k8s.io/yaml"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

// TestInstallTellsWhatItCouldNotDo, if it may apply the definition and not look at it.
func TestInstallTellsWhatItCouldNotDo(t *testing.T) {
	definition, err := yaml.YAMLToJSON(v1alpha1.CRD)
	require.NoError(t, err)
	client, err := dynamic.NewForConfig(&rest.Config{Host: "http://nowhere", Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.Method != http.MethodPatch {
			return nil, errors.New("out of order")
		}
		return &http.Response{
			StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(bytes.NewReader(definition)),
		}, nil
	})})
	require.NoError(t, err)
	err = install(t.Context(), client)
	require.ErrorContains(t, err, "wait until websites.workbook.example.com is established")
	require.ErrorContains(t, err, "out of order")
}
