package main

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/yaml"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/lib/dynamic"
)

// definitions is where the server keeps what it knows of custom resources. Their Go types are in a
// module of their own; the dynamic client needs none.
var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// install makes the server know Websites, as this program knows them, and waits until it does. It
// may be called as often as one likes: to apply what is there already changes nothing.
//
// There is no uninstall: who removes a definition removes all objects of its kind, everybody's.
func install(ctx context.Context, client dynamic.Interface) error {
	crd := &unstructured.Unstructured{}
	if err := yaml.Unmarshal(v1alpha1.CRD, &crd.Object); err != nil {
		return fmt.Errorf("parse the definition of websites: %w", err)
	}
	_, err := client.Resource(definitions).Apply(ctx, crd.GetName(), crd, metav1.ApplyOptions{FieldManager: name, Force: true})
	if err != nil {
		return fmt.Errorf("apply %s: %w", crd.GetName(), err)
	}
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		found, err := client.Resource(definitions).Get(ctx, crd.GetName(), metav1.GetOptions{})
		return err == nil && established(found), err
	})
	if err != nil {
		return fmt.Errorf("wait until %s is established: %w", crd.GetName(), err)
	}
	return served(ctx, client)
}

// established says whether the server has accepted the definition's names, and serves them.
func established(crd *unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(crd.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["type"] == "Established" {
			return c["status"] == "True"
		}
	}
	return false
}

// served waits out the moment that an established resource may still be unknown to the part of the server that
// answers. Later, nobody would know what a NotFound is about.
func served(ctx context.Context, client dynamic.Interface) error {
	websites := v1alpha1.SchemeGroupVersion.WithResource("websites")
	return wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, 30*time.Second, true, func(ctx context.Context) (bool, error) {
		_, err := client.Resource(websites).List(ctx, metav1.ListOptions{Limit: 1})
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
}
