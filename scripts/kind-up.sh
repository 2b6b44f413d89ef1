#!/usr/bin/env bash
# Starts a cluster in Docker or Podman with kind: a control plane and two workers
# of the release that the embedded cluster has too. One that is there is reused.
#
#   KIND_IMAGE=…  another node image
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/kind.sh"
find_engine

version=$(awk '$1 == "k8s.io/kubernetes" {print $2; exit}' "$root/scripts/embedded/go.mod")
install -d -m 700 "$root/.workbook"
umask 077 # the kubeconfig holds a key

if exists; then
  kind export kubeconfig --name "$name" --kubeconfig "$kubeconfig" --quiet
else
  echo "Creating the kind cluster $name in $engine: a minute, and a download the first time."
  kind create cluster --name "$name" --image "${KIND_IMAGE:-kindest/node:$version}" \
    --kubeconfig "$kubeconfig" --config - <<-END
	kind: Cluster
	apiVersion: kind.x-k8s.io/v1alpha4
	networking:
	  apiServerAddress: 127.0.0.1
	nodes:
	- role: control-plane
	- role: worker
	- role: worker
	END
fi
chmod 600 "$kubeconfig"

# kubectl is in the node: nobody needs one of their own.
kubectl() { "$engine" exec "$name-control-plane" kubectl --kubeconfig /etc/kubernetes/admin.conf "$@"; }
echo "Waiting until its nodes are Ready …"
kubectl wait --for=condition=Ready node --all --timeout=180s >/dev/null
kubectl wait --for=create serviceaccount/default --timeout=60s >/dev/null
echo "The cluster is ready: $(kubectl version -o json | awk -F'"' '$2 == "gitVersion" {v = $4} END {print v}') in $engine, three nodes. Context kind-$name in .workbook/kubeconfig."
