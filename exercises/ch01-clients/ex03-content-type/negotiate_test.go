package contenttype_test

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	contenttype "client-go-workbook/exercises/ch01-clients/ex03-content-type"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	asItCame = invariant.Invariant{
		Says: "an answer is decoded in the format that its Content-Type names, whatever was asked for",
		Read: "lib/rest/result.go, Request.result",
	}
	preferred = invariant.Invariant{
		Says: "Accept is the caller's list as it is; without one it is the client's own format, or else anything",
		Read: "lib/rest/negotiate.go, content.accept",
	}
	parameters = invariant.Invariant{
		Says: "the media type counts: not its case, and not the parameters behind it",
		Read: "lib/rest/negotiate.go, mediaType; the doc of mime.ParseMediaType",
	}
	unnamed = invariant.Invariant{
		Says: "an answer that names no format is in the client's own",
		Read: "lib/rest/result.go, Request.result",
	}
	unreadable = invariant.Invariant{
		Says: "what nobody can decode is an error that names the format: nothing is guessed",
		Read: "lib/rest/result.go, Request.result and Result.decode",
	}
)

const address = "https://kube.example/api/v1/namespaces/shop/configmaps/prices"

var prices = &corev1.ConfigMap{
	ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "prices"},
	Data:       map[string]string{"apple": "1.20", "pear": "2 €"},
}

func TestFormatIsTheServersChoice(t *testing.T) {
	for _, own := range []string{jsonType, protobufType, ""} {
		for _, format := range []string{jsonType, protobufType, yamlType} {
			t.Run(named(own)+" from "+format, func(t *testing.T) {
				s := &server{formats: []string{format}, object: prices}
				get(t, asItCame, s, s.client(own, ""), "from a server that has nothing but "+format)
			})
		}
	}
}

func TestClientSaysWhatItPrefers(t *testing.T) {
	for _, own := range []string{jsonType, protobufType, yamlType, ""} {
		for _, formats := range [][]string{{jsonType, protobufType, yamlType}, {yamlType, protobufType, jsonType}} {
			t.Run(named(own)+" from "+strings.Join(formats, ","), func(t *testing.T) {
				s := &server{formats: formats, object: prices}
				get(t, preferred, s, s.client(own, ""), "from a server that has all formats")
				preferred.Equal(t, cmp.Or(own, jsonType), s.sent, "the server's choice after the header Accept: %s", s.accepts[0])
			})
		}
	}
}

func TestCallersListIsSentAsItIs(t *testing.T) {
	for _, accept := range []string{
		protobufType + "," + jsonType,
		yamlType + ", " + protobufType,
		"application/json;as=Table;v=v1;g=meta.k8s.io, application/json",
	} {
		s := &server{formats: []string{jsonType, protobufType, yamlType}, object: prices}
		get(t, preferred, s, s.client(jsonType, accept), "for a caller who chose Accept: "+accept)
		preferred.Equal(t, []string{accept}, s.accepts, "look at the header")
	}
}

func TestCallersListIsFinal(t *testing.T) {
	s := &server{formats: []string{jsonType}, object: prices}
	obj, err := s.client(protobufType, protobufType).Get(t.Context(), address)
	if !apierrors.IsNotAcceptable(err) {
		preferred.Broken(t, invariant.Report{
			Doing:    "ask for protobuf and nothing else where there is only JSON; sent Accept: " + s.accepts[0],
			Expected: "the server's refusal, 406",
			Saw:      seen(obj, err),
		})
	}
}

func TestParametersAndCaseAreNoOtherFormat(t *testing.T) {
	for _, c := range []struct{ label, format string }{
		{"application/json; charset=utf-8", jsonType},
		{"application/json;charset=UTF-8", jsonType},
		{"application/json ; charset=utf-8", jsonType},
		{" application/json", jsonType},
		{"Application/JSON", jsonType},
		{`application/json; profile="a;b"`, jsonType},
		{"application/vnd.kubernetes.protobuf;version=1.0", protobufType},
	} {
		t.Run(c.label, func(t *testing.T) {
			s := &server{formats: []string{c.format}, object: prices, label: c.label}
			get(t, parameters, s, s.client(yamlType, ""), "answered with Content-Type: "+c.label)
		})
	}
}

func TestAnswerMayNameNoFormat(t *testing.T) {
	for _, own := range []string{jsonType, protobufType, ""} {
		t.Run(named(own), func(t *testing.T) {
			s := &server{formats: []string{jsonType, protobufType}, object: prices, label: "-"}
			get(t, unnamed, s, s.client(own, ""), "by a client of "+named(own)+", answered without a Content-Type")
		})
	}
}

func TestNothingIsGuessed(t *testing.T) {
	inJSON, inProtobuf := string(encode(jsonType, prices)), string(encode(protobufType, prices))
	for _, c := range []struct{ label, body string }{
		{"text/html", "<html>Please sign in</html>"},
		{"text/plain", inJSON},
		{"text/html; charset=utf-8", inJSON},
		{"application/x-protobuf", inProtobuf},
		{"application/jsonp", inJSON},
		{"application/problem+json", inJSON},
	} {
		t.Run(c.label, func(t *testing.T) {
			obj, err := answered(jsonType, c.label, c.body).Get(t.Context(), address)
			media, _, _ := strings.Cut(c.label, ";")
			var none runtime.NegotiateError
			if !errors.As(err, &none) || none.ContentType != media || !strings.Contains(err.Error(), address) {
				unreadable.Broken(t, invariant.Report{
					Doing:    "Get, answered with Content-Type: " + c.label,
					Expected: "an error with the address in it, which wraps a runtime.NegotiateError about " + media,
					Saw:      seen(obj, err),
				})
			}
		})
	}
}

func TestContentTypeMustMakeSense(t *testing.T) {
	for _, label := range []string{"application/json; charset", "application/json; a=1; a=2", "application/", "json, please"} {
		t.Run(label, func(t *testing.T) {
			obj, err := answered(jsonType, label, string(encode(jsonType, prices))).Get(t.Context(), address)
			if err == nil || !strings.Contains(err.Error(), label) {
				unreadable.Broken(t, invariant.Report{
					Doing:    "Get, answered with Content-Type: " + label,
					Expected: "an error that quotes it",
					Saw:      seen(obj, err),
				})
			}
		})
	}
}

func TestBodyMustBeWhatItIsCalled(t *testing.T) {
	for _, label := range []string{jsonType, protobufType} {
		other := map[string]string{jsonType: protobufType, protobufType: jsonType}[label]
		obj, err := answered(protobufType, label, string(encode(other, prices))).Get(t.Context(), address)
		if err == nil {
			unreadable.Broken(t, invariant.Report{
				Doing:    "Get, answered with " + other + " that is called " + label,
				Expected: "an error",
				Saw:      seen(obj, err),
			})
		}
	}
}

func TestErrorsComeInAnyFormat(t *testing.T) {
	gone := apierrors.NewNotFound(corev1.Resource("configmaps"), "prices").Status()
	for _, format := range []string{jsonType, protobufType} {
		s := &server{formats: []string{format}, object: &gone}
		obj, err := s.client(protobufType, "").Get(t.Context(), address)
		if !apierrors.IsNotFound(err) {
			asItCame.Broken(t, invariant.Report{
				Doing:    "Get, answered with a Status as " + format,
				Expected: gone.Message,
				Saw:      seen(obj, err),
			})
		}
	}
}

// answered returns a client whose server always gives this answer.
func answered(own, label, body string) *contenttype.Client {
	s := &server{formats: []string{own}, label: label, body: body}
	return s.client(own, "")
}

// get demands prices of s.
func get(t *testing.T, i invariant.Invariant, s *server, client *contenttype.Client, doing string) {
	t.Helper()
	obj, err := client.Get(t.Context(), address)
	if apierrors.IsNotAcceptable(err) {
		preferred.Broken(t, invariant.Report{
			Doing:    "Get " + doing,
			Expected: "an Accept header that the server can serve",
			Saw:      "Accept: " + s.accepts[0] + "\n" + err.Error(),
		})
	}
	i.NoError(t, err, "Get %s", doing)
	i.Equal(t, prices, obj, "Get %s", doing)
}

// named is what a test is called in which a client has this ContentType.
func named(contentType string) string { return cmp.Or(contentType, "no choice") }

func seen(obj runtime.Object, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("no error, and %T", obj)
}
