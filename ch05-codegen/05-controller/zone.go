package main

import (
	"context"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/lib/informer"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	corelisters "client-go-workbook/lib/listers/core/v1"
	"client-go-workbook/lib/retry"
	"client-go-workbook/lib/store"
)

// lastToLeave is an annotation of the zone: the UID of the Website that left it last.
const lastToLeave = "workbook.example.com/last-to-leave"

// zone says which Website has which host, for all of the cluster: where a real one would ask a DNS
// provider, this one has a ConfigMap.
//
//	data:
//	  shop.example.com: team-a/shop
//
// Many write to it, each a line of its own: that is what conflicts are tried again for.
type zone struct {
	name  string
	cache corelisters.ConfigMapNamespaceLister
	api   clientcorev1.ConfigMapInterface
}

// enter gives the host to the Website, and takes from it what it had before. It changes nothing
// and returns a refusal if another Website has the host.
//
// A host that is given to a Website that is gone would never come back. So stays is asked after the zone
// was read, and leave writes the zone in any case: either stays knows of the deletion already,
// or the zone has changed since it was read, and the update is refused.
func (z *zone) enter(ctx context.Context, host string, site store.ObjectName, stays func() error) (changed bool, err error) {
	var known map[string]string
	cached, err := z.cache.Get(z.name)
	if err == nil {
		known = cached.Data
	} else if !apierrors.IsNotFound(err) {
		return false, err
	}
	// The cache answers most calls. If it is old, there will be an event.
	if changed, err := lacks(known, host, site.String()); err != nil || !changed {
		return false, err
	}
	err = retry.OnError(retry.DefaultBackoff, conflicts, func() error {
		found, err := z.api.Get(ctx, z.name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) { // empty at first, so that the entry is an update
			found, err = z.api.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: z.name}}, metav1.CreateOptions{})
		}
		if err != nil {
			return err
		}
		if changed, err = lacks(found.Data, host, site.String()); err != nil || !changed {
			return err
		}
		if err := stays(); err != nil {
			return err
		}
		take(found, site.String())
		if found.Data == nil {
			found.Data = map[string]string{}
		}
		found.Data[host] = site.String()
		_, err = z.api.Update(ctx, found, metav1.UpdateOptions{})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("enter %s in zone %s: %w", host, z.name, err)
	}
	return changed, nil
}

// lacks says whether the entries must change so that the Website has this host and no other. It is a
// refusal if the host is another Website's.
func lacks(entries map[string]string, host, site string) (bool, error) {
	holder, taken := entries[host]
	if taken && holder != site {
		return false, &refusal{v1alpha1.ReasonHostTaken, fmt.Sprintf("%s belongs to website %s", host, holder)}
	}
	for other, holder := range entries {
		if holder == site && other != host {
			return true, nil
		}
	}
	return !taken, nil
}

// take removes the entries of a Website.
func take(zone *corev1.ConfigMap, site string) {
	maps.DeleteFunc(zone.Data, func(_, holder string) bool { return holder == site })
}

// leave takes all hosts from the Website. It asks no cache, which need not have heard of
// what was entered a moment ago.
func (z *zone) leave(ctx context.Context, site *v1alpha1.Website) error {
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		found, err := z.api.Get(ctx, z.name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		take(found, store.MetaObjectToName(site).String())
		// An update that changes nothing is none. This one must refuse those that read the zone before.
		metav1.SetMetaDataAnnotation(&found.ObjectMeta, lastToLeave, string(site.UID))
		_, err = z.api.Update(ctx, found, metav1.UpdateOptions{})
		return err
	})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove website %s/%s from zone %s: %w", site.Namespace, site.Name, z.name, err)
	}
	return nil
}

// enter enters the Website's host in the zone.
func (c *controller) enter(ctx context.Context, site *v1alpha1.Website) error {
	entered, err := c.zone.enter(ctx, site.Spec.Host, store.MetaObjectToName(site), func() error { return c.stillThere(ctx, site) })
	if entered {
		c.Recorder.Eventf(site, corev1.EventTypeNormal, "HostEntered", "%s leads here", site.Spec.Host)
	}
	return err
}

// sameHost queues the Websites that want a host whose entry has changed.
func (c *controller) sameHost() informer.ResourceEventHandler {
	enqueue := func(old, now *corev1.ConfigMap) {
		for _, zone := range []*corev1.ConfigMap{old, now} {
			for host := range zone.Data {
				if old.Data[host] != now.Data[host] {
					c.enqueueHost(host)
				}
			}
		}
	}
	none := &corev1.ConfigMap{}
	return informer.ResourceEventHandlerFuncs{
		AddFunc:    func(obj any) { enqueue(none, obj.(*corev1.ConfigMap)) },
		UpdateFunc: func(old, obj any) { enqueue(old.(*corev1.ConfigMap), obj.(*corev1.ConfigMap)) },
		DeleteFunc: func(obj any) {
			if tombstone, ok := obj.(store.DeletedFinalStateUnknown); ok {
				obj = tombstone.Obj
			}
			enqueue(obj.(*corev1.ConfigMap), none)
		},
	}
}

func (c *controller) enqueueHost(host string) {
	sites, err := c.byHost.ByTypedIndex("host", host)
	if err != nil {
		utilruntime.HandleError(err)
	}
	for _, site := range sites {
		c.queue.Add(store.MetaObjectToName(site))
	}
}
