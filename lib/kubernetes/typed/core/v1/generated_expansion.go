package v1

// These types have no methods beyond the usual ones. A type that gets some moves its interface to a
// file of its own, TYPE_expansion.go, and the type's client embeds it from there.

type (
	ComponentStatusExpansion       interface{}
	ConfigMapExpansion             interface{}
	EndpointsExpansion             interface{}
	LimitRangeExpansion            interface{}
	PersistentVolumeExpansion      interface{}
	PersistentVolumeClaimExpansion interface{}
	PodTemplateExpansion           interface{}
	ReplicationControllerExpansion interface{}
	ResourceQuotaExpansion         interface{}
	SecretExpansion                interface{}
	ServiceAccountExpansion        interface{}
)
