package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Website is a site on the web. A controller makes a Deployment and a Service of it, and
// enters its host in the zone.
//
// +genclient
// +genclient:method=GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale
// +genclient:method=UpdateScale,verb=update,subresource=scale,input=k8s.io/api/autoscaling/v1.Scale,result=k8s.io/api/autoscaling/v1.Scale
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type Website struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   WebsiteSpec   `json:"spec"`
	Status WebsiteStatus `json:"status,omitempty"`
}

// WebsiteSpec is what the user wants.
type WebsiteSpec struct {
	// Host is the name that visitors type, such as shop.example.com. In all of the cluster only
	// one Website has it.
	Host string `json:"host"`
	// Image is a web server with the site in it.
	Image string `json:"image"`
	// Port is where the image listens; 8080 unless given.
	Port int32 `json:"port,omitempty"`
	// Replicas is how many pods serve the site; 1 unless given.
	Replicas *int32 `json:"replicas,omitempty"`
}

// WebsiteStatus is how things are. Only the controller writes it.
type WebsiteStatus struct {
	// ObservedGeneration is the generation that the rest of the status is about. If it is older
	// than metadata.generation, the controller has not seen the spec yet.
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Replicas is how many pods there are, and ReadyReplicas how many of them serve.
	Replicas      int32 `json:"replicas,omitempty"`
	ReadyReplicas int32 `json:"readyReplicas,omitempty"`
	// Address is where the site is within the cluster, such as http://shop.team-a.svc.
	Address string `json:"address,omitempty"`
	// Conditions has one of the type Ready.
	//
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// Ready is the type of the condition that says whether a Website can be visited. Its reasons
// are the constants below.
const Ready = "Ready"

const (
	// ReasonServing: all replicas are ready.
	ReasonServing = "Serving"
	// ReasonProgressing: some replicas are not ready yet.
	ReasonProgressing = "Progressing"
	// ReasonStopped: no replicas are wanted.
	ReasonStopped = "Stopped"
	// ReasonHostTaken: another Website has the host.
	ReasonHostTaken = "HostTaken"
	// ReasonNotOwned: a Deployment or a Service of this name belongs to somebody else.
	ReasonNotOwned = "NotOwned"
	// ReasonSyncFailed: the server refuses what the Website needs. It is tried again.
	ReasonSyncFailed = "SyncFailed"
)

// WebsiteList is a page of Websites.
//
// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object
type WebsiteList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Website `json:"items"`
}
