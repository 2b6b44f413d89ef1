package rest_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/rest"
)

// TestABadDay is a client's day with a server that fails in one way after the other: real HTTP, on a fake clock.
func TestABadDay(t *testing.T) {
	for _, contentType := range []string{jsonType, protobufType} {
		t.Run(contentType, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, err := apitest.New(apitest.Config{InMemory: true})
				require.NoError(t, err)
				defer server.Close()
				transport := &http.Transport{DialContext: server.Dial}
				defer transport.CloseIdleConnections()
				c := newClient(t, server.URL, transport)
				maps := func(r *rest.Request) *rest.Request {
					if contentType == protobufType {
						r.UseProtobufAsDefault()
					}
					return r.Namespace("shop").Resource("configmaps")
				}
				start := time.Now()

				// It is busy: the client comes back when told, with the same object.
				server.Inject(apitest.Fault{Times: 2, Do: apitest.TooManyRequests(3 * time.Second)})
				var soup corev1.ConfigMap
				draft := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "soup"}, Data: map[string]string{"today": "pea"}}
				require.NoError(t, maps(c.Post()).Body(draft).Do(t.Context()).Into(&soup))
				require.Equal(t, draft.Data, soup.Data)
				require.Equal(t, 6*time.Second, time.Since(start))
				from := soup.ResourceVersion

				// A proxy speaks in its place.
				server.Inject(apitest.Fault{Do: apitest.HTML(http.StatusInternalServerError)})
				err = maps(c.Get()).Name("soup").Do(t.Context()).Error()
				require.True(t, apierrors.IsInternalError(err), "%v", err)
				require.ErrorContains(t, err, "(get configmaps soup)")

				// It hangs: the client's patience is what counts.
				server.Inject(apitest.Fault{Do: apitest.Hang()})
				start = time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				defer cancel()
				require.ErrorIs(t, maps(c.Get()).Name("soup").Do(ctx).Error(), context.DeadlineExceeded)
				require.Equal(t, 5*time.Second, time.Since(start))

				// It dies in the middle of an event: no news, and the client goes on where it was.
				for _, today := range []string{"leek", "bean"} {
					soup.Data["today"] = today
					require.NoError(t, maps(c.Put()).Name("soup").Body(&soup).Do(t.Context()).Into(&soup))
				}
				startWatch := func() (watch.Interface, error) {
					options := &metav1.ListOptions{Watch: true, ResourceVersion: from}
					return maps(c.Get()).VersionedParams(options, parameterCodec).Watch(t.Context())
				}
				follow := func() (news []string) {
					w, err := startWatch()
					require.NoError(t, err)
					defer w.Stop()
					for range 2 {
						event, open := <-w.ResultChan()
						if !open {
							break
						}
						require.Equal(t, watch.Modified, event.Type)
						news = append(news, event.Object.(*corev1.ConfigMap).Data["today"])
						from = event.Object.(*corev1.ConfigMap).ResourceVersion
					}
					return news
				}
				server.Inject(apitest.Fault{On: apitest.On("watch", "configmaps"), Do: apitest.Cut(1, 20)})
				require.Equal(t, []string{"leek"}, follow())
				soup.Data["today"] = "none"
				require.NoError(t, maps(c.Put()).Name("soup").Body(&soup).Do(t.Context()).Into(&soup))
				require.Equal(t, []string{"bean", "none"}, follow())

				// It has forgotten the past.
				server.Inject(apitest.Fault{On: apitest.On("watch", "configmaps"), Do: apitest.Gone()})
				_, err = startWatch()
				require.True(t, apierrors.IsResourceExpired(err), "%v", err)
			})
		})
	}
}
