package clientcmd

import (
	"cmp"
	"fmt"

	"client-go-workbook/lib/clientcmd/api"
)

// choice is what a config and its overrides come down to: one context, one cluster, one user.
type choice struct {
	contextName string
	// context's Cluster and AuthInfo are the names of cluster and user.
	context api.Context
	cluster api.Cluster
	user    api.AuthInfo
	// missing is set if an override names something that the config doesn't have.
	missing error
}

// choose never fails: what can't be found stays empty, and confirm tells.
func (c *DirectClientConfig) choose() choice {
	o := c.overrides
	chosen := choice{
		contextName: cmp.Or(o.CurrentContext, c.contextName, c.config.CurrentContext),
		context:     *api.NewContext(),
		cluster:     *api.NewCluster(),
		user:        *api.NewAuthInfo(),
	}
	chosen.add("context", overlayEntry(&chosen.context, c.config.Contexts, chosen.contextName), o.CurrentContext)
	overlay(&chosen.context, &o.Context)

	chosen.add("auth info", overlayEntry(&chosen.user, c.config.AuthInfos, chosen.context.AuthInfo), o.Context.AuthInfo)
	overlay(&chosen.user, &o.AuthInfo)
	preferPair(&chosen.user, &o.AuthInfo)

	overlay(&chosen.cluster, &o.ClusterDefaults)
	chosen.add("cluster", overlayEntry(&chosen.cluster, c.config.Clusters, chosen.context.Cluster), o.Context.Cluster)
	overlay(&chosen.cluster, &o.ClusterInfo)
	preferTrust(&chosen.cluster, &o.ClusterInfo)
	return chosen
}

// overlayEntry puts the named entry over dst, and reports whether there is one.
func overlayEntry[V any](dst *V, entries map[string]*V, name string) bool {
	entry := entries[name]
	if entry == nil {
		return false
	}
	overlay(dst, entry)
	return true
}

// add records that kind wasn't found, if an override asked for it by name.
func (chosen *choice) add(kind string, found bool, override string) {
	if !found && override != "" && chosen.missing == nil {
		chosen.missing = fmt.Errorf("%s %q does not exist", kind, override)
	}
}

// preferPair makes an override of a file also override the config's data, and the other way round.
// Otherwise both would be set, and the wrong one could win.
func preferPair(user, override *api.AuthInfo) {
	if override.ClientCertificate != "" || len(override.ClientCertificateData) > 0 {
		user.ClientCertificate, user.ClientCertificateData = override.ClientCertificate, override.ClientCertificateData
	}
	if override.ClientKey != "" || len(override.ClientKeyData) > 0 {
		user.ClientKey, user.ClientKeyData = override.ClientKey, override.ClientKeyData
	}
}

// preferTrust makes an override decide alone whom to trust: a CA ends "insecure" and "insecure" ends a CA.
// Another server makes the config's TLS server name meaningless.
func preferTrust(cluster, override *api.Cluster) {
	ca := override.CertificateAuthority != "" || len(override.CertificateAuthorityData) > 0
	if override.InsecureSkipTLSVerify || ca {
		cluster.InsecureSkipTLSVerify = override.InsecureSkipTLSVerify
		cluster.CertificateAuthority = override.CertificateAuthority
		cluster.CertificateAuthorityData = override.CertificateAuthorityData
	}
	if override.TLSServerName != "" || override.Server != "" {
		cluster.TLSServerName = override.TLSServerName
	}
}
