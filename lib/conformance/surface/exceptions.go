package main

import "slices"

// ofGenerators are the differences between what upstream's generators write and what ours write.
var ofGenerators = []exception{
	{
		names:   `informers\.WithInformerName|informers(/internalinterfaces)?\.(SharedInformerFactory|InformerOptions)\.InformerName`,
		missing: 4,
		reason:  "an informer's name is for client-go's own metrics, which lib/informer leaves out",
	},
	{
		names:   `informers(/internalinterfaces)?\.SharedInformerFactory\.(Start|WaitForCacheSync)`,
		missing: 3,
		reason:  "lib stops by contexts, not by channels: StartWithContext and WaitForCacheSyncWithContext",
	},
	{
		names:   `informers\.NewFilteredSharedInformerFactory`,
		missing: 1,
		reason:  "deprecated: NewSharedInformerFactoryWithOptions does the same",
	},
}

// ofTags are those for tags that k8s.io/api does not have.
var ofTags = slices.Concat(ofGenerators, []exception{
	{
		names:  `kubernetes/typed/retail/v1\.QuestionInterface\.Ask`,
		extra:  1,
		reason: "upstream leaves out the methods of a type with noVerbs, and does not say so",
	},
})

// ofPackages are those between client-go's packages and lib's: the same, and what comes by hand.
var ofPackages = slices.Concat(ofGenerators, []exception{
	{
		names:   `kubernetes/typed/.*Interface\.Apply(Status|Scale)?|kubernetes/fake\.NewClientset`,
		missing: 222,
		reason:  "there are no apply configurations, nor a fake clientset that merges them",
	},
	{
		names:  `kubernetes/typed/imagepolicy/v1alpha1.*|kubernetes(/fake)?\.(Clientset|Interface)\.ImagepolicyV1alpha1`,
		extra:  21,
		reason: "client-go has no client for ImageReview, as only webhooks serve it; it has +genclient, and so it has one here",
	},
	{
		names:   `kubernetes/typed/core/v1\.Event(Expansion|Interface)\.((Create|Update|Patch)WithEventNamespace|Search)`,
		missing: 8,
		reason:  "deprecated: the same with a context are …WithContext",
	},
	{
		names:   `kubernetes/typed/core/v1\.Pod(Expansion|Interface)\.Evict`,
		missing: 2,
		reason:  "deprecated: EvictV1",
	},
	{
		names:   `kubernetes/typed/core/v1\.GetInvolvedObjectNameFieldLabel`,
		missing: 1,
		reason:  "deprecated: it is \"involvedObject.name\" for every version that there is",
	},
	{
		names:  `kubernetes/typed/core/v1\.EventSinkImpl\.(Create|Patch)WithContext`,
		extra:  2,
		reason: "lib/record ends a write when its recorder is told to stop, if the sink takes a context",
	},
	{
		names:   `listers\.(New|NewNamespaced|ResourceIndexer|ResourceIndexer\.(Get|List))`,
		missing: 5,
		reason:  "what generated listers stand on is in lib/lister",
	},
})
