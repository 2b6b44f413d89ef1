package rest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	goruntime "runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/ktesting"

	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

// reading is what came of a list.
type reading struct {
	items []runtime.Object
	meta  metav1.ListMeta
	err   error
}

func (r *reading) keep(obj runtime.Object) error {
	r.items = append(r.items, obj)
	return nil
}

func (r *reading) finish(list runtime.Object, err error) reading {
	if err != nil {
		return reading{err: err}
	}
	if m, err := meta.ListAccessor(list); err == nil {
		r.meta = metav1.ListMeta{ResourceVersion: m.GetResourceVersion(), Continue: m.GetContinue(), RemainingItemCount: m.GetRemainingItemCount()}
	}
	return *r
}

// byItem and asWhole are the two ways to read a list.
func byItem(t testing.TB, r *rest.Request, into runtime.Object) reading {
	var got reading
	return got.finish(r.EachListItem(t.Context(), into, got.keep))
}

func asWhole(t testing.TB, r *rest.Request, into runtime.Object) reading {
	var got reading
	list, err := into, error(nil)
	if result := r.Do(t.Context()); into == nil {
		list, err = result.Get()
	} else {
		err = result.Into(into)
	}
	if err == nil {
		err = meta.EachListItemWithAlloc(list, got.keep)
	}
	return got.finish(list, err)
}

// reader is one way of a client to ask for a list.
type reader struct {
	name    string
	into    func() runtime.Object // nil: the answer's own kind
	content func() rest.ClientContentConfig
}

func typedContent() rest.ClientContentConfig { return contentOf("") }

// looseContent is a dynamic client's.
func looseContent() rest.ClientContentConfig {
	config := dynamic.ConfigFor(&rest.Config{})
	return rest.ClientContentConfig{Negotiator: runtime.NewClientNegotiator(config.NegotiatedSerializer, schema.GroupVersion{})}
}

// schemeContent decodes maps by apimachinery's own codec.
func schemeContent() rest.ClientContentConfig {
	info := runtime.SerializerInfo{MediaType: jsonType, Serializer: unstructured.UnstructuredJSONScheme}
	return rest.ClientContentConfig{Negotiator: runtime.NewClientNegotiator(runtime.NewSimpleNegotiatedSerializer(info), schema.GroupVersion{})}
}

// convertingContent decodes by way of conversion and defaults: nobody knows what they would do with an item alone.
func convertingContent() rest.ClientContentConfig {
	return rest.ClientContentConfig{Negotiator: runtime.NewClientNegotiator(converting{codecs}, corev1.SchemeGroupVersion)}
}

type converting struct{ serializer.CodecFactory }

func (c converting) DecoderToVersion(d runtime.Decoder, _ runtime.GroupVersioner) runtime.Decoder {
	return c.CodecFactory.DecoderToVersion(d, corev1.SchemeGroupVersion)
}

var readers = []reader{
	{"its kind", nil, typedContent},
	{"pods", func() runtime.Object { return &corev1.PodList{} }, typedContent},
	{"maps", func() runtime.Object { return &unstructured.UnstructuredList{} }, looseContent},
	{"maps by the scheme", func() runtime.Object { return &unstructured.UnstructuredList{} }, schemeContent},
	{"its kind as a map", nil, looseContent},
	{"converted", nil, convertingContent},
}

func (r reader) read(t testing.TB, contentType string, data []byte,
	how func(testing.TB, *rest.Request, runtime.Object) reading) reading {
	t.Helper()
	transport := canned{contentType, data}
	request := rest.NewRequestWithClient(&url.URL{Scheme: "http", Host: "kube.example"}, "/api/v1", r.content(), &http.Client{Transport: transport})
	var into runtime.Object
	if r.into != nil {
		into = r.into()
	}
	return how(t, request.Verb("GET").Resource("pods"), into)
}

// compare reads data in both ways.
func (r reader) compare(t testing.TB, contentType string, data []byte) reading {
	t.Helper()
	whole := r.read(t, contentType, data, asWhole)
	got := r.read(t, contentType, data, byItem)
	if whole.err != nil {
		require.Error(t, got.err, "%s: as a whole: %v", r.name, whole.err)
		return got
	}
	require.NoError(t, got.err, r.name)
	require.Equal(t, whole, got, r.name)
	return got
}

// strange are answers that a server could give, as far as JSON goes.
var strange = map[string]string{
	"as a typed server sends it":    `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}`,
	"as a loose server sends it":    `{"apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}],"kind":"PodList","metadata":{"resourceVersion":"7","continue":"x","remainingItemCount":3}}`,
	"with spaces":                   " {\n\t\"kind\" : \"PodList\" ,\r\n \"apiVersion\" :\"v1\", \"items\" : [ { } , {\"metadata\":{ } } ] , \"metadata\" : { \"resourceVersion\" : \"7\" } } \n",
	"without items":                 `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"}}`,
	"with no items":                 `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[]}`,
	"with null for items":           `{"kind":"PodList","apiVersion":"v1","items":null,"metadata":{"resourceVersion":"7"}}`,
	"with a number for items":       `{"kind":"PodList","apiVersion":"v1","items":7}`,
	"with an object for items":      `{"kind":"PodList","apiVersion":"v1","items":{"a":[1]}}`,
	"with null as an item":          `{"kind":"PodList","apiVersion":"v1","items":[null,{}]}`,
	"with a string as an item":      `{"kind":"PodList","apiVersion":"v1","items":[{},"x"]}`,
	"with escapes":                  `{"k\u0069nd":"PodList","apiVersion":"v1","\u0069tems":[{},{"metadata":{"name":"a\"]}\\","labels":{"{":"}","\\":"["}}}]}`,
	"with fields that nobody knows": `{"kind":"PodList","new":[{"a":"}"}],"apiVersion":"v1","items":[{"new":1,"metadata":{"name":"a","NAME":"b"}}],"Items":[1],"later":"]"}`,
	"with items that know all":      `{"kind":"PodList","apiVersion":"v1","items":[{"kind":"Pod","apiVersion":"v1"},{"kind":"Node","apiVersion":"v1"},{"kind":"Pod"},{"apiVersion":"v2"}]}`,
	"without a kind":                `{"items":[{"metadata":{"name":"a"}}]}`,
	"with a kind after the items":   `{"items":[{"metadata":{"name":"a"}}],"kind":"PodList","apiVersion":"v1"}`,
	"with no items twice":           `{"kind":"PodList","apiVersion":"v1","items":null,"items":[{}]}`,
	"of another kind":               `{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"a"}}]}`,
	"of mixed kinds":                `{"kind":"List","apiVersion":"v1","items":[{"kind":"Pod","apiVersion":"v1"}]}`,
	"of a kind that nobody knows":   `{"kind":"FooList","apiVersion":"example.com/v1","metadata":{"resourceVersion":"7"},"items":[{"spec":1.5,"n":12345678901}]}`,
	"a table":                       `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"7"},"rows":[{"cells":[1]}]}`,
	"a failure":                     `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}`,
	"a success":                     `{"kind":"Status","apiVersion":"v1","status":"Success"}`,
	"one object":                    `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}`,
	"without a comma":               `{"kind":"PodList","apiVersion":"v1","items":[{}{}]}`,
	"with a comma too many":         `{"kind":"PodList","apiVersion":"v1","items":[{},]}`,
	"with a comma before":           `{,"kind":"PodList","apiVersion":"v1","items":[]}`,
	"with a comma behind":           `{"kind":"PodList","apiVersion":"v1","items":[{}],}`,
	"with brackets that don't pair": `{"kind":"PodList","apiVersion":"v1","items":[{"a":[}]]}`,
	"with something behind":         `{"kind":"PodList","apiVersion":"v1","items":[{}]} {}`,
	"with a name that isn't one":    `{"kind":"PodList","apiVersion":"v1",7:8,"items":[{}]}`,
	"nothing":                       ``,
	"null":                          `null`,
	"an array":                      `[]`,
	"text":                          `hello`,
}

func TestAListIsTheSameItemByItem(t *testing.T) {
	for name, text := range strange {
		t.Run(name, func(t *testing.T) {
			for _, r := range readers {
				r.compare(t, jsonType, []byte(text))
			}
		})
	}
}

// What has been handed out can't be taken back, so that an answer which contradicts itself is an error.
func TestAListThatContradictsItselfIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"items twice":            `{"kind":"PodList","apiVersion":"v1","items":[{}],"items":null}`,
		"two kinds":              `{"kind":"PodList","apiVersion":"v1","items":[{}],"kind":"NodeList"}`,
		"two versions":           `{"kind":"PodList","apiVersion":"v1","items":[{}],"apiVersion":"v2"}`,
		"null behind an object":  `{"kind":"FooList","apiVersion":"v1","items":[{},null]}`,
		"a kind that comes late": `{"items":[{"kind":"Pod","apiVersion":"v1"},{}],"kind":"PodList","apiVersion":"v1"}`,
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, readers[2].read(t, jsonType, []byte(text), byItem).err)
			if strings.HasPrefix(name, "two") {
				require.Error(t, readers[0].read(t, jsonType, []byte(text), byItem).err)
			}
		})
	}
}

func TestAProtobufListThatContradictsItselfIsAnError(t *testing.T) {
	const pods, nodes = "\x0a\x0d\x0a\x02v1\x12\x07PodList", "\x0a\x0e\x0a\x02v1\x12\x08NodeList"
	for name, envelope := range map[string]string{
		"two lists":                  pods + "\x12\x02\x12\x00" + "\x12\x02\x12\x00",
		"two kinds":                  pods + "\x12\x02\x12\x00" + nodes,
		"an item that is too long":   pods + "\x12\x04\x12\x00\x12\x10" + strings.Repeat("\x78\x00", 16),
		"a number that is cut short": pods + "\x12\x03\x12\x00\x92" + strings.Repeat("\x20\x00", 16),
	} {
		t.Run(name, func(t *testing.T) {
			got := readers[0].read(t, protobufType, []byte("k8s\x00"+envelope), byItem)
			require.Error(t, got.err)
		})
	}
}

func podList(names ...string) *corev1.PodList {
	list := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "7", Continue: "x"}}
	for _, name := range names {
		pod := benchPod()
		pod.TypeMeta, pod.Name = metav1.TypeMeta{}, name
		list.Items = append(list.Items, *pod)
	}
	return list
}

func TestAListOfPodsInEitherFormat(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType, jsonType + "; charset=utf-8"} {
		encoding, _, _ := strings.Cut(contentType, ";")
		for _, names := range [][]string{{}, {"a"}, {"a", "b", "c"}} {
			data := encode(t, encoding, podList(names...))
			for _, r := range readers[:2] {
				got := r.compare(t, contentType, data)
				require.NoError(t, got.err)
				require.Len(t, got.items, len(names))
				require.Equal(t, "7", got.meta.ResourceVersion)
			}
		}
	}
}

// Whatever is missing at the end, the answer is an error, and the client isn't told that it has a list.
func TestAListCutShortIsAnError(t *testing.T) {
	small := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "7"}}
	for _, name := range []string{"a", "b"} {
		small.Items = append(small.Items, corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}})
	}
	for _, contentType := range []string{jsonType, protobufType} {
		data := bytes.TrimSpace(encode(t, contentType, small))
		for _, r := range readers[:3] {
			if contentType == protobufType && r.name == "maps" {
				continue
			}
			for end := range data {
				got := r.read(t, contentType, data[:end], byItem)
				if contentType == protobufType && got.err == nil {
					r.compare(t, contentType, data[:end]) // the envelope ends with fields that may be missing
					continue
				}
				require.Error(t, got.err, "%s: %q", r.name, data[:end])
			}
		}
	}
}

func TestAConnectionThatBreaksInAListIsAnError(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		data := encode(t, contentType, podList("a", "b", "c"))
		t.Run(contentType, func(t *testing.T) {
			requests := 0
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				requests++
				w.Header().Set("Content-Type", contentType)
				_, _ = w.Write(data[:len(data)-len(data)/4])
				panic(http.ErrAbortHandler)
			})
			var got reading
			_, err := c.Get().Namespace("shop").Resource("pods").EachListItem(t.Context(), nil, got.keep)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.ErrorContains(t, err, `get pods in "shop"`)
			require.NotEmpty(t, got.items)
			require.Equal(t, 1, requests, "another attempt would deliver items twice")
		})
	}
}

func TestACompressedListThatIsDamagedIsAnError(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		whole := encode(t, contentType, podList("a", "b", "c"))
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, err := w.Write(whole)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		flipped := bytes.Clone(packed.Bytes())
		flipped[len(flipped)-6] ^= 1 // in the checksum: all of the list has been read by then
		for _, c := range []struct {
			data []byte
			want error
		}{{packed.Bytes(), nil}, {packed.Bytes()[:packed.Len()-1], io.ErrUnexpectedEOF}, {flipped, gzip.ErrChecksum}} {
			client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", contentType)
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write(c.data)
			})
			require.ErrorIs(t, byItem(t, client.Get().Resource("pods"), nil).err, c.want)
		}
	}
}

func TestAContextThatEndsInAList(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		data := encode(t, contentType, podList("a", "b", "c"))
		c := serve(t, func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(data[:len(data)/2])
			_ = http.NewResponseController(w).Flush()
			<-req.Context().Done()
		})
		ctx, cancel := context.WithCancel(t.Context())
		_, err := c.Get().Resource("pods").EachListItem(ctx, nil, func(runtime.Object) error {
			cancel()
			return nil
		})
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorContains(t, err, "get pods")
	}
}

// Whoever keeps an item keeps nothing of the bytes that it came in, which are others' by the time the list has ended.
func TestItemsAreTheirOwn(t *testing.T) {
	names := make([]string, 60)
	for i := range names {
		names[i] = fmt.Sprint("pod-", i)
	}
	list := podList(names...)
	for i, name := range names {
		list.Items[i].ManagedFields = []metav1.ManagedFieldsEntry{{FieldsV1: metav1.NewFieldsV1(`{"` + name + `":{}}`)}}
	}
	for _, contentType := range []string{jsonType, protobufType} {
		data := encode(t, contentType, list)
		require.Greater(t, len(data), 100<<10, "the buffer is used again and again")
		readers[0].compare(t, contentType, data)
		if contentType == jsonType {
			readers[2].compare(t, contentType, data)
		}
	}
}

// An answer that can't be taken apart costs what it costs as a whole, not twice that.
func TestAListReadAsAWholeIsInMemoryOnce(t *testing.T) {
	data := []byte(`{"kind":"PodList","apiVersion":"v1","items":[{}]}` + strings.Repeat(" ", 16<<20))
	allocated := func(how func(testing.TB, *rest.Request, runtime.Object) reading) uint64 {
		var before, after goruntime.MemStats
		goruntime.ReadMemStats(&before)
		require.NoError(t, readers[5].read(t, jsonType, data, how).err)
		goruntime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	whole := allocated(asWhole)
	require.Less(t, allocated(byItem), whole+whole/4)
}

// The server writes the next item only after the client has had the one before: nothing is held back.
func TestItemsArriveWhileTheListDoes(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		t.Run(contentType, func(t *testing.T) {
			data := encode(t, contentType, podList("a", "b", "c"))
			had := make(chan string)
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", contentType)
				first := bytes.Index(data, []byte("c2")) // in the spec of the first
				for i := range 3 {
					end := first + i*len(data)/3 + len(data)/4
					if i == 2 {
						end = len(data)
					}
					start := 0
					if i > 0 {
						start = first + (i-1)*len(data)/3 + len(data)/4
					}
					_, _ = w.Write(data[start:end])
					w.(http.Flusher).Flush()
					if i < 2 {
						if name := <-had; name != string(rune('a'+i)) {
							panic(http.ErrAbortHandler)
						}
					}
				}
			})
			var names []string
			_, err := c.Get().Resource("pods").EachListItem(t.Context(), nil, func(obj runtime.Object) error {
				name := obj.(*corev1.Pod).Name
				names = append(names, name)
				if len(names) < 3 {
					had <- name
				}
				return nil
			})
			require.NoError(t, err)
			require.Equal(t, []string{"a", "b", "c"}, names)
		})
	}
}

func TestALengthIsNotBelieved(t *testing.T) {
	for name, message := range map[string]string{
		"an item of 1 TB":            "\x12\xff\xff\xff\xff\xff\x1f",
		"an item longer than all":    "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"a length without an end":    "\x12" + strings.Repeat("\xff", 20),
		"an item beyond the message": "\x12\x7f",
		"a group":                    "\x13\x14",
		"a field of the number 0":    "\x02\x00",
		"a tag beyond 32 bits":       "\x92\x80\x80\x80\x80\x01\x00",
	} {
		t.Run(name, func(t *testing.T) {
			message = "\x12\x00" + message // behind an item
			for _, raw := range []string{
				fmt.Sprintf("\x12%c%s", len(message), message),
				"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f" + message, // the message itself lies, too
			} {
				data := []byte("k8s\x00\x0a\x0d\x0a\x02v1\x12\x07PodList" + raw)
				require.Error(t, readers[0].read(t, protobufType, data, byItem).err)
			}
		})
	}
}

// Servers of the future add fields.
func TestFieldsThatNobodyKnowsAreSkipped(t *testing.T) {
	unknown := "\x78\x96\x01" + "\x79abcdefgh" + "\x7a\x03xyz" + "\x7dabcd" // field 15 in each wire type
	pod, err := (&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a"}}).Marshal()
	require.NoError(t, err)
	message := unknown + "\x0a\x03\x12\x017" + fmt.Sprintf("\x12%c%s", len(pod), pod) + unknown
	data := []byte("k8s\x00" + unknown + "\x0a\x0d\x0a\x02v1\x12\x07PodList" + unknown + fmt.Sprintf("\x12%c%s", len(message), message) + unknown)
	for _, r := range readers[:2] {
		got := r.compare(t, protobufType, data)
		require.Equal(t, "7", got.meta.ResourceVersion)
		require.Len(t, got.items, 1)
	}
}

func TestARefusalIsTheSameItemByItem(t *testing.T) {
	for _, code := range []int{404, 410, 429, 500} {
		for _, body := range []string{`{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410,"message":"too old"}`, "<html>no"} {
			contentType := jsonType
			if body[0] == '<' {
				contentType = "text/html"
			}
			c := serve(t, reply(code, contentType, body))
			whole := asWhole(t, c.Get().Resource("pods"), nil)
			require.Equal(t, whole, byItem(t, c.Get().Resource("pods"), nil))
			require.ErrorAs(t, whole.err, new(*apierrors.StatusError))
		}
	}
}

func TestAListIsAskedForAgainUntilThereIsAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, answers: []answer{
			retryAfter(429, "3"),
			{err: io.ErrUnexpectedEOF},
			{code: 200, body: strange["as a typed server sends it"], header: http.Header{
				"Content-Type": {jsonType}, "Warning": {`299 - "pods are old"`},
			}},
		}}
		l := &listener{}
		r := newClient(t, "http://kube.example", s).Get().Resource("pods").WarningHandler(l)
		got := byItem(t, r, nil)
		require.NoError(t, got.err)
		require.Len(t, got.items, 2)
		require.Len(t, l.heard, 1, "once, not for each item")
	})
}

func TestTheErrorOfTheCallerEndsAList(t *testing.T) {
	for _, r := range []reader{readers[0], readers[5]} { // by the item, and as a whole
		stop := errors.New("enough")
		request := func(t testing.TB, request *rest.Request, into runtime.Object) reading {
			calls := 0
			list, err := request.EachListItem(t.Context(), into, func(runtime.Object) error {
				calls++
				return stop
			})
			require.Equal(t, 1, calls)
			require.Nil(t, list)
			return reading{err: err}
		}
		require.Equal(t, stop, r.read(t, jsonType, []byte(strange["as a typed server sends it"]), request).err)
	}
}

// Whoever looks at bodies wants to see that of a list, too.
func TestAListIsReadAsAWholeIfBodiesAreLogged(t *testing.T) {
	logger := ktesting.NewLogger(t, ktesting.NewConfig(ktesting.BufferLogs(true), ktesting.Verbosity(8)))
	c := newClient(t, "http://kube.example", canned{jsonType, []byte(strange["as a typed server sends it"])})
	var got reading
	_, err := c.Get().Resource("pods").EachListItem(klog.NewContext(t.Context(), logger), nil, got.keep)
	require.NoError(t, err)
	require.Len(t, got.items, 2)
	require.Contains(t, logger.GetSink().(ktesting.Underlier).GetBuffer().String(), "Response Body")
}

// FuzzListJSON and FuzzListProtobuf: whatever a server sends, an answer that can be read item by item is read as the
// same objects as a whole, and one that is an error as a whole is one by the item.
func FuzzListJSON(f *testing.F) {
	for _, text := range strange {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range readers[:3] {
			r.stricter(t, jsonType, data)
		}
	})
}

func FuzzListProtobuf(f *testing.F) {
	for n := range 3 {
		f.Add(encode(f, protobufType, &corev1.PodList{Items: make([]corev1.Pod, n)}))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, r := range readers[:2] {
			r.stricter(t, protobufType, data)
		}
	})
}

// stricter is compare for answers that no server sends: what has been handed out can't be taken back, so that a field
// that comes twice is an error.
func (r reader) stricter(t *testing.T, contentType string, data []byte) {
	whole := r.read(t, contentType, data, asWhole)
	got := r.read(t, contentType, data, byItem)
	if whole.err != nil {
		require.Error(t, got.err, "%s: %q: as a whole: %v", r.name, data, whole.err)
	} else if got.err == nil {
		require.Equal(t, whole, got, "%s: %q", r.name, data)
	}
}
