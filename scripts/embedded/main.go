// The control plane of a small Kubernetes cluster in one binary. It plays the
// part whose name it is called by, or that its first argument names:
//
//	         ┌── etcd                        the store
//	         ├── kube-apiserver              the API in front of it
//	embedded ┼── kube-controller-manager     Deployments → ReplicaSets → Pods, garbage, accounts
//	         ├── kube-scheduler              Pods → nodes
//	         ├── kwok                        nodes and running Pods that are only said to be there
//	         └── stages                      prints what kwok does to them, for kwok's --config
//
// One binary and not five: the parts share four fifths of their code.
// go.mod pins every version; package cluster starts the parts.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	_ "time/tzdata" // time zones of CronJobs, also where the machine has none

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // client metrics on /metrics
	_ "k8s.io/component-base/metrics/prometheus/version"  // the build's version on /metrics
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	nodeinit "sigs.k8s.io/kwok/kustomize/stage/node/fast"
	nodelease "sigs.k8s.io/kwok/kustomize/stage/node/heartbeat-with-lease"
	podfast "sigs.k8s.io/kwok/kustomize/stage/pod/fast"
	kwokconfig "sigs.k8s.io/kwok/pkg/config"
	kwok "sigs.k8s.io/kwok/pkg/kwok/cmd"
	kwoklog "sigs.k8s.io/kwok/pkg/log"
	kwoksignals "sigs.k8s.io/kwok/pkg/utils/signals"
)

var parts = map[string]func() int{
	"etcd":                    runEtcd,
	"kube-apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	"kube-scheduler":          func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	"kwok":                    runKwok,
	"stages":                  printStages,
}

func main() {
	run, ok := parts[filepath.Base(os.Args[0])]
	if !ok && len(os.Args) > 1 {
		// The parts read os.Args themselves: leave what a call by name would.
		os.Args = os.Args[1:]
		run, ok = parts[os.Args[0]]
	}
	if !ok {
		fmt.Fprintln(os.Stderr, "usage: embedded etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kwok|stages [flags]")
		os.Exit(2)
	}
	os.Exit(run())
}

func runEtcd() int {
	etcdmain.Main(os.Args)
	return 0
}

// runKwok is what kwok's own main does: the flags for logging and for the
// stages are read before the command exists, because it is made from them.
func runKwok() int {
	// cobra adds the process's flags to every command's. Those that Kubernetes
	// has put there are none of kwok's: its --version is of another type.
	pflag.CommandLine = pflag.NewFlagSet("kwok", pflag.ContinueOnError)

	early := pflag.NewFlagSet("early", pflag.ContinueOnError)
	early.ParseErrorsAllowlist.UnknownFlags = true
	early.Usage = func() {}

	ctx, _ := kwoklog.InitFlags(kwoksignals.SetupSignalContext(), early)
	ctx, err := kwokconfig.InitFlags(ctx, early)
	if err == nil {
		command := kwok.NewCommand(ctx)
		command.PersistentFlags().AddFlagSet(early)
		err = command.ExecuteContext(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "kwok:", err)
		return 1
	}
	return 0
}

// printStages prints kwok's own stages: nodes become Ready and stay so by their
// leases, Pods become Running at once, those of Jobs succeed, deleted ones go.
func printStages() int {
	for _, stage := range []string{
		nodeinit.DefaultNodeInit,
		nodelease.DefaultNodeHeartbeatWithLease,
		podfast.DefaultPodReady,
		podfast.DefaultPodComplete,
		podfast.DefaultPodDelete,
	} {
		fmt.Printf("---\n%s", stage)
	}
	return 0
}
