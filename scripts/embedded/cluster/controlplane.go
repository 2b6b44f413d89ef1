package cluster

import (
	"fmt"
	"path/filepath"
)

// The ports' names in the state.
const (
	portEtcd       = "etcd"
	portEtcdPeer   = "etcd-peer"
	portAPIServer  = "kube-apiserver"
	portController = "kube-controller-manager"
	portScheduler  = "kube-scheduler"
)

// controlPlane lists the parts in the order in which they are started.
func (c *Cluster) controlPlane(s *State) []Part {
	return []Part{c.etcd(s), c.apiServer(s), c.controllerManager(s), c.scheduler(s), c.kwok(s)}
}

func (c *Cluster) etcd(s *State) Part {
	client, peer := url(s.Ports[portEtcd]), url(s.Ports[portEtcdPeer])
	crt, key, ca := c.pki.File("etcd.crt"), c.pki.File("etcd.key"), c.pki.File("etcd-ca.crt")
	return c.part("etcd", []string{portEtcd, portEtcdPeer}, []string{crt, key, ca},
		"--name=workbook",
		"--data-dir="+filepath.Join(c.Dir, "etcd"),
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer,
		"--initial-cluster=workbook="+peer,
		"--cert-file="+crt, "--key-file="+key, "--trusted-ca-file="+ca, "--client-cert-auth",
		"--peer-cert-file="+crt, "--peer-key-file="+key, "--peer-trusted-ca-file="+ca, "--peer-client-cert-auth",
		// A power failure may cost the data of a cluster that can be made
		// again in seconds; every write would pay for avoiding it.
		"--unsafe-no-fsync",
		"--log-level=warn",
	)
}

func (c *Cluster) apiServer(s *State) Part {
	f := c.pki.File
	return c.part("kube-apiserver", []string{portAPIServer},
		[]string{f("server.crt"), f("server.key"), f("ca.crt"), f("tokens.csv"), f("sa.key"), f("etcd-client.crt"), f("etcd-ca.crt"), f("proxy-ca.crt"), f("proxy-client.crt")},
		"--bind-address="+host, fmt.Sprintf("--secure-port=%d", s.Ports[portAPIServer]),
		"--tls-cert-file="+f("server.crt"), "--tls-private-key-file="+f("server.key"),
		"--client-ca-file="+f("ca.crt"), "--token-auth-file="+f("tokens.csv"),
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		// For API servers behind this one (APIService): whom it speaks for.
		"--requestheader-client-ca-file="+f("proxy-ca.crt"), "--requestheader-allowed-names=proxy-client",
		"--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file="+f("proxy-client.crt"), "--proxy-client-key-file="+f("proxy-client.key"),
		"--etcd-servers="+url(s.Ports[portEtcd]), "--etcd-cafile="+f("etcd-ca.crt"),
		"--etcd-certfile="+f("etcd-client.crt"), "--etcd-keyfile="+f("etcd-client.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+f("sa.key"), "--service-account-signing-key-file="+f("sa.key"),
		"--service-cluster-ip-range=10.96.0.0/16",
		// The kubernetes Service cannot have a loopback address behind it, and
		// no Pod here runs for real: nobody would use another.
		"--advertise-address="+host, "--endpoint-reconciler-type=none",
		"--event-ttl="+s.EventTTL,
		"--profiling=false", "--shutdown-delay-duration=0s",
	)
}

func (c *Cluster) controllerManager(s *State) Part {
	f := c.pki.File
	config := c.config("controller-manager")
	return c.part("kube-controller-manager", []string{portController},
		[]string{config, f("server.crt"), f("sa.key"), f("ca.crt"), f("ca.key")},
		"--kubeconfig="+config, "--authentication-kubeconfig="+config, "--authorization-kubeconfig="+config,
		"--bind-address="+host, fmt.Sprintf("--secure-port=%d", s.Ports[portController]),
		"--tls-cert-file="+f("server.crt"), "--tls-private-key-file="+f("server.key"),
		"--client-ca-file="+f("ca.crt"), "--root-ca-file="+f("ca.crt"),
		"--cluster-signing-cert-file="+f("ca.crt"), "--cluster-signing-key-file="+f("ca.key"),
		"--service-account-private-key-file="+f("sa.key"), "--use-service-account-credentials",
		"--leader-elect=false", "--profiling=false",
	)
}

func (c *Cluster) scheduler(s *State) Part {
	f := c.pki.File
	config := c.config("scheduler")
	return c.part("kube-scheduler", []string{portScheduler},
		[]string{config, f("server.crt"), f("ca.crt")},
		"--kubeconfig="+config, "--authentication-kubeconfig="+config, "--authorization-kubeconfig="+config,
		"--bind-address="+host, fmt.Sprintf("--secure-port=%d", s.Ports[portScheduler]),
		"--tls-cert-file="+f("server.crt"), "--tls-private-key-file="+f("server.key"),
		"--client-ca-file="+f("ca.crt"),
		"--leader-elect=false", "--profiling=false",
	)
}

// kwok listens on nothing: there are no logs to read and nothing to exec into.
func (c *Cluster) kwok(*State) Part {
	config, stages := c.config("kwok"), filepath.Join(c.Dir, "kwok-stages.yaml")
	return c.part("kwok", nil, []string{config, stages},
		"--kubeconfig="+config, "--config="+stages,
		"--manage-all-nodes", "--node-lease-duration-seconds=40", "--cidr=10.244.0.0/16",
	)
}

func (c *Cluster) part(name string, ports, files []string, args ...string) Part {
	return Part{Name: name, Binary: filepath.Join(c.binaries, name), Args: args, Files: files, Ports: ports}
}

// config is the kubeconfig of one part.
func (c *Cluster) config(part string) string { return filepath.Join(c.Dir, part+".kubeconfig") }

func url(port int) string { return fmt.Sprintf("https://%s:%d", host, port) }
