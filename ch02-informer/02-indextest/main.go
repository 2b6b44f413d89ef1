// Command 02-indextest finds pods by their users, which stand in an annotation: first
// among plain objects, for which it needs no cluster, then in an informer's cache.
package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	if err := demo.OffCluster(ctx, out, onPlainObjects); err != nil {
		return err
	}
	fmt.Fprintln(out)
	return demo.OnCluster(ctx, out, "ch02-indextest", onCluster)
}

const (
	byUser   = "byUser"
	usersKey = "users" // of the annotation
)

// usersIndexFunc gives a pod one index value for each of its users.
func usersIndexFunc(obj any) ([]string, error) {
	pod, ok := obj.(*corev1.Pod)
	if !ok {
		return nil, fmt.Errorf("index by user: want a pod, got %T", obj)
	}
	if pod.Annotations[usersKey] == "" {
		return nil, nil // no users: in no line of the index
	}
	return strings.Split(pod.Annotations[usersKey], ","), nil
}

// users of the pods, by name.
var users = [][2]string{{"one", "ernie,bert"}, {"two", "bert,oscar"}, {"three", "ernie,elmo"}}

// pod has a container, because the server wants one, and a scheduler that doesn't
// exist, so that nothing changes it but this demo.
func pod(name, users string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{usersKey: users}},
		Spec: corev1.PodSpec{
			SchedulerName:      "nobody",
			ServiceAccountName: serviceAccount,
			Containers:         []corev1.Container{{Name: "pause", Image: "registry.k8s.io/pause:3.10"}},
		},
	}
}

func onPlainObjects(ctx context.Context, s *demo.Stage) error {
	pods := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{byUser: usersIndexFunc})
	s.Title("IndexTest: pods by user, on plain objects")
	return s.Play(ctx,
		demo.Step{Verb: "add", Do: func(context.Context) (string, error) {
			for _, u := range users {
				if err := pods.Add(pod(u[0], u[1])); err != nil {
					return "", err
				}
			}
			return podsByUser(pods)
		}},
		demo.Step{Verb: "update", Do: func(context.Context) (string, error) {
			if err := pods.Update(pod("two", "bert")); err != nil {
				return "", err
			}
			told, err := podsByUser(pods)
			return "pod two loses its user oscar\n" + told, err
		}},
		demo.Step{Verb: "delete", Do: func(context.Context) (string, error) {
			if err := pods.Delete(pod("three", "")); err != nil {
				return "", err
			}
			told, err := podsByUser(pods)
			return "pod three; only its key matters\n" + told, err
		}},
	)
}

// podsByUser asks the index for each user's pods.
func podsByUser(pods store.Indexer) (string, error) {
	values := pods.ListIndexFuncValues(byUser)
	slices.Sort(values)
	rows := make([][]string, len(values))
	for i, user := range values {
		found, err := pods.ByIndex(byUser, user)
		if err != nil {
			return "", err
		}
		var told []string
		for _, obj := range found {
			pod := obj.(*corev1.Pod)
			told = append(told, fmt.Sprintf("%s (%s)", pod.Name, pod.Annotations[usersKey]))
		}
		slices.Sort(told)
		rows[i] = []string{user, strings.Join(told, "  ")}
	}
	return demo.Columns(rows...), nil
}

func onCluster(ctx context.Context, s *demo.Stage) error {
	client, err := kubernetes.NewForConfig(s.Config)
	if err != nil {
		return err
	}
	d := &steps{client: client.CoreV1().Pods(s.Namespace), accounts: client.CoreV1().ServiceAccounts(s.Namespace)}
	d.informer = informer.NewSharedIndexInformerWithOptions(reflector.NewListWatchForClient(d.client, nil), &corev1.Pod{},
		informer.SharedIndexInformerOptions{Indexers: store.Indexers{byUser: usersIndexFunc}})
	_, err = d.informer.AddEventHandler(informer.ResourceEventHandlerFuncs{
		AddFunc:    func(obj any) { d.seen.Note("OnAdd", name(obj)) },
		UpdateFunc: func(_, obj any) { d.seen.Note("OnUpdate", name(obj)) },
		DeleteFunc: func(obj any) { d.seen.Note("OnDelete", name(obj)) },
	})
	if err != nil {
		return err
	}
	defer demo.Meanwhile(ctx, d.informer.RunWithContext)()

	s.Title("IndexTest: pods by user, in an informer's cache")
	return s.Play(ctx,
		demo.Step{Verb: "synced", Do: d.synced},
		demo.Step{Verb: "create", Do: d.create},
		demo.Step{Verb: "patch", Do: d.patch},
		demo.Step{Verb: "delete", Do: d.delete},
	)
}

type steps struct {
	client   clientcorev1.PodInterface
	accounts clientcorev1.ServiceAccountInterface
	informer informer.SharedIndexInformer
	seen     demo.Journal // what the handler was told
}

func name(obj any) string {
	object, err := store.DeletionHandlingObjectToName(obj)
	if err != nil {
		return err.Error()
	}
	return object.Name
}

// told waits for n calls of the handler. What a handler was told has already happened in
// the cache, so the index is asked right after.
func (d *steps) told(ctx context.Context, n int) (string, error) {
	calls, err := d.seen.Take(ctx, n)
	if err != nil {
		return "", err
	}
	index, err := podsByUser(d.informer.GetIndexer())
	return demo.Columns(calls...) + "\n" + index, err
}

func (d *steps) synced(ctx context.Context) (string, error) {
	if !informer.WaitFor(ctx, "", d.informer.HasSyncedChecker()) {
		return "", ctx.Err()
	}
	return "with nothing: there are no pods", nil
}

const serviceAccount = "puppeteer" // the server wants pods to have one

func (d *steps) create(ctx context.Context) (string, error) {
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: serviceAccount}}
	if _, err := d.accounts.Create(ctx, account, metav1.CreateOptions{}); err != nil {
		return "", err
	}
	for _, u := range users {
		if _, err := d.client.Create(ctx, pod(u[0], u[1]), metav1.CreateOptions{}); err != nil {
			return "", err
		}
	}
	return d.told(ctx, len(users))
}

func (d *steps) patch(ctx context.Context) (string, error) {
	patch := fmt.Appendf(nil, `{"metadata":{"annotations":{%q:"bert"}}}`, usersKey)
	if _, err := d.client.Patch(ctx, "two", types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
		return "", err
	}
	return d.told(ctx, 1)
}

func (d *steps) delete(ctx context.Context) (string, error) {
	if err := d.client.Delete(ctx, "three", metav1.DeleteOptions{}); err != nil {
		return "", err
	}
	told, err := d.told(ctx, 2)
	return "a pod is asked to end before it is deleted, also one that never began\n" + told, err
}
