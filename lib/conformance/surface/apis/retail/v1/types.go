package v1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Status is of no interest here.
type Status struct{}

// +genclient
// +genclient:method=GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale
// +genclient:method=UpdateScale,verb=update,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale
// +genclient:method=PatchScale,verb=patch,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale
// +genclient:method=OpenTill,verb=create,subresource=tills,input=Till,result=Till
// +genclient:method=Branches,verb=list,subresource=branches

// Shop has a status, and methods of all verbs that work on a part of it.
type Shop struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Status Status `json:"status,omitempty"`
}

type ShopList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Shop `json:"items"`
}

// +genclient
// +genclient:nonNamespaced
// +genclient:noStatus
// +genclient:skipVerbs=delete,deleteCollection
// +genclient:method=Find,verb=get
// +genclient:method=Replace,verb=update
// +genclient:method=Add,verb=create
// +genclient:method=All,verb=list
// +genclient:method=Change,verb=patch
// +resourceName=seasonalsales

// Sale lives outside namespaces, has a status that nobody writes, and methods that are verbs by another name.
type Sale struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Status Status `json:"status,omitempty"`
}

type SaleList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Sale `json:"items"`
}

// +genclient
// +genclient:readonly

// Price can only be read.
type Price struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
}

type PriceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Price `json:"items"`
}

// +genclient
// +genclient:skipVerbs=watch

// Ledger can be listed, not watched: it has a lister and no informer.
type Ledger struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
}

type LedgerList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Ledger `json:"items"`
}

// +genclient
// +genclient:onlyVerbs=create

// Till can only be created, so that it needs no list type.
type Till struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
}

// +genclient
// +genclient:noVerbs

// Receipt has a client with nothing but an expansion.
type Receipt struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
}

// +genclient
// +genclient:noVerbs
// +genclient:method=Ask,verb=create,subresource=answers

// Question has one method, and no verb.
type Question struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
}
