package kubernetes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/flowcontrol"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newClientset(t testing.TB, server *apitest.Server) *kubernetes.Clientset {
	t.Helper()
	cs, err := kubernetes.NewForConfigAndClient(&rest.Config{Host: server.URL, QPS: -1}, server.Client())
	require.NoError(t, err)
	return cs
}

func last(server *apitest.Server) *apitest.Request {
	requests := server.Requests()
	return requests[len(requests)-1]
}

func TestAllGroupsShareOneRateLimiter(t *testing.T) {
	limiterOf := func(c interface{ RESTClient() rest.Interface }) flowcontrol.RateLimiter {
		return c.RESTClient().GetRateLimiter()
	}

	config := &rest.Config{Host: "https://example", QPS: 50, Burst: 100}
	cs, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	require.Equal(t, float32(50), limiterOf(cs.CoreV1()).QPS())
	require.Same(t, limiterOf(cs.CoreV1()), limiterOf(cs.AppsV1()))
	require.Same(t, limiterOf(cs.CoreV1()), limiterOf(cs.EventsV1()))
	require.Same(t, limiterOf(cs.CoreV1()), limiterOf(cs.DiscoveryClient))
	require.Nil(t, config.RateLimiter, "the caller's config was changed")

	mine := flowcontrol.NewFakeAlwaysRateLimiter()
	cs, err = kubernetes.NewForConfig(&rest.Config{Host: "https://example", QPS: 50, RateLimiter: mine})
	require.NoError(t, err, "with a limiter, no burst is needed")
	require.Equal(t, mine, limiterOf(cs.CoreV1()))
}

func TestAConfigThatCannotBeUsedIsRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		config rest.Config
		want   string
	}{
		"QPS without burst":     {rest.Config{Host: "https://example", QPS: 5}, "burst is required to be greater than 0 when RateLimiter is not set and QPS is set to greater than 0"},
		"a host that is no URL": {rest.Config{Host: "http://exa mple"}, "exa mple"},
		"a CA that is no PEM":   {rest.Config{Host: "https://example", TLSClientConfig: rest.TLSClientConfig{CAData: []byte("?")}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := kubernetes.NewForConfig(&tt.config)
			require.ErrorContains(t, err, tt.want)
			require.Panics(t, func() { kubernetes.NewForConfigOrDie(&tt.config) })
		})
	}
}

func TestTheUserAgentIsTheConfigsOrTheDefault(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	for given, want := range map[string]string{"": rest.DefaultKubernetesUserAgent(), "shopkeeper/v1": "shopkeeper/v1"} {
		config := &rest.Config{Host: server.URL, UserAgent: given}
		cs, err := kubernetes.NewForConfig(config)
		require.NoError(t, err)
		_, err = cs.CoreV1().Pods("shop").List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		require.Equal(t, want, last(server).UserAgent())
		_, err = cs.Discovery().ServerVersion()
		require.NoError(t, err)
		require.Equal(t, want, last(server).UserAgent())
		require.Equal(t, given, config.UserAgent, "the caller's config was changed")
	}
}

func TestAClientsetOverOneRESTClient(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	core := newClientset(t, server).CoreV1().RESTClient()
	cs := kubernetes.New(core)
	require.Same(t, core, cs.CoreV1().RESTClient())
	require.Same(t, core, cs.AppsV1().RESTClient())
	require.Same(t, core, cs.EventsV1().RESTClient())
	_, err := cs.CoreV1().Pods("shop").Create(t.Context(), &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "web-0"}}, metav1.CreateOptions{})
	require.NoError(t, err)
}

func TestDiscoveryOfNoClientsetIsNil(t *testing.T) {
	var cs *kubernetes.Clientset
	require.Nil(t, cs.Discovery())
}
