package selecting_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	appsv1 "k8s.io/api/apps/v1"
	appsv1beta1 "k8s.io/api/apps/v1beta1"
	appsv1beta2 "k8s.io/api/apps/v1beta2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	extensionsv1beta1 "k8s.io/api/extensions/v1beta1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	listersappsv1 "client-go-workbook/lib/listers/apps/v1"
	listersappsv1beta1 "client-go-workbook/lib/listers/apps/v1beta1"
	listersappsv1beta2 "client-go-workbook/lib/listers/apps/v1beta2"
	listersbatchv1 "client-go-workbook/lib/listers/batch/v1"
	listerscorev1 "client-go-workbook/lib/listers/core/v1"
	listersextensionsv1beta1 "client-go-workbook/lib/listers/extensions/v1beta1"
	"client-go-workbook/lib/listers/internal/selecting"
	listerspolicyv1 "client-go-workbook/lib/listers/policy/v1"
	listerspolicyv1beta1 "client-go-workbook/lib/listers/policy/v1beta1"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// owners are five objects in "shop", one of each selector, and one elsewhere.
func owners[T any](object func(metav1.ObjectMeta, *metav1.LabelSelector) T) store.Indexer {
	indexer := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc})
	web := &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}}
	for name, selector := range map[string]*metav1.LabelSelector{
		"web":   web,
		"other": {MatchLabels: map[string]string{"app": "db"}},
		"empty": {},
		"none":  nil,
		"wrong": {MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: "is"}}},
	} {
		if err := indexer.Add(object(metav1.ObjectMeta{Namespace: "shop", Name: name}, selector)); err != nil {
			panic(err)
		}
	}
	if err := indexer.Add(object(metav1.ObjectMeta{Namespace: "bank", Name: "web"}, web)); err != nil {
		panic(err)
	}
	return indexer
}

func names[T metav1.Object](objects []T, err error) ([]string, error) {
	var all []string
	for _, object := range objects {
		all = append(all, object.GetNamespace()+"/"+object.GetName())
	}
	return all, err
}

// question asks a lister of one kind which of its owners select a pod, or a revision.
type question struct {
	kind  string
	ask   func(*corev1.Pod) ([]string, error)
	empty bool // an empty selector selects everything
}

func questions() []question {
	revision := func(pod *corev1.Pod) metav1.ObjectMeta { return pod.ObjectMeta }
	stable := owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *appsv1.DaemonSet {
		return &appsv1.DaemonSet{ObjectMeta: m, Spec: appsv1.DaemonSetSpec{Selector: s}}
	})
	beta2 := owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *appsv1beta2.DaemonSet {
		return &appsv1beta2.DaemonSet{ObjectMeta: m, Spec: appsv1beta2.DaemonSetSpec{Selector: s}}
	})
	extensions := owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *extensionsv1beta1.DaemonSet {
		return &extensionsv1beta1.DaemonSet{ObjectMeta: m, Spec: extensionsv1beta1.DaemonSetSpec{Selector: s}}
	})
	return []question{
		{"daemonsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1.NewDaemonSetLister(stable).GetPodDaemonSets(p))
		}, false},
		{"daemonsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1.NewDaemonSetLister(stable).GetHistoryDaemonSets(&appsv1.ControllerRevision{ObjectMeta: revision(p)}))
		}, false},
		{"daemonsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1beta2.NewDaemonSetLister(beta2).GetPodDaemonSets(p))
		}, false},
		{"daemonsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1beta2.NewDaemonSetLister(beta2).GetHistoryDaemonSets(&appsv1beta2.ControllerRevision{ObjectMeta: revision(p)}))
		}, false},
		{"daemonsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersextensionsv1beta1.NewDaemonSetLister(extensions).GetPodDaemonSets(p))
		}, false},
		{"daemonsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersextensionsv1beta1.NewDaemonSetLister(extensions).GetHistoryDaemonSets(&appsv1beta1.ControllerRevision{ObjectMeta: revision(p)}))
		}, false},
		{"replicasets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1.NewReplicaSetLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *appsv1.ReplicaSet {
				return &appsv1.ReplicaSet{ObjectMeta: m, Spec: appsv1.ReplicaSetSpec{Selector: s}}
			})).GetPodReplicaSets(p))
		}, false},
		{"replicasets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1beta2.NewReplicaSetLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *appsv1beta2.ReplicaSet {
				return &appsv1beta2.ReplicaSet{ObjectMeta: m, Spec: appsv1beta2.ReplicaSetSpec{Selector: s}}
			})).GetPodReplicaSets(p))
		}, false},
		{"replicasets", func(p *corev1.Pod) ([]string, error) {
			return names(listersextensionsv1beta1.NewReplicaSetLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *extensionsv1beta1.ReplicaSet {
				return &extensionsv1beta1.ReplicaSet{ObjectMeta: m, Spec: extensionsv1beta1.ReplicaSetSpec{Selector: s}}
			})).GetPodReplicaSets(p))
		}, false},
		{"statefulsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1.NewStatefulSetLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *appsv1.StatefulSet {
				return &appsv1.StatefulSet{ObjectMeta: m, Spec: appsv1.StatefulSetSpec{Selector: s}}
			})).GetPodStatefulSets(p))
		}, false},
		{"statefulsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1beta1.NewStatefulSetLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *appsv1beta1.StatefulSet {
				return &appsv1beta1.StatefulSet{ObjectMeta: m, Spec: appsv1beta1.StatefulSetSpec{Selector: s}}
			})).GetPodStatefulSets(p))
		}, false},
		{"statefulsets", func(p *corev1.Pod) ([]string, error) {
			return names(listersappsv1beta2.NewStatefulSetLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *appsv1beta2.StatefulSet {
				return &appsv1beta2.StatefulSet{ObjectMeta: m, Spec: appsv1beta2.StatefulSetSpec{Selector: s}}
			})).GetPodStatefulSets(p))
		}, false},
		{"jobs", func(p *corev1.Pod) ([]string, error) {
			jobs, err := listersbatchv1.NewJobLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *batchv1.Job {
				return &batchv1.Job{ObjectMeta: m, Spec: batchv1.JobSpec{Selector: s}}
			})).GetPodJobs(p)
			var pointers []*batchv1.Job
			for i := range jobs {
				pointers = append(pointers, &jobs[i])
			}
			return names(pointers, err)
		}, true},
		{"poddisruptionbudgets", func(p *corev1.Pod) ([]string, error) {
			return names(listerspolicyv1.NewPodDisruptionBudgetLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *policyv1.PodDisruptionBudget {
				return &policyv1.PodDisruptionBudget{ObjectMeta: m, Spec: policyv1.PodDisruptionBudgetSpec{Selector: s}}
			})).GetPodPodDisruptionBudgets(p))
		}, true},
		{"poddisruptionbudgets", func(p *corev1.Pod) ([]string, error) {
			return names(listerspolicyv1beta1.NewPodDisruptionBudgetLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *policyv1beta1.PodDisruptionBudget {
				return &policyv1beta1.PodDisruptionBudget{ObjectMeta: m, Spec: policyv1beta1.PodDisruptionBudgetSpec{Selector: s}}
			})).GetPodPodDisruptionBudgets(p))
		}, false},
		{"replicationcontrollers", func(p *corev1.Pod) ([]string, error) {
			return names(listerscorev1.NewReplicationControllerLister(owners(func(m metav1.ObjectMeta, s *metav1.LabelSelector) *corev1.ReplicationController {
				controller := &corev1.ReplicationController{ObjectMeta: m}
				if s != nil {
					controller.Spec.Selector = s.MatchLabels // it can say no more
				}
				return controller
			})).GetPodControllers(p))
		}, false},
	}
}

func TestWhoSelectsAPod(t *testing.T) {
	for _, q := range questions() {
		t.Run(q.kind, func(t *testing.T) {
			want := []string{"shop/web"}
			if q.empty {
				want = append(want, "shop/empty")
			}
			got, err := q.ask(pod("shop", map[string]string{"app": "web"}))
			require.NoError(t, err)
			require.ElementsMatch(t, want, got)

			if !q.empty {
				_, err = q.ask(pod("shop", map[string]string{"app": "mail"}))
				require.EqualError(t, err, "no "+q.kind+" select shop/web-0 by its labels app=mail")
				_, err = q.ask(pod("shop", nil))
				require.ErrorContains(t, err, "no "+q.kind+" select shop/web-0")
			}
			_, err = q.ask(pod("nowhere", map[string]string{"app": "web"}))
			require.EqualError(t, err, "no "+q.kind+" select nowhere/web-0 by its labels app=web")
		})
	}
}

// A budget can be for pods that lack a label. Owners are asked about pods that have some, always.
func TestWhoSelectsAPodWithoutLabels(t *testing.T) {
	unlabelled := pod("shop", nil)
	for _, q := range questions() {
		switch got, err := q.ask(unlabelled); {
		case q.kind != "poddisruptionbudgets":
			require.EqualError(t, err, "no "+q.kind+" select shop/web-0: it has no labels")
		case q.empty:
			require.Equal(t, []string{"shop/empty"}, got)
		}
	}

	lacking := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc})
	require.NoError(t, lacking.Add(&policyv1beta1.PodDisruptionBudget{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "apps"},
		Spec: policyv1beta1.PodDisruptionBudgetSpec{Selector: &metav1.LabelSelector{
			MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "app", Operator: metav1.LabelSelectorOpDoesNotExist}},
		}},
	}))
	budgets, err := listerspolicyv1beta1.NewPodDisruptionBudgetLister(lacking).GetPodPodDisruptionBudgets(unlabelled)
	require.NoError(t, err)
	require.Len(t, budgets, 1)
}

// A pod without a namespace is no pod of the API; a lister of "" lists all namespaces.
func TestNoOwnerFromAnotherNamespace(t *testing.T) {
	_, err := questions()[0].ask(pod("", map[string]string{"app": "web"}))
	require.Error(t, err)
}

func TestAnErrorOfTheListIsPassedOn(t *testing.T) {
	broken := errors.New("broken")
	_, err := selecting.Search[*corev1.Pod]{
		Candidates: func(labels.Selector) ([]*corev1.Pod, error) { return nil, broken },
	}.For(pod("shop", map[string]string{"app": "web"}))
	require.ErrorIs(t, err, broken)
}

func pod(namespace string, labels map[string]string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "web-0", Labels: labels}}
}
