package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
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
	name   string
	cache  corelisters.ConfigMapNamespaceLister
	api    clientcorev1.ConfigMapInterface
	server server
}

// enter gives the Website its host, and takes from it what it had before. It changes nothing
// and returns a refusal if another Website has the host.
func (z *zone) enter(ctx context.Context, site *v1alpha1.Website) (changed bool, err error) {
	host := site.Spec.Host
	cached, err := z.cache.Get(z.name)
	if err == nil && hasOnly(cached, host, store.MetaObjectToName(site)) {
		return false, nil // as most times; if the cache is old, there will be an event
	}
	if err != nil && !apierrors.IsNotFound(err) {
		return false, err
	}
	err = retry.OnError(retry.DefaultBackoff, conflicts, func() (err error) {
		changed, err = z.tryEnter(ctx, site)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("enter %s in zone %s: %w", host, z.name, err)
	}
	return changed, nil
}

// tryEnter enters the host, unless somebody else writes at the same time.
//
// A host that is given to a Website that is gone would be nobody's. So the server is asked for it after
// the zone was read, and leave writes the zone in any case: either the server knows of the deletion
// already, or the zone has changed since it was read, and the update is refused.
func (z *zone) tryEnter(ctx context.Context, site *v1alpha1.Website) (changed bool, err error) {
	host, name := site.Spec.Host, store.MetaObjectToName(site)
	found, err := z.api.Get(ctx, z.name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) { // empty at first, so that the entry is an update
		found, err = z.api.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: z.name}}, metav1.CreateOptions{})
	}
	if err != nil || hasOnly(found, host, name) {
		return false, err
	}
	if err := z.vacant(ctx, host, found.Data[host], name); err != nil {
		return false, err
	}
	if err := z.server.stays(ctx, site); err != nil {
		return false, err
	}
	take(found, name)
	if found.Data == nil {
		found.Data = map[string]string{}
	}
	found.Data[host] = name.String()
	_, err = z.api.Update(ctx, found, metav1.UpdateOptions{})
	return true, err
}

// vacant returns a refusal if the holder is another Website that wants the host. One that wants another by now keeps
// this one no longer than nobody else wants it: or two that change places would wait for each other.
func (z *zone) vacant(ctx context.Context, host, holder string, site store.ObjectName) error {
	name, ok := nameOf(holder)
	if !ok || name == site {
		return nil
	}
	other, err := z.server.website(ctx, name)
	if err == nil && other != nil && other.Spec.Host == host {
		return &refusal{v1alpha1.ReasonHostTaken, fmt.Sprintf("%s belongs to website %s", host, holder)}
	}
	return err
}

// nameOf reads what stands in an entry. A hand may have written anything there.
func nameOf(holder string) (name store.ObjectName, ok bool) {
	name, err := store.ParseObjectName(holder)
	return name, err == nil && name.Namespace != ""
}

// hasOnly says whether the zone gives the Website this host, and no other.
func hasOnly(zone *corev1.ConfigMap, host string, site store.ObjectName) bool {
	return zone.Data[host] == site.String() && hosts(zone, site) == 1
}

// hosts counts those of a Website.
func hosts(zone *corev1.ConfigMap, site store.ObjectName) (n int) {
	for _, holder := range zone.Data {
		if holder == site.String() {
			n++
		}
	}
	return n
}

// take removes the entries of a Website.
func take(zone *corev1.ConfigMap, site store.ObjectName) {
	maps.DeleteFunc(zone.Data, func(_, holder string) bool { return holder == site.String() })
}

// leave takes all hosts from a Website that goes. It asks no cache, which need not have heard of
// what was entered a moment ago, nor of a new Website of that name.
func (z *zone) leave(ctx context.Context, site store.ObjectName, uid types.UID) error {
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		found, err := z.api.Get(ctx, z.name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		if living, err := z.server.website(ctx, site); err != nil || living != nil {
			return cmp.Or(err, errBehind)
		}
		take(found, site)
		// An update that changes nothing is none. This one must refuse those that read the zone before.
		metav1.SetMetaDataAnnotation(&found.ObjectMeta, lastToLeave, string(uid))
		_, err = z.api.Update(ctx, found, metav1.UpdateOptions{})
		return err
	})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("remove website %s from zone %s: %w", site, z.name, err)
	}
	return nil
}

// forget is for a Website that is gone. Its finalizer has seen to its host, unless a hand has removed that.
func (z *zone) forget(ctx context.Context, site store.ObjectName) error {
	cached, err := z.cache.Get(z.name)
	if err != nil || hosts(cached, site) == 0 {
		return nil // if the zone is not known yet, it will be news
	}
	return z.leave(ctx, site, "")
}

// enter enters the Website's host in the zone.
func (c *controller) enter(ctx context.Context, site *v1alpha1.Website) error {
	entered, err := c.zone.enter(ctx, site)
	if entered {
		c.Recorder.Eventf(site, corev1.EventTypeNormal, "HostEntered", "%s leads here", site.Spec.Host)
	}
	return err
}

// sameHost queues the Websites that want a host whose entry has changed, and those that the entry names.
func (c *controller) sameHost() informer.ResourceEventHandler {
	enqueue := func(old, now *corev1.ConfigMap) {
		for _, zone := range []*corev1.ConfigMap{old, now} {
			for host, holder := range zone.Data {
				if old.Data[host] != now.Data[host] {
					c.enqueueHost(host)
					c.enqueueHolder(holder)
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

// enqueueHolder queues also who is gone: sync sees to it. Websites that are none of this controller's it leaves to theirs.
func (c *controller) enqueueHolder(holder string) {
	if name, ok := nameOf(holder); ok && (c.Namespace == "" || c.Namespace == name.Namespace) {
		c.queue.Add(name)
	}
}
