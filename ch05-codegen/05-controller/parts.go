package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
)

// siteLabel names the Website on all that is made of it. It is also how Deployment and Service
// find the pods.
const siteLabel = "workbook.example.com/website"

// part is an object that belongs to a Website and has its name.
type part[T object[T]] struct {
	*controller
	site  *v1alpha1.Website
	kind  string
	blank T // of this kind, with nothing in it
	cache interface{ Get(name string) (T, error) }
	api   interface {
		Get(context.Context, string, metav1.GetOptions) (T, error)
		Create(context.Context, T, metav1.CreateOptions) (T, error)
		Update(context.Context, T, metav1.UpdateOptions) (T, error)
	}
	// shape sets what the Website says about the object, and nothing else. What it does not speak
	// of is left to the server's defaults, and to the user. It sets fields one by one: a whole new
	// container would wipe out the defaults in the old one, and never be equal to what the server has.
	shape func(T)
}

type object[T any] interface {
	metav1.Object
	DeepCopy() T
}

// ensure makes the object, or puts it right, or does nothing, which is what happens most. It returns what is there
// then, or nothing as long as an earlier object has yet to go: once it is gone, there will be a new one.
func (p part[T]) ensure(ctx context.Context) (none T, err error) {
	found, err := p.cache.Get(p.site.Name)
	switch {
	case apierrors.IsNotFound(err):
		return p.create(ctx)
	case err != nil:
		return none, err
	case found.GetDeletionTimestamp() != nil || p.isLeftover(found):
		return none, p.confirm(ctx, found)
	}
	if err := p.claim(ctx, found); err != nil {
		return none, err
	}
	wanted := found.DeepCopy() // the one in the cache is everybody's
	p.mark(wanted)
	p.shape(wanted)
	if equality.Semantic.DeepEqual(found, wanted) {
		return found, nil
	}
	updated, err := p.api.Update(ctx, wanted, metav1.UpdateOptions{})
	if err != nil {
		return found, fmt.Errorf("update %s %s/%s: %w", p.kind, p.site.Namespace, p.site.Name, err)
	}
	p.Recorder.Eventf(p.site, corev1.EventTypeNormal, "Updated", "%s %s", p.kind, p.site.Name)
	return updated, nil
}

func (p part[T]) create(ctx context.Context) (none T, err error) {
	wanted := p.blank
	wanted.SetNamespace(p.site.Namespace)
	wanted.SetName(p.site.Name)
	p.mark(wanted)
	p.shape(wanted)
	created, err := p.api.Create(ctx, wanted, metav1.CreateOptions{})
	if err != nil {
		return none, fmt.Errorf("create %s %s/%s: %w", p.kind, p.site.Namespace, p.site.Name, err)
	}
	p.Recorder.Eventf(p.site, corev1.EventTypeNormal, "Created", "%s %s", p.kind, p.site.Name)
	return created, nil
}

// isLeftover says whether the object belongs to a Website of the same name that is gone. The garbage collector will
// come for it.
func (p part[T]) isLeftover(found T) bool {
	owner, ours := metav1.GetControllerOf(found), p.owner()
	return owner != nil && owner.UID != ours.UID && owner.Name == ours.Name && owner.Kind == ours.Kind && owner.APIVersion == ours.APIVersion
}

// claim says whether the object that has the name is ours to write. If it belongs to somebody else, it
// stays as it is: two controllers that each put right what the other did would never end.
func (p part[T]) claim(ctx context.Context, found T) error {
	var message string
	switch owner := metav1.GetControllerOf(found); {
	case owner != nil && owner.UID == p.site.UID:
		return nil
	case owner != nil:
		message = fmt.Sprintf("%s %s belongs to %s %s", p.kind, p.site.Name, owner.Kind, owner.Name)
	case found.GetLabels()[siteLabel] != p.site.Name:
		message = fmt.Sprintf("%s %s was not made for this website", p.kind, p.site.Name)
	default:
		// An orphan that was made for a Website of this name, as after "kubectl delete --cascade=orphan": it is
		// adopted. But perhaps that is happening right now, to this very Website.
		return p.server.stays(ctx, p.site)
	}
	if err := p.confirm(ctx, found); err != nil {
		return err
	}
	return &refusal{v1alpha1.ReasonNotOwned, message}
}

// confirm asks the server whether the object is as the cache has it, before people are told of it. A write that
// stands on an old cache is refused; a word is not.
func (p part[T]) confirm(ctx context.Context, found T) error {
	now, err := p.now(ctx)
	if err == nil && now.GetResourceVersion() != found.GetResourceVersion() {
		return errBehind
	}
	return err
}

// now asks the server, not the cache, for an object that is in the cache.
func (p part[T]) now(ctx context.Context) (none T, err error) {
	now, err := p.api.Get(ctx, p.site.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return none, errBehind
	}
	if err != nil {
		return none, fmt.Errorf("get %s %s/%s: %w", p.kind, p.site.Namespace, p.site.Name, err)
	}
	return now, nil
}

// mark makes the Website the owner.
func (p part[T]) mark(obj T) {
	labels := maps.Clone(obj.GetLabels())
	if labels == nil {
		labels = map[string]string{}
	}
	labels[siteLabel] = p.site.Name
	obj.SetLabels(labels)
	owner := p.owner()
	others := slices.DeleteFunc(slices.Clone(obj.GetOwnerReferences()), func(o metav1.OwnerReference) bool { return o.UID == owner.UID })
	obj.SetOwnerReferences(append(others, *owner))
}

// owner is the Website, as its objects name it.
func (p part[T]) owner() *metav1.OwnerReference {
	return metav1.NewControllerRef(p.site, v1alpha1.SchemeGroupVersion.WithKind("Website"))
}

func (c *controller) deployment(site *v1alpha1.Website) part[*appsv1.Deployment] {
	return part[*appsv1.Deployment]{
		controller: c, site: site, kind: "Deployment", blank: &appsv1.Deployment{},
		cache: c.deployments.Deployments(site.Namespace),
		api:   c.Kubernetes.AppsV1().Deployments(site.Namespace),
		shape: func(d *appsv1.Deployment) {
			labels := map[string]string{siteLabel: site.Name}
			if d.Spec.Selector == nil { // it can't be changed later
				d.Spec.Selector = &metav1.LabelSelector{MatchLabels: labels}
			}
			if site.Spec.Replicas != nil {
				d.Spec.Replicas = site.Spec.Replicas
			}
			d.Spec.Paused = false // or no change of the Website would reach the pods
			metav1.SetMetaDataLabel(&d.Spec.Template.ObjectMeta, siteLabel, site.Name)
			container := theOne(&d.Spec.Template.Spec.Containers)
			container.Name = "site"
			container.Image = site.Spec.Image
			port := theOne(&container.Ports)
			port.Name = "http"
			port.Protocol = corev1.ProtocolTCP
			port.ContainerPort = site.Spec.Port
		},
	}
}

func (c *controller) service(site *v1alpha1.Website) part[*corev1.Service] {
	return part[*corev1.Service]{
		controller: c, site: site, kind: "Service", blank: &corev1.Service{},
		cache: c.services.Services(site.Namespace),
		api:   c.Kubernetes.CoreV1().Services(site.Namespace),
		shape: func(s *corev1.Service) {
			s.Spec.Type, s.Spec.ExternalName = corev1.ServiceTypeClusterIP, ""
			s.Spec.Selector = map[string]string{siteLabel: site.Name}
			port := theOne(&s.Spec.Ports)
			port.Name = "http"
			port.Protocol = corev1.ProtocolTCP
			port.Port = 80
			port.TargetPort = intstr.FromString("http")
		},
	}
}

// theOne returns the only element of a list, and makes it so.
func theOne[E any](list *[]E) *E {
	if len(*list) != 1 {
		*list = make([]E, 1)
	}
	return &(*list)[0]
}
