package v1

// These types have no methods beyond the usual ones. A type that gets some moves its interface to a
// file of its own, TYPE_expansion.go, and the type's client embeds it from there.

type (
	ControllerRevisionExpansion interface{}
	DaemonSetExpansion          interface{}
	DeploymentExpansion         interface{}
	ReplicaSetExpansion         interface{}
	StatefulSetExpansion        interface{}
)
