package discovery

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// decodeAPIVersions reads the plain answer of /api. It knows no groups: its versions are those of the core group,
// whose name is empty, the first one preferred.
func decodeAPIVersions(got answer) (catalog, error) {
	var core metav1.APIVersions
	if err := got.decode(&core); err != nil {
		return catalog{}, err
	}
	var group metav1.APIGroup
	for _, version := range core.Versions {
		group.Versions = append(group.Versions, metav1.GroupVersionForDiscovery{GroupVersion: version, Version: version})
	}
	if len(group.Versions) > 0 {
		group.PreferredVersion = group.Versions[0]
	}
	return groupsOnly(&metav1.APIGroupList{Groups: []metav1.APIGroup{group}}), nil
}

// decodeAPIGroupList reads the plain answer of /apis.
func decodeAPIGroupList(got answer) (catalog, error) {
	groups := new(metav1.APIGroupList)
	if err := got.decode(groups); err != nil {
		return catalog{}, err
	}
	return groupsOnly(groups), nil
}

func groupsOnly(groups *metav1.APIGroupList) catalog {
	return catalog{groups: groups, failed: map[schema.GroupVersion]error{}}
}
