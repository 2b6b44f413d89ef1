package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned/fake"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned/scheme"
	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/retry"
	"client-go-workbook/lib/testing"
)

func shop() *v1alpha1.Website {
	return &v1alpha1.Website{ObjectMeta: metav1.ObjectMeta{Namespace: "team-a", Name: "shop"}}
}

// calls are what both clientsets are asked for.
var calls = []struct {
	told string
	do   func(context.Context, versioned.Interface) error
}{
	{`Websites("team-a").Create(shop)`, func(ctx context.Context, cs versioned.Interface) error {
		_, err := cs.WorkbookV1alpha1().Websites("team-a").Create(ctx, shop(), metav1.CreateOptions{})
		return err
	}},
	{`Websites("team-a").UpdateStatus(shop)`, updateStatus},
	{`Websites("team-a").GetScale("shop")`, func(ctx context.Context, cs versioned.Interface) error {
		_, err := cs.WorkbookV1alpha1().Websites("team-a").GetScale(ctx, "shop", metav1.GetOptions{})
		return err
	}},
	{`Websites("").List()`, func(ctx context.Context, cs versioned.Interface) error {
		_, err := cs.WorkbookV1alpha1().Websites("").List(ctx, metav1.ListOptions{})
		return err
	}},
	{`Websites("team-a").Delete("shop")`, func(ctx context.Context, cs versioned.Interface) error {
		return cs.WorkbookV1alpha1().Websites("team-a").Delete(ctx, "shop", metav1.DeleteOptions{})
	}},
}

func updateStatus(ctx context.Context, cs versioned.Interface) error {
	_, err := cs.WorkbookV1alpha1().Websites("team-a").UpdateStatus(ctx, shop(), metav1.UpdateOptions{})
	return err
}

// call does the same with a client of a server and with the fake, and tells what each makes of it.
func call(ctx context.Context) (string, error) {
	server, err := serve()
	if err != nil {
		return "", err
	}
	defer server.Close()
	client, err := versioned.NewForConfigAndClient(&rest.Config{Host: server.URL}, server.Client())
	if err != nil {
		return "", err
	}
	stub := fake.NewSimpleClientset()
	stub.PrependReactor("get", "websites/scale", func(testing.Action) (bool, runtime.Object, error) { return true, &autoscalingv1.Scale{}, nil })

	rows := [][]string{{"", "the client sends", "the fake writes down"}}
	for i, c := range calls {
		for _, cs := range []versioned.Interface{client, stub} {
			if err := c.do(ctx, cs); err != nil {
				return "", fmt.Errorf("%s of a %T: %w", c.told, cs, err)
			}
		}
		rows = append(rows, []string{c.told, request(server.Requests()[i]), action(stub.Actions()[i])})
	}
	return demo.Columns(rows...) + "\nall paths beneath " + root, nil
}

const root = "/apis/workbook.example.com/v1alpha1/"

// serve starts a server of websites. It has no scale of its own.
func serve() (*apitest.Server, error) {
	server, err := apitest.New(apitest.Config{Scheme: scheme.Scheme, Resources: []apitest.Resource{
		{GroupVersionKind: v1alpha1.SchemeGroupVersion.WithKind("Website"), Namespaced: true, Status: true},
	}})
	if err != nil {
		return nil, err
	}
	server.Inject(apitest.Fault{
		On: func(r *apitest.Request) bool { return r.Subresource == "scale" },
		Do: func(w http.ResponseWriter, _ *apitest.Request, _ func(http.ResponseWriter)) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(autoscalingv1.Scale{TypeMeta: metav1.TypeMeta{APIVersion: "autoscaling/v1", Kind: "Scale"}})
		},
	})
	return server, nil
}

func request(r *apitest.Request) string {
	return fmt.Sprintf("%-6s %s", r.Method, strings.TrimPrefix(r.URL.Path, root))
}

func action(a testing.Action) string {
	resource := a.GetResource().Resource
	if a.GetSubresource() != "" {
		resource += "/" + a.GetSubresource()
	}
	return fmt.Sprintf("%s %s in %q", a.GetVerb(), resource, a.GetNamespace())
}

// react has the fake refuse what a server refuses now and then, so that a program can be tested with it.
func react(ctx context.Context) (string, error) {
	cs := fake.NewSimpleClientset(shop())
	refusals := 2
	cs.PrependReactor("update", "websites/status", func(a testing.Action) (bool, runtime.Object, error) {
		if refusals == 0 {
			return false, nil, nil // the next reactor answers: the object tracker
		}
		refusals--
		return true, nil, apierrors.NewConflict(a.GetResource().GroupResource(), "shop", fmt.Errorf("it was changed meanwhile"))
	})
	var told [][]string
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		err := updateStatus(ctx, cs)
		outcome := demo.Come.Paint("done")
		if err != nil {
			outcome = demo.Gone.Paint(string(apierrors.ReasonForError(err))) + ", from a reactor in front of the object tracker"
		}
		told = append(told, []string{"UpdateStatus(shop)", outcome})
		return err
	})
	return demo.Columns(told...), err
}
